"""Issuing boletos: connections to banks that do, and the life of each boleto.

An open boleto moves by itself, one status each interval, to the one chosen when it was issued.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import partial

from tomada.simulator.payments.codes import boleto_barcode, digitable_line, pix_code
from tomada.simulator.payments.desk import Desk
from tomada.simulator.payments.records import BoletoConnectionRecord, BoletoRecord, Surcharge
from tomada.simulator.refusals import ApiError, invalid, not_found

CREDENTIALS = ("clientId", "clientSecret", "certificate", "privateKey")
# The statuses on the way to each that can be chosen.
PATHS: Mapping[str, tuple[str, ...]] = {
    "OPEN": (),
    "PAID": ("PAID",),
    "OVERDUE": ("OVERDUE",),
    "CANCELLED": ("CANCELLED",),
    "PROTESTED": ("OVERDUE", "PROTESTED"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BoletoWish:
    """What the application issues."""

    connection_id: str
    your_number: str
    amount: Decimal
    due: date
    payer: dict[str, str]
    fine: Surcharge | None = None
    interest: Surcharge | None = None


@dataclass(frozen=True, slots=True, repr=False)
class Boletos:
    """The boletos of one world."""

    desk: Desk

    def connect(self, connector_id: int, credentials: Mapping[str, str]) -> BoletoConnectionRecord:
        """Store the credentials of an issuer; they are checked and then forgotten."""
        self._check_bank(connector_id)
        missing = [name for name in CREDENTIALS if not credentials.get(name)]
        if missing:
            raise ApiError(
                400,
                f"Invalid credentials: {', '.join(missing)}",
                "BOLETO_CONNECTION_CREATION_CREDENTIALS_ERROR",
                {"errorId": self.desk.ids.new("error")},
            )
        return self._connection(connector_id)

    def connect_item(self, item_id: str) -> BoletoConnectionRecord:
        """Use the credentials of an item."""
        item = self.desk.world_state.items.get(item_id)
        if item is None:
            raise not_found("item")
        self._check_bank(item.connector_id)
        return self._connection(item.connector_id)

    def get(self, boleto_id: str) -> BoletoRecord:
        """Find one or refuse with 404."""
        found = self.desk.tables.boletos.get(boleto_id)
        if found is None:
            raise not_found("boleto")
        return found

    def issue(self, wish: BoletoWish) -> BoletoRecord:
        """Issue one."""
        connection = self.desk.tables.connections.get(wish.connection_id)
        if connection is None:
            raise not_found("boleto connection")
        if wish.due < self.desk.today():
            raise invalid("boleto.dueDate must not be in the past")
        now = self.desk.now()
        made_id = self.desk.ids.new("boleto")
        barcode = boleto_barcode(name=made_id, amount=wish.amount, due=wish.due)
        chosen = self.desk.outcome("boleto") or self.desk.settings.boleto_outcome
        path = list(PATHS[chosen])
        made = BoletoRecord(
            id=made_id,
            connection_id=connection.id,
            your_number=wish.your_number,
            our_number=barcode[-11:],
            amount=wish.amount,
            due=wish.due,
            payer=wish.payer,
            digitable_line=digitable_line(barcode),
            barcode=barcode,
            pix_code=pix_code(key=made_id, name="EMISSOR DE TESTE", amount=wish.amount)[:-4]
            + "0000",
            created_at=now,
            updated_at=now,
            fine=wish.fine,
            interest=wish.interest,
            path=path,
            next_at=now + self.desk.settings.boleto_step if path else None,
        )
        self.desk.tables.boletos[made.id] = made
        self.desk.changed()
        return made

    def cancel(self, boleto_id: str) -> BoletoRecord:
        """Cancel one that is not paid."""
        boleto = self.get(boleto_id)
        if boleto.status not in {"OPEN", "OVERDUE"}:
            raise invalid(f"boleto in status {boleto.status} can not be canceled")
        boleto.path = []
        self._move(boleto, "CANCELLED")
        return boleto

    def choose(self, boleto_id: str, status: str) -> BoletoRecord:
        """Choose another end for an open boleto; it begins to move there now."""
        boleto = self.get(boleto_id)
        path = PATHS.get(status)
        if path is None:
            raise invalid(f"status must be one of the following values: {', '.join(PATHS)}")
        if boleto.status not in {"OPEN", "OVERDUE"}:
            raise ApiError(409, f"boleto in status {boleto.status} does not change any more")
        boleto.path = [one for one in path if one != boleto.status]
        boleto.next_at = self.desk.now() + self.desk.settings.boleto_step if boleto.path else None
        self.desk.changed()
        return boleto

    def waiting(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """List what happens by itself, and when."""
        for boleto in self.desk.tables.boletos.values():
            if boleto.next_at is not None:
                yield boleto.next_at, partial(self._go_on, boleto)

    def _go_on(self, boleto: BoletoRecord) -> None:
        self._move(boleto, boleto.path.pop(0))

    def _move(self, boleto: BoletoRecord, status: str) -> None:
        now = self.desk.now()
        boleto.status, boleto.updated_at = status, now
        if status == "PAID":
            boleto.paid_at, boleto.amount_paid = now, boleto.amount
            boleto.paid_with = "PIX"
        boleto.next_at = now + self.desk.settings.boleto_step if boleto.path else None
        self.desk.changed()
        self.desk.tell("boleto/updated", boletoId=boleto.id)

    def _check_bank(self, connector_id: int) -> None:
        connector, able = self.desk.connector(connector_id)
        if not able.boletos:
            raise invalid(f"connector {connector.name} does not support boleto management")

    def _connection(self, connector_id: int) -> BoletoConnectionRecord:
        now = self.desk.now()
        made = BoletoConnectionRecord(
            id=self.desk.ids.new("boleto connection"),
            connector_id=connector_id,
            created_at=now,
            updated_at=now,
        )
        self.desk.tables.connections[made.id] = made
        self.desk.changed()
        return made

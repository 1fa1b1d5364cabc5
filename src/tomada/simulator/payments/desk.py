"""What every part of the payments side has at hand: the tables, the clock, ids, events."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tomada.simulator.connectors import Catalogue, Connector
from tomada.simulator.hooks import Hooks
from tomada.simulator.ids import Ids
from tomada.simulator.payments.abilities import Abilities, abilities
from tomada.simulator.payments.codes import end_to_end_id
from tomada.simulator.payments.documents import is_cnpj, is_cpf, masked
from tomada.simulator.payments.institutions import Institution
from tomada.simulator.payments.records import DebtorRecord, ErrorRecord, PaymentsState
from tomada.simulator.payments.settings import PaymentSettings
from tomada.simulator.refusals import invalid
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.state import State

ZONE = ZoneInfo("America/Sao_Paulo")
# What can be told to end otherwise than well.
KINDS = ("intent", "scheduled", "charge", "transfer", "boleto")


@dataclass(frozen=True, slots=True, repr=False)
class Desk:
    """The common tools of one world's payments side."""

    world_settings: SimulatorSettings
    world_state: State
    ids: Ids
    catalogue: Catalogue
    hooks: Hooks
    institutions: Mapping[str, Institution]

    @property
    def settings(self) -> PaymentSettings:
        """What this side was told at start."""
        return self.world_settings.payments

    @property
    def tables(self) -> PaymentsState:
        """Everything this side knows."""
        return self.world_state.payments

    def now(self) -> datetime:
        """Read the simulator's clock."""
        return self.world_settings.clock()

    def today(self) -> date:
        """Name the day it is in São Paulo, where payments have their days."""
        return self.now().astimezone(ZONE).date()

    def opening(self, day: date) -> datetime:
        """Say when payments of *day* are made."""
        return datetime.combine(day, time(self.settings.settle_hour), tzinfo=ZONE)

    def soon(self) -> datetime:
        """Say when the next state comes."""
        return self.now() + self.settings.step

    def changed(self) -> None:
        """Note that something worth keeping has changed."""
        self.world_state.changed()

    def tell(self, event: str, **fields: object) -> None:
        """Tell subscribers."""
        self.hooks.payment(event, fields)

    def outcome(self, kind: str) -> str | None:
        """Take how the next payment of *kind* ends, if it was said."""
        queue = self.tables.outcomes.get(kind)
        return queue.pop(0) if queue else None

    def end_to_end_id(self, record_id: str, connector_id: int | None = None) -> str:
        """Name the PIX by which *record_id* was paid."""
        ispb = f"91000{connector_id or 0:03d}"
        return end_to_end_id(ispb=ispb, moment=self.now(), name=record_id)

    def connector(self, connector_id: int) -> tuple[Connector, Abilities]:
        """Find a connector and what it can do; 400 when there is none."""
        found = self.catalogue.get(connector_id)
        if found is None:
            raise invalid(f"connectorId {connector_id} does not exist")
        return found, abilities(found)

    def payer_is_right(self, *, cpf: str | None, cnpj: str | None) -> str | None:
        """Give the error code of a payer's documents; None when they are good."""
        check = self.settings.check_digits
        if cpf is not None and not is_cpf(cpf, check=check):
            return "PAYMENT_INTENT_INVALID_CPF"
        if cnpj is not None and not is_cnpj(cnpj, check=check):
            return "PAYMENT_INTENT_INVALID_CNPJ"
        return None

    def debtor(self, *, tax_number: str, name: str | None = None) -> DebtorRecord:
        """Make up the account of a payer; the same one for the same tax number."""
        number = sum(int(digit) * 10**place for place, digit in enumerate(tax_number[-8:]))
        return DebtorRecord(
            name=name or "Pessoa Pagadora de Teste",
            tax_number=masked(tax_number),
            agency=f"{number % 9000 + 1000}",
            account=f"{number % 900000 + 100000}-{number % 10}",
        )

    def month(self) -> str:
        """Name the month it is in São Paulo."""
        return self.today().strftime("%Y-%m")

    def days_ahead(self, days: int) -> date:
        """Name the day that comes *days* after today."""
        return self.today() + timedelta(days=days)


def failure(code: str, detail: str | None = None) -> ErrorRecord:
    """Make the record of an error; its detail is the sentence of the bank."""
    return ErrorRecord(code, detail or DETAILS.get(code, "O pagamento não foi realizado."))


DETAILS = {
    "TEMPO_EXPIRADO_AUTORIZACAO": "O prazo para autorizar o pagamento terminou.",
    "REJEITADO_USUARIO": "O pagamento foi recusado pelo pagador.",
    "SALDO_INSUFICIENTE": "A conta não tem saldo suficiente.",
    "INSUFFICIENT_BALANCE": "A conta não tem saldo suficiente.",
    "VALOR_ACIMA_LIMITE": "O valor ultrapassa o limite da conta.",
    "PAYMENT_INTENT_INVALID_CPF": "O CPF informado não é válido.",
    "PAYMENT_INTENT_INVALID_CNPJ": "O CNPJ informado não é válido.",
    "PAYMENT_DIFFERENT_FROM_CONSENT": "O pagamento ultrapassa o que foi autorizado.",
    "PAYMENT_REJECTED_BY_HOLDER": "A instituição recusou o pagamento.",
    "CONSENTIMENTO_REVOGADO": "A autorização foi cancelada.",
}

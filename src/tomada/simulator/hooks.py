"""Say what happened: make the event, find who subscribed, hand it to the courier.

One event has one `eventId`, whoever receives it and however often.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from tomada.simulator.deliveries import Courier, Delivery
from tomada.simulator.encoding import instant, json_bytes
from tomada.simulator.faults import FaultBox
from tomada.simulator.faults_events import spoiled_deliveries
from tomada.simulator.ids import Ids
from tomada.simulator.records import TransactionRecord
from tomada.simulator.settings import SimulatorSettings
from tomada.simulator.state import ItemRecord, State

Mode = Literal["normal", "drop", "duplicate", "shuffle"]

# A change of more rows is told in several events.
IDS_PER_EVENT = 400
# How many of the newest deliveries can be sent again.
KEPT = 1000
# Seconds over which the shuffle mode spreads deliveries.
_SHUFFLE_SPAN = 0.5

EVENTS = frozenset(
    {
        "all",
        "item/all",
        "item/created",
        "item/updated",
        "item/error",
        "item/deleted",
        "item/waiting_user_input",
        "item/waiting_user_action",
        "item/login_succeeded",
        "connector/status_updated",
        "transactions/created",
        "transactions/updated",
        "transactions/deleted",
        "payment_intent/created",
        "payment_intent/completed",
        "payment_intent/waiting_payer_authorization",
        "payment_intent/error",
        "payment_request/updated",
        "scheduled_payment/created",
        "scheduled_payment/completed",
        "scheduled_payment/error",
        "scheduled_payment/canceled",
        "scheduled_payment/all_completed",
        "scheduled_payment/all_created",
        "boleto/updated",
        "automatic_pix_payment/created",
        "automatic_pix_payment/completed",
        "automatic_pix_payment/error",
        "automatic_pix_payment/canceled",
        "smart_transfer_preauthorization/completed",
        "smart_transfer_preauthorization/error",
        "smart_transfer_payment/completed",
        "smart_transfer_payment/error",
    }
)


@dataclass(slots=True, repr=False)
class Hooks:
    """The event source of one world."""

    settings: SimulatorSettings
    state: State
    ids: Ids
    courier: Courier
    rng: Random
    faults: FaultBox
    # The simulator's own address, for the links inside events; known once it listens.
    origin: str = "http://127.0.0.1"
    mode: Mode = "normal"
    # How many more deliveries the mode meets; None is all of them.
    mode_left: int | None = None
    _kept: deque[Delivery] = field(default_factory=lambda: deque(maxlen=KEPT))

    def set_mode(self, mode: Mode, *, count: int | None = None) -> None:
        """Choose what becomes of the next *count* deliveries, or of all from now on."""
        self.mode, self.mode_left = mode, count

    def again(self, event_id: str) -> int:
        """Send an event once more as it was, to all who got it or should have; count them."""
        deliveries = [one for one in self._kept if one.event_id == event_id]
        for delivery in deliveries:
            self.courier.send(delivery)
        return len(deliveries)

    def item(self, event: str, item: ItemRecord, **fields: Any) -> None:
        """Tell an `item/…` event."""
        body: dict[str, Any] = {"id": item.id, "itemId": item.id}
        if item.client_user_id is not None:
            body["clientUserId"] = item.client_user_id
        if event != "item/deleted":
            body["triggeredBy"] = item.triggered_by
        self._emit(event, item, body | fields)

    def connector(self, connector_id: int, status: str) -> None:
        """Tell that an institution's health changed."""
        name = str(connector_id)
        body = {"id": name, "connectorId": name, "data": {"status": status}}
        self._emit("connector/status_updated", None, body)

    def payment(self, event: str, fields: Mapping[str, Any]) -> None:
        """Tell an event of the payments side."""
        self._emit(event, None, fields)

    def created(self, item: ItemRecord, account_id: str, rows: Sequence[TransactionRecord]) -> None:
        """Tell that an account got *rows*; all of them were taken in at one instant."""
        if not rows:
            return
        taken_in = instant(min(row.created_at for row in rows if row.created_at is not None))
        query = f"accountId={account_id}&createdAtFrom={taken_in}"
        links = {"createdTransactionsLink": f"{self.origin}/v2/transactions?{query}"}
        if self.settings.v1_transactions == "ok":
            # Applications of before June 2026 get the old link, and the new one beside it.
            links = {
                "createdTransactionsLink": f"{self.origin}/transactions?{query}",
                "createdTransactionsLinkV2": f"{self.origin}/v2/transactions?{query}",
            }
        body = {
            **self._of_account(item, account_id),
            "triggeredBy": item.triggered_by,
            "transactionsCount": len(rows),
            "transactionsMinDate": instant(min(row.date for row in rows)),
            "transactionsCreatedAtFrom": taken_in,
            **links,
        }
        self._emit("transactions/created", item, body)

    def updated(self, item: ItemRecord, account_id: str, row_ids: Sequence[str]) -> None:
        """Tell that rows of an account changed."""
        for part in _parts(row_ids):
            body = {**self._of_account(item, account_id), "triggeredBy": item.triggered_by}
            self._emit("transactions/updated", item, body | _listing(part))

    def deleted(self, item: ItemRecord, account_id: str, row_ids: Sequence[str]) -> None:
        """Tell that rows of an account are gone."""
        for part in _parts(row_ids):
            body = self._of_account(item, account_id)
            self._emit("transactions/deleted", item, body | _listing(part))

    def _of_account(self, item: ItemRecord, account_id: str) -> dict[str, Any]:
        return {
            "itemId": item.id,
            "accountId": account_id,
            "clientId": self.settings.client_id,
        }

    def _emit(self, event: str, item: ItemRecord | None, fields: Mapping[str, Any]) -> None:
        event_id = self.ids.new("event")
        body = json_bytes({"event": event, "eventId": event_id, **fields})
        for url, headers, webhook_id in self._receivers(event, item):
            self._hand_over(
                Delivery(
                    event_id=event_id,
                    event=event,
                    url=url,
                    body=body,
                    headers=headers,
                    webhook_id=webhook_id,
                )
            )

    def _receivers(
        self, event: str, item: ItemRecord | None
    ) -> Iterator[tuple[str, Mapping[str, str], str | None]]:
        wanted = {"all", event} | ({"item/all"} if event.startswith("item/") else set())
        for hook in self.state.webhooks.values():
            if hook.event in wanted and hook.disabled_at is None:
                yield hook.url, hook.headers, hook.id
        if item is not None and item.webhook_url is not None:
            yield item.webhook_url, {}, None

    def _hand_over(self, delivery: Delivery) -> None:
        self._kept.append(delivery)
        fault = self.faults.take_event(delivery.event)
        if fault is not None:
            sent = list(spoiled_deliveries(fault, delivery))
            for one, wait in sent:
                self.courier.send(one, wait=wait)
            if not sent:
                self.courier.drop(delivery)
            return
        mode = self.mode
        if self.mode_left is not None:
            self.mode_left -= 1
            if self.mode_left <= 0:
                self.set_mode("normal")
        match mode:
            case "drop":
                self.courier.drop(delivery)
            case "duplicate":
                self.courier.send(delivery)
                self.courier.send(delivery)
            case "shuffle":
                self.courier.send(delivery, wait=self.rng.uniform(0.0, _SHUFFLE_SPAN))
            case "normal":
                self.courier.send(delivery)


def _parts(row_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(row_ids), IDS_PER_EVENT):
        yield row_ids[start : start + IDS_PER_EVENT]


def _listing(row_ids: Sequence[str]) -> dict[str, Any]:
    return {"transactionsCount": len(row_ids), "transactionIds": list(row_ids)}

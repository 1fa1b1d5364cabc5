"""What goes wrong between Pluggy and us: deliveries, answers, the registration, the network."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Any

import httpx2

from tests.fault.installation import ORIGIN, Installation
from tests.fault.wires import AsNetwork, Wire
from tomada.simulator.encoding import instant
from tomada.simulator.faults_modes import fault_of, modes

PATH = "/api/webhooks/pluggy"
# What ten thousand deliveries show, fifty show as well.
_SMALLER = {"P07.duplicate_many": {"times": 30}, "P07.burst": {"times": 50}}
# In force all the time; and about sockets, for which a wire has its own way to fail.
_ELSEWHERE = ("P18", "P17", "P03.connect")
# Rows were read that do not say what the bank says: only the sweep finds that out.
_MISLEADING = ("P04", "P05", "P08", "P09", "P14", "P16", "P02.error_in_200")
_LOST = ("P07.lost", "P07.unknown_event", "P07.no_event_id", "P07.week_late", "P07.late",
         "P08.event_late", "P07.out_of_order")  # fmt: skip
MODES = tuple(sorted(name for name in modes() if not name.startswith(_ELSEWHERE)))


@dataclass(slots=True)
class Weather:
    """What is wrong now, what was, and whether the sweep is needed to make up for it."""

    house: Installation
    fired: Counter[str] = field(default_factory=Counter)
    # Why equality may have to wait for the daily sweep.
    excuses: set[str] = field(default_factory=set)
    _named: dict[str, str] = field(default_factory=dict)

    def fault(self, mode: str, rng: Random) -> None:
        """Put one of the simulator's faults in place for a few requests."""
        fields: dict[str, Any] = {"mode": mode, **_SMALLER.get(mode, {})}
        if not mode.startswith("P07"):
            fields["count"] = rng.choice((1, 1, 2, 6))
            fields["skip"] = rng.choice((0, 0, 1, 3))
            if mode == "P04.gzip_bomb":
                fields["size"] = 1_000_000
            if mode == "P16.big_text":
                fields["size"] = 50_000
        elif mode == "P07.out_of_order":
            fields["count"] = 6
        added = self.house.world.faults.add(fault_of(fields))
        self._named[added.id] = mode

    def misleading(self, mode: str) -> bool:
        """Tell whether rows read under this fault may say what the bank never said."""
        return mode.startswith(_MISLEADING)

    def deliveries(self, mode: str, rng: Random) -> None:
        """Let deliveries be lost, doubled or shuffled for a while."""
        self.house.world.hooks.set_mode(mode, count=rng.randint(1, 12))  # type: ignore[arg-type]  # one of the modes
        self.fired["P07"] += 1
        if mode == "drop":
            self.excuses.add("lost")

    def registration(self, rng: Random) -> None:
        """Let somebody break the webhook at Pluggy."""
        hooks = list(self.house.world.state.webhooks.values())
        if not hooks:
            return
        hook = rng.choice(hooks)
        match rng.randrange(4):
            case 0:
                hook.disabled_at = self.house.time()
            case 1:
                self.house.world.subscriptions.delete(hook.id)
            case 2:
                hook.url = "http://localhost:8420/elsewhere"
            case _:
                hook.headers = {}
        self.fired["P15"] += 1
        self.excuses.add("registration")

    def handshake(self, rng: Random) -> None:
        """Let connections to Pluggy fail before the first byte, as with a bad certificate."""
        self.house.pluggy.broken = ["certificate verify failed"] * rng.randint(1, 6)
        self.fired["P17"] += 1

    def clear(self) -> None:
        """Let everything go well from now on, and count what did not."""
        for fault in self.house.world.faults.faults:
            mode = self._named.get(fault.id, "P00")
            if fault.fired:
                self.fired[mode.partition(".")[0]] += fault.fired
                if mode.startswith(_MISLEADING):
                    self.excuses.add("misled")
                if mode.startswith(_LOST):
                    self.excuses.add("lost")
        self.house.world.faults.clear()
        self.house.world.hooks.set_mode("normal")
        self.house.pluggy.broken.clear()
        self._named.clear()


async def forge(house: Installation, rng: Random) -> None:
    """Deliver what Pluggy never sent, without the secret or, as after a leak, with it."""
    item = rng.choice(sorted(house.items))
    accounts = house.world.state.items[item].accounts
    account = rng.choice(accounts)
    rows = [row.id for row in account.transactions]
    named = rng.sample(rows, min(len(rows), 5))
    of_account = {"itemId": item, "accountId": account.id}
    now = instant(house.time())
    bodies: list[dict[str, Any]] = [
        {"event": "transactions/deleted", "transactionIds": named, **of_account},
        {"event": "transactions/updated", "transactionIds": [*named, "x", item], **of_account},
        {"event": "item/deleted", "itemId": item},
        {"event": "item/error", "itemId": item, "error": {"code": "ACCOUNT_LOCKED"}},
        {"event": "transactions/created", "transactionsCreatedAtFrom": "2099-01-01T00:00:00.000Z",
         "createdTransactionsLink": "https://canary.example/x", **of_account},
        {"event": "transactions/created", "transactionsCreatedAtFrom": now, "amount": 10**9,
         **of_account},
        {"event": "item/created", "itemId": account.id, "clientUserId": "somebody"},
    ]  # fmt: skip
    secret = _secret(house) if rng.random() < 0.7 else {}
    answered = await deliver(house, rng.choice(bodies), secret=secret)
    assert secret or not answered, "a delivery without the secret was taken in"


async def deliver(
    house: Installation, body: Mapping[str, Any], *, secret: Mapping[str, str] | None = None
) -> bool:
    """Deliver an event by hand, with the secret where no other is given; True if acknowledged."""
    house.delivered += 1
    name = f"by-hand-{house.delivered}"
    headers = dict(_secret(house) if secret is None else secret)
    wire = Wire(house.time, house.door.app)
    async with httpx2.AsyncClient(transport=AsNetwork(wire), base_url=ORIGIN) as http:
        try:
            answer = await http.post(PATH, json={**body, "eventId": name}, headers=headers)
        except httpx2.TransportError:
            return False
    if not 200 <= answer.status_code < 300:
        return False
    house.acknowledged.add(name)
    return True


def _secret(house: Installation) -> Mapping[str, str]:
    for hook in house.world.state.webhooks.values():
        if hook.headers:
            return hook.headers
    return {}

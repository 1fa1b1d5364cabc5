"""The verbs that look: what the API must show after what has happened."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import msgspec

from tomada.simulator.encoding import json_bytes
from tomada.simulator.scenarios.language import Step
from tomada.simulator.scenarios.stage import Stage
from tomada.simulator.tokens import Claims

# Asks the API: method, path, query and key; answers with status and body.
Asker = Callable[[str, str, Mapping[str, Any], str], Awaitable[tuple[int, bytes]]]


class DifferentError(Exception):
    """The API shows something else than the scenario says."""


@dataclass(frozen=True, slots=True, repr=False)
class CheckVerbs:
    """Do the looking of one play."""

    stage: Stage
    asker: Asker

    async def see(self, step: Step) -> None:
        """Look at a row."""
        row_id = self.stage.filled(f"${step.main}")
        await self._shows(step, f"/transactions/{row_id}", step.get("is"))

    async def gone(self, step: Step) -> None:
        """See that a row is not there."""
        path = f"/transactions/{self.stage.filled(f'${step.main}')}"
        status, _ = await self._ask("GET", path, {}, None)
        if status != 404:  # noqa: PLR2004  not found
            raise DifferentError(f"{step.main} is still there: the API answers {status}")

    async def item(self, step: Step) -> None:
        """Look at an item."""
        await self._shows(step, f"/items/{self.stage.item(step.main).id}", step.get("is"))

    async def account(self, step: Step) -> None:
        """Look at an account."""
        kind = step.get("kind", "checking")
        cards = self.stage.cards
        account_id = cards.get(step.main) or self.stage.account(step.main, kind).id
        await self._shows(step, f"/accounts/{account_id}", step.get("is"))

    async def bill(self, step: Step) -> None:
        """Look at a bill."""
        await self._shows(step, f"/bills/{self.stage.bill(step.main)[1].id}", step.get("is"))

    async def rows(self, step: Step) -> None:
        """Count rows of one description."""
        account = self.stage.account(step.main, step.get("account", "checking"))
        query: dict[str, Any] = {"accountId": account.id}
        count, path = 0, "/v2/transactions"
        while True:
            status, page = await self._ask("GET", path, query, None)
            if status != 200:  # noqa: PLR2004  the one good answer of a list
                raise DifferentError(f"the list of rows answers {status}")
            texts = [row["description"] for row in page["results"]]
            count += texts.count(step.get("description"))
            if page["next"] is None:
                break
            path, query = f"/v2/transactions{page['next']}", {}
        if count != step.get("count"):
            wanted = f"{step.get('count')} rows {step.get('description')!r}"
            raise DifferentError(f"{wanted} were to be there, the API lists {count}")

    async def ask(self, step: Step) -> None:
        """Ask anything."""
        method, _, address = step.main.partition(" ")
        path = "/".join(str(self.stage.filled(part)) for part in address.split("/"))
        query = self.stage.filled(step.get("query", {}))
        status, body = await self._ask(method, path, query, step.get("as"))
        if status != step.get("answer"):
            raise DifferentError(f"{step.main} answers {status}, not {step.get('answer')}")
        _compare(step.main, self.stage.filled(step.get("is", {})), body)

    async def _shows(self, step: Step, path: str, wanted: Any) -> None:
        status, body = await self._ask("GET", path, {}, None)
        if status != 200:  # noqa: PLR2004  the one good answer of a thing
            raise DifferentError(f"{step.main} cannot be seen: the API answers {status}")
        _compare(step.main, self.stage.filled(wanted), body)

    async def _ask(
        self, method: str, path: str, query: Mapping[str, Any], bank: str | None
    ) -> tuple[int, Any]:
        world = self.stage.world
        jti = world.ids.new("scenario")
        claims = Claims(kind="api", jti=jti)
        if bank is not None:
            claims = Claims(kind="connect", jti=jti, item_id=self.stage.item(bank).id)
        key = world.tokens.issue(claims, ttl=timedelta(minutes=5))
        status, body = await self.asker(method, path, query, key)
        try:
            return status, msgspec.json.Decoder(float_hook=Decimal).decode(body) if body else None
        except msgspec.DecodeError:
            return status, None


def _compare(name: str, wanted: Any, found: Any) -> None:
    """Find everything of *wanted* in *found*; numbers are compared by value."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        for key, value in wanted.items():
            if key not in found:
                raise DifferentError(f"{name} has no {key}")
            _compare(f"{name}.{key}", value, found[key])
    elif isinstance(wanted, list) and isinstance(found, list) and len(wanted) == len(found):
        for place, (one, other) in enumerate(zip(wanted, found, strict=True)):
            _compare(f"{name}[{place}]", one, other)
    elif wanted != found or isinstance(wanted, bool) != isinstance(found, bool):
        raise DifferentError(
            f"{name} is {json_bytes(found).decode()}, not {json_bytes(wanted).decode()}"
        )

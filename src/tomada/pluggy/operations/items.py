"""Operations on items and connectors beyond the usual ones."""

from collections.abc import Mapping
from dataclasses import dataclass

from tomada.pluggy.calls import Calls
from tomada.pluggy.models.connectors import ParameterValidationResponse
from tomada.pluggy.models.credit_registry import ScrResponse
from tomada.pluggy.models.items import Item, ItemResource
from tomada.pluggy.paging import CursorList, PagedList
from tomada.pluggy.retry import Repeat
from tomada.pluggy.wire import Rows


@dataclass(frozen=True, slots=True)
class Items:
    """``pluggy.items``."""

    calls: Calls

    def list(
        self,
        *,
        client_user_id: str | None = None,
        connector_id: int | None = None,
        after: str | None = None,
    ) -> CursorList[Item]:
        """List the application's items, newest first.

        Pluggy opens this by agreement only; others get PermissionDeniedError or
        AuthenticationError.
        """

        async def fetch(cursor: str | None) -> Rows[Item]:
            params = {
                "clientUserId": client_user_id, "connectorId": connector_id, "after": cursor,
            }  # fmt: skip
            return await self.calls.rows("/v2/items", Item, params=params)

        return CursorList(fetch=fetch, route="/v2/items", after=after)

    async def disable_auto_sync(self, item_id: str) -> Item:
        """Stop Pluggy's own refreshes until the next update by the application."""
        return await self.calls.one(
            "PATCH", "/items/{id}/disable-auto-sync", Item, ids={"id": item_id},
            repeat=Repeat.HARMLESS,
        )  # fmt: skip

    def resources(self, item_id: str, *, status: str | None = None) -> PagedList[ItemResource]:
        """List what the institution declared for the consent; empty for direct connectors."""
        return self.calls.paged(
            "/items/{id}/resources", ItemResource, ids={"id": item_id}, params={"status": status}
        )

    async def credit_registry(
        self, item_id: str, *, first: str | None = None, last: str | None = None
    ) -> ScrResponse:
        """Read Banco Central's credit registry for the item's holder, a paid feature.

        *first* and *last* are base dates ``YYYYMM``; by default four that end two months back.
        """
        return await self.calls.one(
            "GET", "/items/{id}/scr", ScrResponse, ids={"id": item_id},
            params={"from": first, "to": last}, repeat=Repeat.EFFECT,
        )  # fmt: skip

    async def validate(
        self, connector_id: int, parameters: Mapping[str, str]
    ) -> ParameterValidationResponse:
        """Check a filled form against the connector's rules without starting anything."""
        return await self.calls.one(
            "POST", "/connectors/{id}/validate", ParameterValidationResponse,
            ids={"id": connector_id}, body=dict(parameters), repeat=Repeat.HARMLESS,
        )  # fmt: skip

"""Tickets for streams: good once, for thirty seconds, for what the holder of a credential may see."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tomada.domain.access import Bearer
from tomada.domain.clock import Clock
from tomada.domain.errors import UnauthenticatedError
from tomada.domain.ids import EntityId, UserId
from tomada.services.access import Access
from tomada.store.access import UserRows
from tomada.store.api_keys import ApiKeyRows
from tomada.store.tickets import TicketRow, TicketRows
from tomada.store.tx import Store

TICKET_LIFE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class StreamPass:
    """What a redeemed ticket opens, and the credential behind it, to be looked at again.

    *session* is a session's digest; *api_key* a key's id; without either a token of a product
    opened the stream, which ends with the token.
    """

    user_id: UserId
    entity_id: EntityId
    session: bytes | None = None
    api_key: UUID | None = None
    until: datetime | None = None

    @property
    def of(self) -> UserId:
        """Name whose share of streams it takes: a person's, or of a key an entity's each."""
        return self.user_id if self.api_key is None else UserId(self.entity_id)


@dataclass(frozen=True, slots=True)
class Tickets:
    """Gives them, takes them, and looks again whether their stream may go on."""

    store: Store
    clock: Clock
    access: Access

    async def of_session(self, token: str) -> str:
        """Give a ticket for a session; raises ``UnauthenticatedError`` where it is over."""
        row = await self.access.live(_sha256(token), touch=False)
        if row is None:
            raise UnauthenticatedError("the session is over")
        return await self._keep(session_digest=row.digest)

    async def of_bearer(self, bearer: Bearer) -> str:
        """Give a ticket for a key or a product's token."""
        if bearer.kind == "api_key":
            return await self._keep(api_key_id=bearer.user_id, entity_id=bearer.entity_id)
        return await self._keep(
            user_id=bearer.user_id, entity_id=bearer.entity_id, until=bearer.until
        )

    async def redeem(self, ticket: str) -> StreamPass:
        """Use a ticket up; raises ``UnauthenticatedError`` for a used, late or unknown one."""
        async with self.store.begin() as tx:
            row = await TicketRows(tx).take(_sha256(ticket), now=self.clock())
        opened = None if row is None else await self._opened(row)
        if opened is None:
            raise UnauthenticatedError("the ticket does not open anything")
        return opened

    async def still_open(self, stream: StreamPass) -> bool:
        """Look at the credential again, without keeping a session awake."""
        if stream.session is not None:
            return await self.access.live(stream.session, touch=False) is not None
        now = self.clock()
        async with self.store.begin() as tx:
            if stream.api_key is not None:
                rows = ApiKeyRows(tx)
                found = await rows.live_by_id(stream.api_key, named=stream.entity_id, now=now)
                return found is not None and found[1]
            if stream.until is None or stream.until <= now:
                return False
            return await UserRows(tx).active(stream.user_id, stream.entity_id)

    async def _opened(self, row: TicketRow) -> StreamPass | None:
        if row.session_digest is not None:
            session = await self.access.live(row.session_digest, touch=True)
            if session is None:
                return None
            return StreamPass(session.user_id, session.entity_id, session=session.digest)
        holder = row.api_key_id or row.user_id
        if holder is None or row.entity_id is None:
            return None
        opened = StreamPass(UserId(holder), row.entity_id, api_key=row.api_key_id, until=row.until)
        return opened if await self.still_open(opened) else None

    async def _keep(
        self,
        *,
        session_digest: bytes | None = None,
        api_key_id: UUID | None = None,
        user_id: UserId | None = None,
        entity_id: EntityId | None = None,
        until: datetime | None = None,
    ) -> str:
        ticket = secrets.token_urlsafe(32)
        row = TicketRow(session_digest, api_key_id, user_id, entity_id, until)
        async with self.store.begin() as tx:
            await TicketRows(tx).add(_sha256(ticket), row, expires_at=self.clock() + TICKET_LIFE)
        return ticket


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

"""Signing in: users and their sessions.

A session is a random reference; the database holds its SHA-256 only. Whether an account exists
cannot be learnt here: an unknown e-mail costs the same time and gives the same error as a wrong
password.
"""

import hashlib
import secrets
from dataclasses import dataclass, field, replace
from datetime import timedelta

from uuid_utils.compat import uuid7

from tomada.domain.access import Caller, Session, SignIn
from tomada.domain.clock import Clock
from tomada.domain.errors import (
    InvalidCredentialsError,
    InvalidInputError,
    NotFoundError,
    SecondFactorRequiredError,
    UnauthenticatedError,
)
from tomada.domain.ids import EntityId, UserId
from tomada.services.attempts import ATTEMPTS_WINDOW, Attempts
from tomada.services.audit import Audit
from tomada.services.passwords import Passwords
from tomada.services.profiles import LONGEST_NAME, Profile, Profiles, clean_email, fold
from tomada.services.second_factors import SecondFactors
from tomada.services.vault import Vault
from tomada.store.access import AttemptRows, SessionRow, SessionRows, UserRow, UserRows
from tomada.store.keys import KeyRows
from tomada.store.tx import Store, Tx

_TOUCH_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Access:
    """The door of the installation."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit
    idle: timedelta = timedelta(minutes=30)
    absolute: timedelta = timedelta(hours=12)
    passwords: Passwords = field(default_factory=Passwords)

    async def create_user(self, email: str, password: str, name: str) -> tuple[UserId, EntityId]:
        """Make a user with an entity and a data key of their own, in one transaction.

        Raises ``InvalidInputError`` for an e-mail that is none or is taken, a weak password and
        an empty name.
        """
        email, name = clean_email(email), name.strip()
        if not 0 < len(name) <= LONGEST_NAME:
            raise InvalidInputError("a name has 1 to 200 characters", field="name")
        user_id, entity_id = UserId(uuid7()), EntityId(uuid7())
        profiles = Profiles(self.vault)
        user = UserRow(
            user_id,
            profiles.seal(user_id, Profile(email, name)),
            await self.passwords.hash(password),
        )
        _, wrapped = await self.vault.make(entity_id)
        now = self.clock()
        async with self.store.begin(entity_id) as tx:
            await KeyRows(tx).add_entity_row(at=now)
            await KeyRows(tx).add_entity(wrapped, at=now)
            if not await UserRows(tx).add(user, email_digest=profiles.email_digest(email), at=now):
                raise InvalidInputError("this e-mail has an account already", field="email")
            await UserRows(tx).join(user_id, entity_id, role="subject")
            await self.audit.write(tx, "user_created", subject=("user", str(user_id)))
        return user_id, entity_id

    async def set_password(self, email: str, password: str) -> None:
        """Replace a user's password and end all their sessions; raises ``NotFoundError``."""
        password_hash = await self.passwords.hash(password)
        user = await self._find(fold(email))
        if user is None:
            raise NotFoundError("there is no user with this e-mail")
        async with self.store.begin(user.home) as tx:
            await UserRows(tx).set_password(user.id, password_hash)
            await SessionRows(tx).end_all(user.id)
            if user.home is not None:
                await self.audit.write(tx, "password_changed", subject=("user", str(user.id)))

    async def sign_in(
        self,
        email: str,
        password: str,
        *,
        address: str,
        request_id: str = "",
        replaces: str | None = None,
        code: str | None = None,
    ) -> SignIn:
        """Open a session with a new secret; *replaces* is the old one of the same browser.

        Raises ``SecondFactorRequiredError`` where a *code* is missing,
        ``InvalidCredentialsError``, and ``TooManyAttemptsError`` after ten tries for one
        account from one address in fifteen minutes; a success starts the count anew.
        """
        email = fold(email)
        door = await self.attempts.admit(email, address=address)
        user = await self._find(email)
        matched = await self.passwords.matches(user.password_hash if user else None, password)
        if user is None or user.home is None or user.disabled or not matched:
            raise InvalidCredentialsError("e-mail or password is wrong")
        if await self.factors.is_in_force(user.id):
            if code is None:
                raise SecondFactorRequiredError
            if not await self.factors.accepts(user.id, code):
                raise InvalidCredentialsError("e-mail or password is wrong")
        renewed = None
        if self.passwords.outdated(user.password_hash):
            renewed = await self.passwords.hash(password)
        token, now = secrets.token_urlsafe(32), self.clock()
        row = SessionRow(
            digest=_sha256(token),
            user_id=user.id,
            entity_id=user.home,
            csrf_token=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
            expires_at=now + self.absolute,
            proved_at=now,
            roles=user.roles,
            sealed_user=user.sealed,
        )
        async with self.store.begin(user.home) as tx:
            await SessionRows(tx).add(row)
            await self.attempts.forget(tx, door)
            if replaces is not None:
                await SessionRows(tx).end(_sha256(replaces))
            if renewed is not None:
                await UserRows(tx).set_password(user.id, renewed)
            await self._note(tx, "signed_in", row, request_id)
        return SignIn(token, self._session(row))

    @property
    def attempts(self) -> Attempts:
        """Who may try how often."""
        return Attempts(self.store, self.vault, self.clock)

    @property
    def factors(self) -> SecondFactors:
        """Second factors of users."""
        return SecondFactors(self.store, self.vault, self.clock, self.audit)

    async def step_up(
        self,
        token: str | None,
        password: str | None,
        *,
        address: str,
        request_id: str = "",
        code: str | None = None,
    ) -> SignIn:
        """Let the person of a session prove again who they are, by their password or a code.

        The session gets a new secret, and the old one opens nothing afterwards; the page's CSRF token and the end of the session
        stay. Raises as ``sign_in`` does, and ``UnauthenticatedError`` where the session is over.
        """
        row = None if token is None else await self.live(_sha256(token), touch=True)
        if row is None:
            raise UnauthenticatedError("the session is over")
        email = self._session(row).email
        door = await self.attempts.admit(email, address=address)
        if code is not None:
            matched = await self.factors.accepts(row.user_id, code)
        else:
            user = await self._find(email)
            known = user.password_hash if user is not None and user.id == row.user_id else None
            matched = await self.passwords.matches(known, password or "")
        if not matched:
            raise InvalidCredentialsError("the password or the code is wrong")
        return await self.renew(row, door=door, request_id=request_id)

    async def renew(self, row: SessionRow, *, door: bytes, request_id: str) -> SignIn:
        """Give a session whose person has just proved who they are a new secret."""
        token = secrets.token_urlsafe(32)
        fresh = replace(row, digest=_sha256(token), proved_at=self.clock())
        async with self.store.begin(row.entity_id) as tx:
            if not await SessionRows(tx).end(row.digest):
                raise UnauthenticatedError("the session is over")
            await SessionRows(tx).add(fresh)
            await self.attempts.forget(tx, door)
            await self._note(tx, "stepped_up", fresh, request_id)
        return SignIn(token, self._session(fresh))

    async def session(self, token: str | None) -> Session | None:
        """Open the session of *token* and keep it awake; None where there is none any more."""
        if token is None:
            return None
        row = await self.live(_sha256(token), touch=True)
        return None if row is None else self._session(row)

    async def sign_out(self, token: str | None, *, request_id: str = "") -> None:
        """End the session and everything opened with it; nothing happens twice."""
        if token is None:
            return
        row = await self.live(_sha256(token), touch=False)
        async with self.store.begin(None if row is None else row.entity_id) as tx:
            ended = await SessionRows(tx).end(_sha256(token))
            if ended and row is not None:
                await self._note(tx, "signed_out", row, request_id)

    async def live(self, digest: bytes, *, touch: bool) -> SessionRow | None:
        """Find the row of a session by its digest; None where it is over.

        *touch* keeps it awake.
        """
        now = self.clock()
        async with self.store.begin() as tx:
            rows = SessionRows(tx)
            row = await rows.live(digest, now=now, idle_since=now - self.idle)
            if row is not None and touch and now - row.seen_at >= _TOUCH_EVERY:
                await rows.touch(digest, now=now)
        return row

    async def sweep(self) -> int:
        """Delete what no longer opens anything; gives the number of sessions."""
        now = self.clock()
        async with self.store.begin() as tx:
            await AttemptRows(tx).sweep(before=now - ATTEMPTS_WINDOW)
            return await SessionRows(tx).sweep(now=now, idle_since=now - self.idle)

    async def _find(self, email: str) -> UserRow | None:
        async with self.store.begin() as tx:
            return await UserRows(tx).by_email(Profiles(self.vault).email_digest(email))

    async def _note(self, tx: Tx, action: str, row: SessionRow, request_id: str) -> None:
        caller = Caller(row.user_id, row.entity_id, request_id)
        await self.audit.write(tx, action, caller=caller, subject=("user", str(row.user_id)))

    def _session(self, row: SessionRow) -> Session:
        profile = Profiles(self.vault).open(row.user_id, row.sealed_user)
        return Session(
            user_id=row.user_id,
            entity_id=row.entity_id,
            name=profile.name,
            email=profile.email,
            csrf_token=row.csrf_token,
            created_at=row.created_at,
            expires_at=row.expires_at,
            proved_at=row.proved_at,
            roles=row.roles | {"subject"},
        )


def _sha256(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()

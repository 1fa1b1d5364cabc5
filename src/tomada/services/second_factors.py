"""A second factor: codes of an authenticator app (TOTP, RFC 6238), and codes for when it is lost.

A code counts half a minute early or late and once only. The ten recovery codes are shown once, are
kept as digests, and each is good once.
"""

import hmac
import secrets
from dataclasses import dataclass

import pyotp

from tomada.domain.access import Caller
from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidCredentialsError, InvalidInputError, NotFoundError
from tomada.domain.ids import UserId
from tomada.services.audit import Audit
from tomada.services.vault import Vault
from tomada.store.second_factors import SecondFactorRows
from tomada.store.tx import Store

RECOVERY_CODES = 10
_STEP_SECONDS = 30
_DIGITS = 6
_SIGNS = "23456789abcdefghjkmnpqrstuvwxyz"
_ISSUER = "Tomada"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app is set up with: typed in, or from the address."""

    secret: str
    uri: str


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Sets factors up, checks them, and takes them away."""

    store: Store
    vault: Vault
    clock: Clock
    audit: Audit

    async def begin(self, caller: Caller, *, name: str) -> Enrolment:
        """Draw a secret that counts once a code of it was given; *name* is shown in the app.

        Raises ``InvalidInputError`` where a factor is in force.
        """
        secret = pyotp.random_base32()
        sealed = self.vault.system.seal("second_factors", caller.user_id, secret.encode())
        async with self.store.begin() as tx:
            if not await SecondFactorRows(tx).begin(caller.user_id, sealed, at=self.clock()):
                raise InvalidInputError("a second factor is in force already")
        uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=_ISSUER)
        return Enrolment(secret, uri)

    async def confirm(self, caller: Caller, code: str) -> list[str]:
        """Put the factor into force by its first code; gives the recovery codes, once.

        Raises ``NotFoundError`` where none waits, ``InvalidCredentialsError`` for a wrong code.
        """
        async with self.store.begin() as tx:
            waiting = await SecondFactorRows(tx).get(caller.user_id)
        if waiting is None or waiting.confirmed:
            raise NotFoundError("no second factor waits for a code")
        if not await self._is_totp(caller.user_id, code):
            raise InvalidCredentialsError("the code is wrong")
        codes = [_drawn() for _ in range(RECOVERY_CODES)]
        digests = [self._digest(caller.user_id, one) for one in codes]
        async with self.store.begin(caller.entity_id) as tx:
            if not await SecondFactorRows(tx).confirm(caller.user_id, at=self.clock()):
                raise NotFoundError("no second factor waits for a code")
            await SecondFactorRows(tx).keep_codes(caller.user_id, digests)
            await self.audit.write(tx, "second_factor_added", caller=caller)
        return codes

    async def remove(self, caller: Caller) -> None:
        """Take the factor away; raises ``NotFoundError`` where there is none."""
        async with self.store.begin(caller.entity_id) as tx:
            if not await SecondFactorRows(tx).remove(caller.user_id):
                raise NotFoundError("there is no second factor")
            await self.audit.write(tx, "second_factor_removed", caller=caller)

    async def is_in_force(self, user_id: UserId) -> bool:
        """Tell whether signing in takes a code."""
        async with self.store.begin() as tx:
            row = await SecondFactorRows(tx).get(user_id)
        return row is not None and row.confirmed

    async def accepts(self, user_id: UserId, code: str) -> bool:
        """Tell whether *code* is one of the app or a recovery code, and use it up."""
        if not await self.is_in_force(user_id):
            return False
        if len(code) == _DIGITS and code.isascii() and code.isdigit():
            return await self._is_totp(user_id, code)
        async with self.store.begin() as tx:
            return await SecondFactorRows(tx).take_code(user_id, self._digest(user_id, code))

    async def _is_totp(self, user_id: UserId, code: str) -> bool:
        async with self.store.begin() as tx:
            row = await SecondFactorRows(tx).get(user_id)
            if row is None:
                return False
            plain = self.vault.system.open("second_factors", user_id, row.sealed)
            totp, now = pyotp.TOTP(plain.decode()), int(self.clock().timestamp())
            here = now // _STEP_SECONDS
            for step in (here - 1, here, here + 1):
                shown = totp.at(step * _STEP_SECONDS)
                if hmac.compare_digest(shown.encode(), code.encode("utf-8", "surrogatepass")):
                    return await SecondFactorRows(tx).take_step(user_id, step)
        return False

    def _digest(self, user_id: UserId, code: str) -> bytes:
        plain = code.strip().lower().replace("-", "")
        value = user_id.bytes + plain.encode("utf-8", "surrogatepass")
        return self.vault.system.digest("recovery codes", value)


def _drawn() -> str:
    """Draw a code of some 50 bits, in signs that are not mistaken for each other."""
    signs = "".join(secrets.choice(_SIGNS) for _ in range(10))
    return f"{signs[:5]}-{signs[5:]}"

"""Passwords: argon2id, off the event loop, at the same cost whether or not there is an account."""

import asyncio
import base64
from dataclasses import dataclass, field

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from tomada.domain.errors import InvalidInputError

SHORTEST = 10
LONGEST = 200


@dataclass(frozen=True, slots=True)
class Passwords:
    """Hashes and checks passwords.

    One check takes 64 MiB for some 50 ms, so no more than two run at a time; the rest wait.
    """

    hasher: PasswordHasher = field(default_factory=PasswordHasher)
    _turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(2), repr=False)

    async def hash(self, password: str) -> str:
        """Hash a password that is to be kept; raises ``InvalidInputError`` for a weak one."""
        if len(password) < SHORTEST:
            raise InvalidInputError(
                f"a password has at least {SHORTEST} characters", field="password"
            )
        if len(password) > LONGEST:
            raise InvalidInputError(
                f"a password has at most {LONGEST} characters", field="password"
            )
        async with self._turns:
            return await asyncio.to_thread(self.hasher.hash, password)

    async def matches(self, password_hash: str | None, password: str) -> bool:
        """Tell whether *password* is the one; without a hash it is not, after the same work."""
        async with self._turns:
            matched = await asyncio.to_thread(
                self._verify, password_hash or self._decoy(), password[: LONGEST + 1]
            )
        return matched and password_hash is not None

    def outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other costs than those of today."""
        return self.hasher.check_needs_rehash(password_hash)

    def _verify(self, password_hash: str, password: str) -> bool:
        try:
            return self.hasher.verify(password_hash, password)
        except (VerificationError, InvalidHashError):
            return False

    def _decoy(self) -> str:
        """Write a hash of nothing, with the costs of a real one."""
        cost = self.hasher
        salt, digest = (
            base64.b64encode(bytes(length)).decode().rstrip("=")
            for length in (cost.salt_len, cost.hash_len)
        )
        return (
            f"$argon2id$v=19$m={cost.memory_cost},t={cost.time_cost},p={cost.parallelism}"
            f"${salt}${digest}"
        )

"""Any master key, with the times it could not be used counted."""

from dataclasses import dataclass

from tomada.domain.errors import KeyUnavailableError
from tomada.metrics import KEY_ERRORS, Metrics
from tomada.ports import KeyProvider


@dataclass(frozen=True, slots=True)
class CountedKeys:
    """Passes everything on to *provider*."""

    provider: KeyProvider
    metrics: Metrics

    async def describe(self) -> str:
        """Name the master key and version."""
        try:
            return await self.provider.describe()
        except KeyUnavailableError:
            self.metrics.count(KEY_ERRORS, operation="describe")
            raise

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt a data key."""
        try:
            return await self.provider.wrap(plaintext, context=context)
        except KeyUnavailableError:
            self.metrics.count(KEY_ERRORS, operation="wrap")
            raise

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt a data key."""
        try:
            return await self.provider.unwrap(wrapped, context=context)
        except KeyUnavailableError:
            self.metrics.count(KEY_ERRORS, operation="unwrap")
            raise

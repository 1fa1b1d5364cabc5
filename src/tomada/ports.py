"""The things that really have several implementations."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol
from uuid import UUID


class KeyProvider(Protocol):
    """Wraps data keys under a master key that never leaves it.

    Every method raises ``KeyUnavailableError`` where the master key cannot be used.
    """

    async def describe(self) -> str:
        """Name the master key and version that ``wrap`` uses now."""
        ...

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt a data key; *context* must be given again to unwrap it."""
        ...

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt a data key; fails where anything, the context included, was changed."""
        ...


class Anchor(Protocol):
    """Keeps signed checkpoints where whoever runs the database cannot change them.

    Every method raises ``AnchorUnavailableError`` where the place does not answer.
    """

    @property
    def place(self) -> str:
        """Name the place, always in the same way."""
        ...

    async def publish(self, note: bytes) -> None:
        """Keep a checkpoint behind the others; the same one may come twice."""
        ...

    async def latest(self) -> bytes | None:
        """Give the last one; None where there is none, or where the place is never read."""
        ...


class Doorbell(Protocol):
    """One reader's ear at an entity's door."""

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109  (a bell that times out is no error)
        """Return at the next ring since the last wait, or after *timeout* seconds; True if rung."""
        ...


class Signals(Protocol):
    """Wakes the readers of an entity after a commit; a lost ring costs seconds, never an entry."""

    def listen(self, entity: UUID) -> AbstractAsyncContextManager[Doorbell]:
        """Hear the rings of *entity* for the length of the block."""
        ...

    def run(self) -> AbstractAsyncContextManager[None]:
        """Keep the connection for the length of the block, and regain it when it is lost."""
        ...


class RateLimiter(Protocol):
    """Keeps all calls to Pluggy from one address below its request limits."""

    async def acquire(self, family: str, *, interactive: bool, share: str = "") -> None:
        """Return when one request of the endpoint *family* may be sent, which may take long.

        Interactive calls, for which a person waits, go before the others; these are served by
        who waits under the *share* that had the least lately.
        """
        ...

    async def refused(self, family: str, *, seconds: float | None, limit: int | None) -> None:
        """Silence the *family* for everybody, after a refusal that came all the same."""
        ...


class Channel(Protocol):
    """A way to tell somebody outside."""

    async def send(self, message_id: str, body: bytes) -> None:
        """Have a message of JSON taken; raises ``UndeliveredError`` where it was not.

        What was taken may be sent again; the other side knows it by *message_id*.
        """
        ...


class Mailer(Protocol):
    """A way to write to a person."""

    async def mail(self, to: str, subject: str, text: str, *, message_id: str) -> None:
        """Have a letter taken; raises ``UndeliveredError`` where it was not.

        A letter that is sent again has the same *message_id*.
        """
        ...


class SigningKeys(Protocol):
    """The public keys that the embedding product signs its users' tokens with."""

    async def find(self, kid: str | None) -> Mapping[str, Any] | None:
        """Give the JWK with this id, or the only one where a token names none; None without one.

        Raises ``UnavailableError`` where the keys cannot be read.
        """
        ...

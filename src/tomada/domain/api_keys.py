"""Keys of products' back ends: what one looks like, what it is for, how long it lasts.

``tmd_``, 43 signs of 256 random bits, 6 signs of a checksum: scanners of source code recognise
it, and one that was mistyped or cut off is refused before anybody looks it up.
"""

import re
import secrets
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from tomada.domain.access import Scope
from tomada.domain.ids import EntityId

PREFIX = "tmd_"
LONGEST_LIFE = timedelta(days=90)
_BITS = 256
_LENGTH, _CHECK = 43, 6
_SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_SHAPE = re.compile(rf"{PREFIX}([0-9A-Za-z]{{{_LENGTH}}})([0-9A-Za-z]{{{_CHECK}}})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """One key, without its secret; *entity_id* None is for all entities."""

    id: UUID
    name: str
    scopes: frozenset[Scope]
    entity_id: EntityId | None
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None

    def state(self, now: datetime) -> str:
        """Say whether it opens anything."""
        if self.revoked_at is not None:
            return "revoked"
        return "live" if now < self.expires_at else "expired"


def new_secret() -> str:
    """Draw the secret of a key."""
    drawn = _written(secrets.randbits(_BITS), _LENGTH)
    return f"{PREFIX}{drawn}{_checksum(drawn)}"


def is_secret(text: str) -> bool:
    """Tell whether *text* can be a key's secret, by its shape and its checksum."""
    found = _SHAPE.fullmatch(text)
    return found is not None and found[2] == _checksum(found[1])


def _checksum(drawn: str) -> str:
    return _written(zlib.crc32(drawn.encode()), _CHECK)


def _written(number: int, length: int) -> str:
    signs = []
    for _ in range(length):
        number, rest = divmod(number, len(_SIGNS))
        signs.append(_SIGNS[rest])
    return "".join(reversed(signs))

"""Where a page of a list ended, as text that goes out and comes back unchanged."""

import base64
import binascii
from collections.abc import Sequence
from typing import Any

import msgspec

from tomada.domain.errors import InvalidInputError


def cursor_of(parts: Sequence[Any]) -> str:
    """Write the key of a page's last row."""
    return base64.urlsafe_b64encode(msgspec.json.encode(list(parts))).decode().rstrip("=")


def parts_of(cursor: str, kind: Any) -> Any:
    """Read it back as the tuple that *kind* describes.

    Raises ``InvalidInputError`` for a cursor that is not one of ours.
    """
    try:
        raw = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        return msgspec.json.decode(raw, type=kind)
    except (binascii.Error, msgspec.MsgspecError, ValueError) as error:
        raise InvalidInputError("this cursor is not one of ours", field="cursor") from error

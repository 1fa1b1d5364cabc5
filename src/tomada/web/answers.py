"""JSON as it goes out: exact numbers, instants in UTC with ``Z``."""

from typing import Any

import msgspec
from starlette.responses import Response


class Answer(Response):
    """A JSON body; a ``Decimal`` becomes a JSON number with all its digits, never a float."""

    media_type = "application/json"

    def render(self, content: Any) -> bytes:
        """Encode the body."""
        return encode(content)


def encode(content: Any) -> bytes:
    """Write *content* as JSON."""
    return msgspec.json.Encoder(decimal_format="number").encode(content)

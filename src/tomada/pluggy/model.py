"""How the provider's objects look in Python: immutable, camelCase on the wire, nothing lost.

Every field that Pluggy may leave out is optional and None when absent or null. Closed sets of
words are plain strings, because Pluggy adds words without notice; the ``StrEnum`` classes beside
the models name the known ones and compare equal to them.
"""

from decimal import Decimal
from typing import Any

import msgspec


class Model(msgspec.Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """A part of an answer."""

    def __repr__(self) -> str:
        # Fields hold names, documents and amounts, and a repr ends in logs and tracebacks.
        return f"<{type(self).__name__}>"


class Resource(Model, frozen=True, kw_only=True, rename="camel", gc=False):
    """An answer, or a row of a list, together with the exact bytes it was read from.

    ``raw`` is empty on objects inside other objects and on those made by hand. Equality compares
    the bytes as well.
    """

    # No JSON key of the provider can collide with this wire name.
    raw: bytes = msgspec.field(default=b"", name="<raw>")

    @property
    def json(self) -> dict[str, Any]:
        """The object as Pluggy sent it, unknown fields included, numbers as int or Decimal."""
        if not self.raw:
            known = msgspec.to_builtins(self, builtin_types=(Decimal,), enc_hook=str, str_keys=True)
            return {name: value for name, value in known.items() if name != "<raw>"}
        sent: dict[str, Any] = msgspec.json.Decoder(float_hook=Decimal).decode(self.raw)
        return sent

    @property
    def extra(self) -> dict[str, Any]:
        """The fields Pluggy sent that this model does not know."""
        known = {field.encode_name for field in msgspec.structs.fields(type(self))}
        return {name: value for name, value in self.json.items() if name not in known}

    def __repr__(self) -> str:
        name = getattr(self, "id", None)
        return f"<{type(self).__name__}>" if name is None else f"<{type(self).__name__} {name}>"

"""An answer's body, taken in up to a cap.

What counts is the unpacked length, and a body may not unpack to more than a hundred times its own:
lists of movements pack to a tenth or a twentieth, so what packs better was made to fill the memory.
"""

import zlib
from collections.abc import AsyncIterable

from tomada.pluggy.errors import ContractError

MAX_BODY = 20 * 2**20
MAX_RATIO = 100
# Up to here the ratio does not matter: a short list of equal rows is no attack.
_HARMLESS = 2**20
_GZIP_FORMAT = 16 + zlib.MAX_WBITS


async def take_in(pieces: AsyncIterable[bytes], *, encoding: str, cap: int = MAX_BODY) -> bytearray:
    """Join *pieces*, packed as the ``Content-Encoding`` says; raise ContractError past a bound.

    They are joined as they come: to keep them and to join them at the end would take the memory
    twice, which the allocator then gives back to the system and asks for again with every page.
    """
    if encoding not in ("", "identity", "gzip"):
        raise ContractError("the answer is packed in a way that was not asked for")
    unpacker = zlib.decompressobj(_GZIP_FORMAT) if encoding == "gzip" else None
    body = bytearray()
    taken, most = 0, cap
    async for piece in pieces:
        taken += len(piece)
        if unpacker is None:
            body += piece
        else:
            most = min(cap, max(_HARMLESS, MAX_RATIO * taken))
            body += _unpack(unpacker, piece, room=most - len(body))
        if len(body) > most:
            raise ContractError(f"the answer is longer than {most} bytes")
    if unpacker is not None and taken and not unpacker.eof:
        raise ContractError("the packed answer was cut", malformed=True)
    return body


def _unpack(unpacker: "zlib._Decompress", piece: bytes, *, room: int) -> bytes:
    """Unpack *piece* until it is done or one byte beyond *room* has come out."""
    try:
        return unpacker.decompress(piece, room + 1)
    except zlib.error:
        raise ContractError("the answer cannot be unpacked", malformed=True) from None

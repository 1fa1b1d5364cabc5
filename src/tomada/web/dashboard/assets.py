"""The files of the page: read once, addressed by their content, kept for good by browsers."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from types import MappingProxyType

from starlette.requests import Request
from starlette.responses import Response

PREFIX = "/static"
_TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "md": "text/plain; charset=utf-8",
    "json": "application/json",
}
_WORTH_PACKING = 1024


@dataclass(frozen=True, slots=True)
class Asset:
    """One file and, where it pays, its gzip form."""

    body: bytes
    packed: bytes | None
    media_type: str


@dataclass(frozen=True, slots=True)
class Assets:
    """All files under one version, a digest of everything.

    One version for all, and not one per file, so that a module's relative imports stay within the
    version of the page that loaded it.
    """

    version: str
    files: Mapping[str, Asset]

    def url(self, name: str) -> str:
        """Give the address of a file; ``KeyError`` where there is none of that name."""
        if name not in self.files:
            raise KeyError(name)
        return f"{PREFIX}/{self.version}/{name}"

    def serve(self, request: Request, version: str, name: str) -> Response:
        """Answer with a file: for good under its own version, never kept under another.

        While a new release rolls out, a page of the old one may ask a new process for its files.
        """
        asset = self.files.get(name)
        if asset is None:
            return Response(status_code=404)
        current = version == self.version
        headers = {
            "Cache-Control": "public, max-age=31536000, immutable" if current else "no-store",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        body = asset.body
        if asset.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            body = asset.packed
            headers["Content-Encoding"] = "gzip"
        return Response(body, headers=headers, media_type=asset.media_type)


def load_assets() -> Assets:
    """Read every static file of the package."""
    found = dict(_walk(files("tomada.web.dashboard") / "static", ""))
    digest = hashlib.sha256()
    for name in sorted(found):
        digest.update(name.encode() + b"\0" + hashlib.sha256(found[name].body).digest())
    return Assets(digest.hexdigest()[:16], MappingProxyType(found))


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    found = []
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if entry.is_dir():
            found.extend(_walk(entry, f"{name}/"))
            continue
        media_type = _TYPES.get(entry.name.rpartition(".")[2])
        if media_type is not None:
            found.append((name, _asset(entry.read_bytes(), media_type)))
    return found


def _asset(body: bytes, media_type: str) -> Asset:
    packed = gzip.compress(body, mtime=0) if len(body) >= _WORTH_PACKING else None
    return Asset(body, packed if packed and len(packed) < len(body) else None, media_type)

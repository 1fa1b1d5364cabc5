"""Which hosts and origins are this installation's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import Scope

_LOCAL_NAMES = ("localhost", "127.0.0.1", "[::1]")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Origins:
    """The public origin, and in development the other names of this machine on its port.

    Requests for another host are refused, so that a name pointed at us (DNS rebinding) gets
    nothing; requests from another origin may not change anything. *products* are the origins of
    other products' pages, which may ask with a token of their own but never with a cookie.
    """

    hosts: frozenset[str]
    origins: frozenset[str]
    secure: bool
    products: frozenset[str] = frozenset()

    def own_host(self, host: str) -> bool:
        """Tell whether a ``Host`` header names us."""
        return host.lower() in self.hosts

    def own_origin(self, origin: str | None) -> bool:
        """Tell whether an ``Origin`` header names us; a missing one and ``null`` do not."""
        return origin in self.origins

    def of_a_product(self, origin: str | None) -> bool:
        """Tell whether an ``Origin`` header names a product that the settings name."""
        return origin in self.products


def single_header(scope: Scope, name: bytes) -> str | None:
    """Give a header that comes once; one that comes twice is none, since both may be meant."""
    values = [value for key, value in scope["headers"] if key == name]
    return values[0].decode("latin-1") if len(values) == 1 else None


def origins_of(app_url: str, *, development: bool, products: Sequence[str] = ()) -> Origins:
    """Derive them from the public address; a default port may be written or left out."""
    parts = urlsplit(app_url)
    scheme, port = parts.scheme.lower(), parts.port or _DEFAULT_PORTS[parts.scheme.lower()]
    names = {_bracketed(parts.hostname or "")}
    if development and names & set(_LOCAL_NAMES):
        names.update(_LOCAL_NAMES)
    hosts = {f"{name}:{port}" for name in names}
    if port == _DEFAULT_PORTS[scheme]:
        hosts |= names
    return Origins(
        hosts=frozenset(hosts),
        # Browsers leave a default port out, so an origin has one spelling.
        origins=frozenset(
            f"{scheme}://{name}" if port == _DEFAULT_PORTS[scheme] else f"{scheme}://{name}:{port}"
            for name in names
        ),
        secure=scheme == "https",
        products=frozenset(products),
    )


def _bracketed(name: str) -> str:
    return f"[{name}]" if ":" in name else name

"""Which addresses a message of ours may go to: nothing private, and what was checked is connected.

The name is resolved once, every answer is checked, and only the checked answers are given to the
socket, so that a second answer (DNS rebinding) is never asked for.
"""

import asyncio
import re
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tomada.domain.outgoing import UndeliveredError

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

_PLAIN = re.compile(r"[!-\[\]-~]+")
# Besides what the registries call not global: ways to write one address inside another, and what
# Python's tables have counted as global in one version or another.
_FORBIDDEN: tuple[Network, ...] = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",
        "100.64.0.0/10",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "224.0.0.0/3",
        "::/8",
        "64:ff9b::/32",
        "100::/8",
        "2001::/23",
        "2002::/16",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/9",
        "ff00::/8",
    )
)


def permitted(address: Address, allowed: Sequence[Network] = ()) -> bool:
    """Tell whether a message may go there; *allowed* are private networks of the operator's."""
    inner = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if inner is not None:
        # A socket given the mapped form connects to the inner address.
        return permitted(inner, allowed)
    if any(address in network for network in allowed if network.version == address.version):
        return True
    within = (network for network in _FORBIDDEN if network.version == address.version)
    return address.is_global and not any(address in network for network in within)


def checked_url(text: str) -> URL:
    """See that an address is one to send to: https, a host, nobody's password.

    Raises ``ValueError``, whose text is for the operator. What is given is read once, here: two
    readers of one text may find two hosts in it.
    """
    if not _PLAIN.fullmatch(text):
        raise ValueError("it must be written in plain signs, without a backslash or a space")
    try:
        url = URL(text)
    except ValueError as error:
        raise ValueError("it must be an https:// address") from error
    if url.scheme != "https" or not url.raw_host:
        raise ValueError("it must be an https:// address")
    if url.raw_user is not None or url.raw_password is not None or url.raw_fragment:
        raise ValueError("it must hold no user, password or fragment")
    if not url.port:
        raise ValueError("it must name a port that exists")
    return url


async def system_resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system for the addresses of a name, or of a number however it is written."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return [str(entry[4][0]) for entry in found]


@dataclass(frozen=True, slots=True)
class Egress:
    """Finds where a name leads, and refuses the whole name where any answer is forbidden."""

    allowed: Sequence[Network] = ()
    resolve: Resolve = system_resolve

    async def addresses(self, host: str, port: int) -> list[Address]:
        """Resolve and check; raises ``UndeliveredError``."""
        try:
            answers = await self.resolve(host, port)
            # A zone (`fe80::1%eth0`) is no part of an address.
            found = [ip_address(one.partition("%")[0]) for one in answers]
        except (OSError, ValueError, UnicodeError) as error:
            raise UndeliveredError("unresolvable") from error
        if not found:
            raise UndeliveredError("unresolvable")
        if not all(permitted(one, self.allowed) for one in found):
            raise UndeliveredError("forbidden_address")
        return found


class Pinned(AbstractResolver):
    """Gives the HTTP client the addresses that were checked, whatever it asks for."""

    def __init__(self, addresses: Sequence[Address]) -> None:
        self.addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Answer without asking anybody."""
        del family
        return [
            ResolveResult(
                hostname=host,
                host=str(one),
                port=port,
                family=socket.AF_INET if one.version == 4 else socket.AF_INET6,  # noqa: PLR2004
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for one in self.addresses
        ]

    async def close(self) -> None:
        """Nothing is open."""

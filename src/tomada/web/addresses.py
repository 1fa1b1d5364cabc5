"""The address a request comes from, believing only proxies that were named."""

import ipaddress
import re
from collections.abc import Sequence

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

UNKNOWN = "unknown"
_HOPS = 20
"""More proxies than anybody has; a longer header is somebody's game."""


def client_address(
    peer: str | None, forwarded_for: Sequence[str], *, trusted: Sequence[Network]
) -> str:
    """Give the socket's peer, or what trusted proxies say about whom they speak for.

    *forwarded_for* are the ``X-Forwarded-For`` headers in their order. They are walked from the
    right, each hop by what a trusted one wrote, to the first that is not a trusted proxy:
    everything left of it may be the client's own invention. A hop that is no address ends the
    walk at the proxy that wrote it.
    """
    current = _parse(peer or "")
    if current is None:
        return peer or UNKNOWN
    hops = [hop for header in forwarded_for for hop in header.split(",")]
    for hop in reversed(hops[-_HOPS:]):
        if not any(current in network for network in trusted):
            break
        known = _parse(hop.strip())
        if known is None:
            break
        current = known
    return str(current)


_PORT = re.compile(r":[0-9]{1,5}")


def _parse(text: str) -> Address | None:
    """Read ``1.2.3.4``, ``1.2.3.4:80``, ``2001:db8::1``, ``[2001:db8::1]:80``; mapped is IPv4."""
    host, port = text, ""
    if text.startswith("["):
        host, closed, port = text[1:].partition("]")
        if not closed:
            return None
    elif text.count(":") == 1:
        host, colon, number = text.partition(":")
        port = colon + number
    if port and not _PORT.fullmatch(port):
        return None
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address

"""What is kept of a request as evidence of an act: enough to prove it, too little to follow."""

import hashlib
import ipaddress

from starlette.requests import Request

from tomada.domain.consents import Act
from tomada.web.auth import session_token

_FAMILIES = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
             ("Safari/", "Safari"))  # fmt: skip


def act_of(request: Request, control: str) -> Act:
    """Describe who pressed *control*, from where, with what."""
    agent = request.headers.get("user-agent", "")
    family = next((name for mark, name in _FAMILIES if mark in agent), "other")
    token = session_token(request)
    return Act(
        control=control,
        channel="api" if family == "other" else "dashboard",
        session="" if token is None else hashlib.sha256(token.encode()).hexdigest(),
        network=network_of(str(getattr(request.state, "address", ""))),
        agent=family,
        strength="session",
    )


def network_of(address: str) -> str:
    """Give the /24 of an IPv4 address, the /48 of an IPv6 one; nothing of what is neither."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    length = 24 if ip.version == 4 else 48  # noqa: PLR2004  (the version's number)
    return str(ipaddress.ip_network(f"{ip}/{length}", strict=False))

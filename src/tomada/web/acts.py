"""What is kept of a request as evidence of an act: enough to prove it, too little to follow."""

import hashlib
import ipaddress

from starlette.requests import Request

from tomada.domain.access import ActorKind, Bearer
from tomada.domain.consents import Act
from tomada.web.auth import session_token

_FAMILIES = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"),
             ("Safari/", "Safari"))  # fmt: skip

_STRENGTHS: dict[ActorKind, str] = {"user": "product_token", "api_key": "api_key"}


def act_of(request: Request, control: str) -> Act:
    """Describe who pressed *control*, from where, with what."""
    agent = request.headers.get("user-agent", "")
    family = next((name for mark, name in _FAMILIES if mark in agent), "other")
    bearer: Bearer | None = getattr(request.state, "bearer", None)
    # A cookie beside a credential proved nothing, so it is no evidence either.
    token = session_token(request) if bearer is None else None
    return Act(
        control=control,
        channel="api" if bearer is not None or family == "other" else "dashboard",
        session="" if token is None else hashlib.sha256(token.encode()).hexdigest(),
        network=network_of(str(getattr(request.state, "address", ""))),
        agent=family,
        strength="session" if bearer is None else _STRENGTHS[bearer.kind],
    )


def network_of(address: str) -> str:
    """Give the /24 of an IPv4 address, the /48 of an IPv6 one; nothing of what is neither."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    length = 24 if ip.version == 4 else 48  # noqa: PLR2004  (the version's number)
    return str(ipaddress.ip_network(f"{ip}/{length}", strict=False))

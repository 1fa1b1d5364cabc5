"""What browsers report of broken policies: which rule and what kind of thing, nothing else.

Anybody may send such a report, so it is small, seldom, and believed in nothing but its count.
"""

from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from tomada.domain.clock import Clock
from tomada.telemetry import log
from tomada.web.bodies import parse
from tomada.web.errors import Problem, ProblemError
from tomada.web.limits import REPORTS_PATH
from tomada.web.rules import Open

router = APIRouter(
    include_in_schema=False,
    dependencies=[
        Depends(Open("reports of broken policies, few and small; counted, not believed"))
    ],
)

PER_MINUTE = 60
"""From one address; ten times as many from all together."""
_ADDRESSES = 1_000
_AT_ONCE = 20
_MINUTE = timedelta(minutes=1)
_TYPES = ("application/csp-report", "application/reports+json")
DIRECTIVES = frozenset(
    {
        "default-src", "script-src", "script-src-elem", "script-src-attr", "style-src",
        "style-src-elem", "style-src-attr", "img-src", "font-src", "connect-src", "media-src",
        "object-src", "frame-src", "child-src", "worker-src", "manifest-src", "base-uri",
        "form-action", "frame-ancestors", "require-trusted-types-for", "trusted-types",
    }
)  # fmt: skip
_KEYWORDS = ("inline", "eval", "self", "data", "blob", "trusted-types-policy", "trusted-types-sink")
_TOO_MANY = Problem(429, "too_many_attempts", "too many reports", {"Retry-After": "60"})
_EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Reports:
    """How many came within a minute, and which were noted already."""

    clock: Clock
    _seen: OrderedDict[str, tuple[datetime, int]] = field(default_factory=OrderedDict, repr=False)
    _noted: dict[tuple[str, str], datetime] = field(default_factory=dict, repr=False)

    def admit(self, address: str) -> None:
        """Count one; raises ``ProblemError`` where there were too many within a minute."""
        if not (self._count(address, PER_MINUTE) and self._count(_EVERYBODY, 10 * PER_MINUTE)):
            raise ProblemError(_TOO_MANY)

    def note(self, directive: str, kind: str) -> None:
        """Write it down, the same no more than once a minute."""
        now = self.clock()
        before = self._noted.get((directive, kind))
        if before is None or now - before >= _MINUTE:
            # Directives and kinds are closed sets, so this does not grow.
            self._noted[directive, kind] = now
            log.warning("policy_broken", kind=kind, reason=directive)

    def _count(self, who: str, most: int) -> bool:
        now = self.clock()
        since, times = self._seen.pop(who, (now, 0))
        if now - since >= _MINUTE:
            since, times = now, 0
        self._seen[who] = since, times + 1
        if len(self._seen) > _ADDRESSES:
            self._seen.popitem(last=False)
        return times < most


@router.post(REPORTS_PATH)
async def report(request: Request) -> Response:
    """Take reports in either form that browsers send."""
    reports: Reports = request.app.state.reports
    reports.admit(request.state.address)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise ProblemError(Problem(415, "unsupported_media_type", f"a report is {_TYPES[0]}"))
    for directive, blocked in broken(parse(await request.body())):
        reports.note(directive, blocked)
    return Response(status_code=204)


def broken(sent: Any) -> Iterator[tuple[str, str]]:
    """Read which directive was broken and by what kind of thing; what has another form is not."""
    many: Iterable[Any] = sent if isinstance(sent, list) else [sent]
    for one in list(many)[:_AT_ONCE]:
        body = (one.get("csp-report") or one.get("body")) if isinstance(one, dict) else None
        if not isinstance(body, dict):
            continue
        directive = body.get("effective-directive") or body.get("effectiveDirective")
        blocked = body.get("blocked-uri") or body.get("blockedURL")
        if isinstance(directive, str) and directive in DIRECTIVES:
            yield directive, _kind(blocked)


def _kind(blocked: Any) -> str:
    """Name what was blocked by its kind; an address may hold what a person looked at."""
    text = blocked if isinstance(blocked, str) else ""
    if text in _KEYWORDS:
        return text
    try:
        scheme = urlsplit(text).scheme
    except ValueError:
        scheme = ""
    return scheme if scheme in ("http", "https", "ws", "wss", "data", "blob") else "other"

"""Write docs/reference/routes.md from the routes themselves: `python scripts/routes_page.py`."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

from pydantic import SecretStr

from tomada.bootstrap import App
from tomada.domain.clock import utc_now
from tomada.metrics import Metrics
from tomada.settings import Settings
from tomada.web.app import create_app
from tomada.web.rules import Rule, Stated, stated

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "routes.md"
_HEAD = """\
# Who may use which route

Every route states its rule; one that states none is refused, and the server does not start with it. This page is written from the
code. Whatever a rule lets in sees its own entity only: what belongs to somebody else answers 404, as what is not there.

- **Who**: the role it takes. Everybody who signs in is the *subject* of their own data. *Administrator*, *operator*, *auditor* and *dpo*
  (the data protection officer) are duties beyond it.
- **Cookie needs**: what a request with the session's cookie has to carry. *Page*: `Sec-Fetch-Site: same-origin` or an exact `Origin`.
  *Token*: also the session's `X-CSRF-Token`. *Step-up*: also a proof of who the person is, at most five minutes old.
- **Key**: the scope that an API key needs; where there is none, no key is let in. Keys need neither page nor token.
- **On others' data**: the duties that may name another entity in `Tomada-Entity`, with the reason in `Tomada-Reason`.

| Route | Who | Cookie needs | Key | On others' data |
|---|---|---|---|---|
"""


def page() -> str:
    """Write the page."""
    return _HEAD + "".join(
        _row(one) for one in sorted(table(), key=lambda one: (one.path, one.method))
    )


def table() -> list[Stated]:
    """List the routes of the web application, which is made without anything behind it."""
    settings = Settings(env="development", pluggy_client_secret=SecretStr(""))
    behind = SimpleNamespace(settings=settings, clock=utc_now, pings={}, metrics=Metrics())
    return stated(create_app(cast("App", behind)).routes)


def _row(one: Stated) -> str:
    rule = one.rule
    cells = (
        f"`{one.method} {one.path}`",
        ", ".join(sorted(rule.who)) or f"everybody: {rule.why}",
        _needs(rule),
        rule.scope or "",
        ", ".join(sorted(rule.others)),
    )
    return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells) + "\n"


def _needs(rule: Rule) -> str:
    named = ((rule.page or rule.csrf, "page"), (rule.csrf, "token"), (rule.step_up, "step-up"))
    return ", ".join(name for wanted, name in named if wanted)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")

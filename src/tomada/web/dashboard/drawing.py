"""Turn a template and its values into an answer."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from tomada.web.dashboard.assets import Assets
from tomada.web.dashboard.catalogue import Language, Texts
from tomada.web.dashboard.policy import FRAGMENT_POLICY, Policy
from tomada.web.dashboard.visitor import LANGUAGE_COOKIE, Visitor

_A_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Drawing:
    """Everything that makes HTML; every value is escaped, none is trusted."""

    environment: Environment
    assets: Assets
    languages: Mapping[Language, Texts]
    policy: Policy

    def texts(self, visitor: Visitor) -> Texts:
        """Give the sentences in the visitor's language."""
        return self.languages[visitor.language]

    def page(
        self,
        request: Request,
        visitor: Visitor,
        name: str,
        *,
        status: int = 200,
        widget: bool = False,
        **values: object,
    ) -> HTMLResponse:
        """Draw a whole page; *widget* is for the pages that open Pluggy's window."""
        nonce = secrets.token_urlsafe(16)
        html = self._render(visitor, name, {**values, "nonce": nonce})
        answer = HTMLResponse(html, status, self.policy.headers(nonce, widget=widget))
        if request.query_params.get("lang") == visitor.language:
            answer.set_cookie(
                LANGUAGE_COOKIE,
                visitor.language,
                max_age=_A_YEAR,
                path="/",
                samesite="lax",
                secure=urlsplit(self.policy.app_url).scheme == "https",
                httponly=True,
            )
        return answer

    def fragment(self, visitor: Visitor, name: str, **values: object) -> HTMLResponse:
        """Draw a part for a page that is open already."""
        headers = {"Content-Security-Policy": FRAGMENT_POLICY, "Cache-Control": "no-store"}
        return HTMLResponse(self._render(visitor, name, values), headers=headers)

    def _render(self, visitor: Visitor, name: str, values: dict[str, object]) -> str:
        template = self.environment.get_template(name)
        return template.render(page=visitor, t=self.texts(visitor), **values)


def open_drawing(assets: Assets, languages: Mapping[Language, Texts], policy: Policy) -> Drawing:
    """Make the templates ready; a name a template does not get is an error, not a blank."""
    environment = Environment(
        loader=PackageLoader("tomada.web.dashboard", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset"] = assets.url
    return Drawing(environment, assets, languages, policy)

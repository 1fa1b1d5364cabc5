"""The simulator's own pictures and pages: logos, and the mock bank that asks for approval."""

from dataclasses import dataclass
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from tomada.simulator.refusals import not_found
from tomada.simulator.state import ItemRecord
from tomada.simulator.world import World

_DAY = 86_400


@dataclass(frozen=True, slots=True, repr=False)
class Pages:
    """Serve them for one world."""

    world: World

    def routes(self) -> list[Route]:
        """List the routes."""
        return [
            Route("/_simulator/logo/{id:int}.svg", self.logo, methods=["GET"]),
            Route("/_bank/authorize", self.ask, methods=["GET"]),
            Route("/_bank/authorize", self.decide, methods=["POST"]),
        ]

    async def logo(self, request: Request) -> Response:
        """Draw an institution's initials on its colour."""
        connector = self.world.catalogue.get(request.path_params["id"])
        if connector is None:
            raise not_found("connector")
        svg = (
            '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64" role="img" '
            f'aria-label="{escape(connector.name)}">'
            f'<rect width="64" height="64" rx="16" fill="#{connector.color}"/>'
            '<text x="32" y="33" fill="#fff" font-family="system-ui,sans-serif" font-size="26" '
            'font-weight="600" text-anchor="middle" dominant-baseline="central">'
            f"{escape(connector.initials)}</text></svg>"
        )
        headers = {"Cache-Control": f"public, max-age={_DAY}"}
        return Response(svg, media_type="image/svg+xml", headers=headers)

    async def ask(self, request: Request) -> Response:
        """Show the bank's page on which a person approves or refuses."""
        item = self._item(request)
        if item.status != "WAITING_USER_ACTION":
            return _page("Nada a autorizar", "<p>Este pedido já foi respondido ou expirou.</p>")
        connector = self.world.catalogue.by_id[item.connector_id]
        name = escape(connector.name)
        return _page(
            f"Autorizar em {name}",
            f"<p>A sua conexão pede acesso de leitura a contas, cartões e lançamentos em "
            f"<strong>{name}</strong>.</p>"
            f'<form method="post" action="/_bank/authorize?item={escape(item.id)}">'
            '<button name="decision" value="approve" class="main">Autorizar</button>'
            '<button name="decision" value="refuse">Recusar</button></form>',
        )

    async def decide(self, request: Request) -> Response:
        """Take the decision, and lead back to where the client wants the person."""
        item = self._item(request)
        body = (await request.body()).decode("latin-1")
        approved = "decision=approve" in body
        self.world.decide(item.id, approved=approved)
        if item.oauth_redirect_uri is not None:
            joint = "&" if "?" in item.oauth_redirect_uri else "?"
            outcome = "success" if approved else "error"
            target = f"{item.oauth_redirect_uri}{joint}itemId={item.id}&status={outcome}"
            return RedirectResponse(target, status_code=303)
        text = "Acesso autorizado." if approved else "Acesso recusado."
        return _page(text, "<p>Você já pode fechar esta janela.</p>")

    def _item(self, request: Request) -> ItemRecord:
        return self.world.items.get(request.query_params.get("item", ""))


def _page(title: str, content: str) -> HTMLResponse:
    return HTMLResponse(
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>"
        f"<body><main><small>Banco de teste · simulador</small><h1>{title}</h1>{content}</main>"
        "</body></html>"
    )


_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;"
    "font:16px/1.5 system-ui,sans-serif;background:#eef2f6;color:#16202b}"
    "main{max-width:26rem;margin:1rem;padding:2rem;border-radius:1rem;background:#fff;"
    "box-shadow:0 1px 3px #0002}small{color:#5b6b7b}h1{font-size:1.375rem;margin:.5rem 0 1rem}"
    "form{display:flex;gap:.75rem;margin-top:1.5rem}"
    "button{font:inherit;padding:.625rem 1.25rem;border-radius:.625rem;border:1px solid #b8c4d0;"
    "background:none;color:inherit;cursor:pointer}"
    "button.main{background:#0b7285;border-color:#0b7285;color:#fff}"
    "@media(prefers-color-scheme:dark){body{background:#10161d;color:#e6edf3}"
    "main{background:#18212b}small{color:#93a4b5}button{border-color:#3a4a5a}}"
)

"""One plain page of the simulator's bank, in Portuguese as the bank's customer would see it."""

from decimal import Decimal
from html import escape

from starlette.responses import HTMLResponse


def page(title: str, content: str, *, status: int = 200) -> HTMLResponse:
    """Lay out a page; *content* is markup, *title* is text."""
    name = escape(title)
    return HTMLResponse(
        '<!doctype html><html lang="pt-BR"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{name}</title><style>{_STYLE}</style></head>"
        f"<body><main><small>Banco de teste · simulador</small><h1>{name}</h1>{content}</main>"
        "</body></html>",
        status_code=status,
    )


def reais(amount: Decimal) -> str:
    """Write money as people in Brazil do."""
    text = f"{amount:,.2f}".replace(",", " ").replace(".", ",").replace(" ", ".")
    return f"R$ {text}"


def choices(name: str, label: str, options: dict[str, str]) -> str:
    """Write a list to choose from; keys are values, values are texts."""
    rows = "".join(
        f'<option value="{escape(value)}">{escape(text)}</option>'
        for value, text in options.items()
    )
    return f'<label>{escape(label)}<select name="{escape(name)}">{rows}</select></label>'


_STYLE = (
    ":root{color-scheme:light dark}"
    "body{margin:0;min-height:100vh;display:grid;place-items:center;"
    "font:16px/1.5 system-ui,sans-serif;background:#eef2f6;color:#16202b}"
    "*{box-sizing:border-box}"
    "main{width:min(30rem,100vw - 2rem);margin:1rem;padding:2rem;border-radius:1rem;background:#fff;"
    "box-shadow:0 1px 3px #0002}small{color:#5b6b7b}h1{font-size:1.375rem;margin:.5rem 0 1rem}"
    "form{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}"
    "label{display:grid;grid-template-columns:minmax(0,1fr);gap:.25rem;width:100%}"
    "select,input,button{font:inherit;padding:.625rem .75rem;border-radius:.625rem;"
    "border:1px solid #b8c4d0;background:none;color:inherit}"
    "select,input{background:#fff;color:#16202b;width:100%}button{cursor:pointer}"
    "button.main{background:#0b7285;border-color:#0b7285;color:#fff}"
    "@media(prefers-color-scheme:dark){body{background:#10161d;color:#e6edf3}"
    "main{background:#18212b}small{color:#93a4b5}"
    "select,input,button{border-color:#3a4a5a}select,input{background:#10161d;color:#e6edf3}}"
)

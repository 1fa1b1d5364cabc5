"""A product's page that opens the official widget SDK, served from a port of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

SDK = (
    Path(__file__).parents[3] / "src/tomada/web/dashboard/static/vendor/pluggy-connect.js"
).read_bytes()

_PAGE = """<!doctype html>
<html lang="pt-BR">
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Produto</title>
  <script type="module" src="/host.js"></script>
  <body><h1>Produto</h1></body>
</html>
"""
_SCRIPT = """
import { PluggyConnect } from "/pluggy-connect.js";
window.heard = [];
window.blocked = [];
document.addEventListener("securitypolicyviolation", (event) => blocked.push(event.violatedDirective));
window.openWidget = async (options) => {
  const widget = new PluggyConnect({
    ...options,
    onOpen: () => heard.push({ name: "open" }),
    onClose: () => heard.push({ name: "close" }),
    onHide: () => heard.push({ name: "hide" }),
    onSuccess: ({ item }) => heard.push({ name: "success", item }),
    onError: ({ message, data }) => heard.push({ name: "error", message, item: data?.item }),
    onEvent: ({ event, timestamp, ...rest }) => heard.push({ name: event, timestamp, ...rest }),
  });
  await widget.init();
};
"""


@contextmanager
def host_page(widget_origin: str) -> Iterator[str]:
    """Serve the page, under the policy that the dashboard has, until the block is left."""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
        f"connect-src 'self'; frame-src {widget_origin}; base-uri 'none'"
    )
    files = {
        "/": ("text/html; charset=utf-8", _PAGE.encode()),
        "/host.js": ("text/javascript", _SCRIPT.encode()),
        "/pluggy-connect.js": ("text/javascript", SDK),
        "/favicon.ico": ("image/x-icon", b""),
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            media_type, content = files[self.path]
            self.send_response(200)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(content)))
            self.send_header("Content-Security-Policy", policy)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Keep the test's output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()

"""What a page may load and who may hold it: the security headers of the dashboard."""

from dataclasses import dataclass
from urllib.parse import urlsplit

PLUGGY_LOGOS = "https://cdn.pluggy.ai"
FRAGMENT_POLICY = "default-src 'none'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class Policy:
    """The two policies: of every page, and of the pages that open the widget.

    Only the widget's pages may hold a frame, allow inline styles (the widget's SDK makes them)
    and open a window that talks back (the bank's sign-in).
    """

    app_url: str
    widget_origin: str

    @property
    def logo_origins(self) -> tuple[str, ...]:
        """Name the origins a bank's logo may come from."""
        return tuple(dict.fromkeys((self.widget_origin.lower(), PLUGGY_LOGOS)))

    def headers(self, *, widget: bool = False) -> dict[str, str]:
        """Give the headers of a page."""
        rules = [
            "default-src 'self'",
            "script-src 'self'",
            "style-src 'self' 'unsafe-inline'" if widget else "style-src 'self'",
            f"img-src 'self' data: {' '.join(self.logo_origins)}",
            f"connect-src 'self' {self._socket_origin}",
            f"frame-src {self.widget_origin}" if widget else "frame-src 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
            "base-uri 'none'",
        ]
        if not widget:
            # The widget's SDK writes its own markup, so its pages cannot have this rule.
            rules += ["require-trusted-types-for 'script'", "trusted-types tomada"]
        return {
            "Content-Security-Policy": "; ".join(rules),
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups" if widget else "same-origin",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }

    @property
    def _socket_origin(self) -> str:
        """Name the WebSocket's origin: not every browser counts it as 'self'."""
        parts = urlsplit(self.app_url)
        return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"

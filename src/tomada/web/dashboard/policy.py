"""What a page may load and who may hold it: the security headers of the dashboard."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from tomada.web.limits import REPORTS_PATH
from tomada.web.middleware import HEADERS

PLUGGY_LOGOS = "https://cdn.pluggy.ai"
FRAGMENT_POLICY = HEADERS["content-security-policy"]
_REPORTS = {"Reporting-Endpoints": f'policy="{REPORTS_PATH}"'}


@dataclass(frozen=True, slots=True)
class Policy:
    """The two policies: of every page, and of the pages that open the widget.

    A script runs if it bears the answer's nonce, or was imported by one that does; that it lies on
    this host is not enough. Only the widget's pages may hold a frame, allow inline styles (the widget's SDK makes them)
    and open a window that talks back (the bank's sign-in).
    """

    app_url: str
    widget_origin: str

    @property
    def logo_origins(self) -> tuple[str, ...]:
        """Name the origins a bank's logo may come from."""
        return tuple(dict.fromkeys((self.widget_origin.lower(), PLUGGY_LOGOS)))

    def headers(self, nonce: str, *, widget: bool = False) -> dict[str, str]:
        """Give the headers of a page whose scripts bear *nonce*."""
        rules = [
            "default-src 'self'",
            f"script-src 'nonce-{nonce}'",
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
        # One for browsers that know the new way to report, one for the others.
        rules += ["report-to policy", f"report-uri {REPORTS_PATH}"]
        return {
            "Content-Security-Policy": "; ".join(rules),
            "Cross-Origin-Opener-Policy": "same-origin-allow-popups" if widget else "same-origin",
            "Cache-Control": "no-store",
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
            **_REPORTS,
        }

    @property
    def _socket_origin(self) -> str:
        """Name the WebSocket's origin: not every browser counts it as 'self'."""
        parts = urlsplit(self.app_url)
        return f"{'wss' if parts.scheme == 'https' else 'ws'}://{parts.netloc}"

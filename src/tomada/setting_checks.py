"""Combinations of settings that do not start: impossible ones, and in production unsafe ones.

Each is one sentence that says what to set. They come in a fixed order, so that who mends the first
one sees the next.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tomada.domain.controller import TOLD
from tomada.domain.documents import clean_cnpj
from tomada.setting_kinds import MASTER_KEYS

_LOCAL = ("localhost", "127.0.0.1", "::1")
_LONGEST_SESSION = timedelta(hours=24)
_LONGEST_IDLE = timedelta(hours=2)


def complaints(told: Any) -> Iterator[str]:
    """Say what is wrong with *told*, the settings."""
    yield from _addresses(told)
    yield from _proofs(told)
    yield from _tokens(told)
    yield from _sessions(told)
    if told.env == "production":
        yield from _open_addresses(told)
        yield from _keys(told)
        yield from _duties(told)


def _addresses(told: Any) -> Iterator[str]:
    if bool(told.database_url) != bool(told.database_owner_url):
        yield (
            "TOMADA_DATABASE_URL and TOMADA_DATABASE_OWNER_URL belong together: one role"
            " serves and owns nothing, the other owns and migrates"
        )
    if urlsplit(told.master_key_url).scheme not in MASTER_KEYS:
        yield f"TOMADA_MASTER_KEY begins with one of {', '.join(MASTER_KEYS)}"
    for name, url in (("APP_URL", told.origin), ("the Pluggy address", told.pluggy_url)):
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            yield f"{name} must be an http(s) origin, not {url!r}"
    for origin in told.product_origins:
        parts = urlsplit(origin)
        plain = f"{parts.scheme}://{parts.netloc}" == origin.lower() == origin
        if parts.scheme not in ("http", "https") or not parts.hostname or not plain:
            yield (
                "TOMADA_PRODUCT_ORIGINS lists origins as browsers write them,"
                f" https://shop.example, not {origin!r}"
            )
    signals = told.signals_url and urlsplit(told.signals_url.get_secret_value()).scheme
    if signals and signals not in ("redis", "rediss", "unix"):
        yield "TOMADA_SIGNALS_URL must be a redis://, rediss:// or unix:// address"


def _proofs(told: Any) -> Iterator[str]:
    """See that a delivery has to prove something, and that nothing is asked for in vain."""
    secret = bool(told.webhook_hmac_secret.get_secret_value())
    header = bool(told.webhook_hmac_header)
    if told.webhook_hmac == "required" and not (secret and header):
        yield (
            "TOMADA_WEBHOOK_HMAC=required needs TOMADA_WEBHOOK_HMAC_SECRET and"
            " TOMADA_WEBHOOK_HMAC_HEADER"
        )
    if told.webhook_hmac == "off" and secret:
        yield (
            "a signing secret is set but TOMADA_WEBHOOK_HMAC is off; who forges would leave the"
            " signature out, so set it to required or remove the secret"
        )
    stamped = "{timestamp}" in told.webhook_hmac_signed
    if "{body}" not in told.webhook_hmac_signed or stamped != bool(
        told.webhook_hmac_timestamp_header
    ):
        yield (
            "TOMADA_WEBHOOK_HMAC_SIGNED contains {body}, and {timestamp} exactly where"
            " TOMADA_WEBHOOK_HMAC_TIMESTAMP_HEADER names its header"
        )
    if not told.webhook_header and told.webhook_hmac == "off":
        yield (
            "webhooks would be accepted from everybody: set TOMADA_WEBHOOK_HEADER, or"
            " TOMADA_WEBHOOK_HMAC=required"
        )
    if told.webhook_source_policy == "enforce" and not told.webhook_sources:
        yield "TOMADA_WEBHOOK_SOURCE_POLICY=enforce with no TOMADA_WEBHOOK_SOURCES refuses Pluggy"


def _tokens(told: Any) -> Iterator[str]:
    """See that tokens of the product have an issuer and exactly one way to be signed."""
    ways = [told.token_secret is not None, bool(told.token_jwks_url)]
    if sum(ways) != (1 if told.token_issuer else 0):
        yield (
            "tokens of your product need TOMADA_TOKEN_ISSUER and one of TOMADA_TOKEN_SECRET and"
            " TOMADA_TOKEN_JWKS_URL"
        )
    parts = urlsplit(told.token_jwks_url)
    allowed = ("https",) if told.env == "production" else ("https", "http")
    if told.token_jwks_url and (parts.scheme not in allowed or not parts.hostname):
        yield "TOMADA_TOKEN_JWKS_URL must be an https address"


def _sessions(told: Any) -> Iterator[str]:
    if not timedelta() < told.session_idle <= told.session_absolute:
        yield "TOMADA_SESSION_IDLE is more than nothing and at most TOMADA_SESSION_ABSOLUTE"


def _open_addresses(told: Any) -> Iterator[str]:
    """See that nothing goes over the network in the clear, and nobody is believed by the way."""
    for name, url in (
        ("APP_URL", told.origin),
        ("TOMADA_PLUGGY_URL", told.pluggy_url),
        ("TOMADA_WIDGET_ORIGIN", told.widget_origin),
        ("TOMADA_OAUTH_REDIRECT_URI", told.oauth_redirect_uri),
    ):
        if url and urlsplit(url).scheme != "https" and urlsplit(url).hostname not in _LOCAL:
            yield f"in production {name} must be https"
    if any(not one.startswith("https://") for one in told.product_origins):
        yield "in production TOMADA_PRODUCT_ORIGINS must be https"
    if any(network.prefixlen == 0 for network in told.trusted_proxies):
        yield "TOMADA_TRUSTED_PROXIES must not trust every address"
    for name in ("database_url", "database_owner_url", "database_backup_url"):
        url = getattr(told, name) and getattr(told, name).get_secret_value()
        if url and _is_plain(url):
            yield (
                f"in production TOMADA_{name.upper()} must not switch TLS off towards another"
                " machine"
            )
    urls = [one and one.get_secret_value() for one in (told.database_url, told.database_owner_url)]
    if all(urls) and urlsplit(urls[0]).username == urlsplit(urls[1]).username:
        yield (
            "TOMADA_DATABASE_URL must name another role than TOMADA_DATABASE_OWNER_URL: row-level"
            " security is no lock for whoever owns the tables"
        )
    if told.session_idle > _LONGEST_IDLE or told.session_absolute > _LONGEST_SESSION:
        yield (
            "in production a sign-in lasts at most 24 hours, and two hours unused:"
            " TOMADA_SESSION_ABSOLUTE and TOMADA_SESSION_IDLE"
        )
    if told.demo_hint:
        yield "TOMADA_DEMO_HINT is for the demo: it would stand on everybody's sign-in page"


def _is_plain(url: str) -> bool:
    parts = urlsplit(url)
    off = parse_qs(parts.query).get("sslmode", [""])[-1] in ("disable", "allow")
    return off and bool(parts.hostname) and parts.hostname not in _LOCAL


def _keys(told: Any) -> Iterator[str]:
    if not told.master_key:
        yield "production needs TOMADA_MASTER_KEY; `tomada keys init` makes one, and says how"
    parts = urlsplit(told.master_key_url)
    if parts.scheme == "vault+http" and parts.hostname not in _LOCAL:
        yield "in production TOMADA_MASTER_KEY must not speak to Vault in the clear: vault://…"
    key = told.master_key_path
    if key is not None and key.is_relative_to(told.data_dir.absolute()):
        yield (
            "TOMADA_MASTER_KEY lies in TOMADA_DATA_DIR: whoever copies the data would have the key"
            " to them"
        )
    if not told.pluggy_client_id or not told.pluggy_client_secret.get_secret_value():
        yield (
            "PLUGGY_CLIENT_ID and PLUGGY_CLIENT_SECRET are missing; make an application at"
            " dashboard.pluggy.ai and set both"
        )


def _duties(told: Any) -> Iterator[str]:
    missing = [name for name in TOLD if not getattr(told, name)]
    if missing:
        names = ", ".join(f"TOMADA_{name.upper()}" for name in missing)
        yield (
            f"the law wants people told who holds their data: set {names}; see"
            " docs/how-to/answer-for-the-data.md"
        )
    elif clean_cnpj(told.controller_cnpj) is None:
        yield "TOMADA_CONTROLLER_CNPJ is no CNPJ"

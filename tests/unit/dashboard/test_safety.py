"""What a page may load, where it may lead, and what may stand in an attribute."""

import re
from pathlib import Path

import pytest
from starlette.requests import Request

from tomada.web.dashboard.assets import load_assets
from tomada.web.dashboard.pages import own_path
from tomada.web.dashboard.policy import Policy
from tomada.web.dashboard.tiles import bank_tile, initials_of

PACKAGE = Path(__file__).parents[3] / "src/tomada/web/dashboard"
ORIGINS = ("http://127.0.0.1:8700", "https://cdn.pluggy.ai")


@pytest.mark.parametrize(
    ("asked", "goal"),
    [
        ("/conectar", "/conectar"),
        ("/conectar/613?item=x", "/conectar/613?item=x"),
        (None, "/"),
        ("", "/"),
        ("https://evil.example", "/"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
    ],
)
def test_the_door_leads_to_a_path_of_ours_or_to_the_start(asked: str | None, goal: str) -> None:
    assert own_path(asked) == goal


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://cdn.pluggy.ai/assets/201.svg", True),
        ("HTTPS://CDN.PLUGGY.AI/assets/201.svg", True),
        ("http://127.0.0.1:8700/_simulator/logo/1.svg", True),
        ("http://127.0.0.1:8701/logo.svg", False),
        ("https://cdn.pluggy.ai.evil.example/1.svg", False),
        ("https://cdn.pluggy.ai@evil.example/1.svg", False),
        ("javascript:alert(1)", False),
        ("data:image/svg+xml,<svg/>", False),
        ("//cdn.pluggy.ai/1.svg", False),
        ("https://[broken", False),
        ("", False),
        (None, False),
    ],
)
def test_a_logo_comes_from_where_the_policy_says_or_not_at_all(
    url: str | None, *, kept: bool
) -> None:
    tile = bank_tile("BA", "d9480f", url, origins=ORIGINS)

    assert (tile.image_url is not None) == kept


@pytest.mark.parametrize("color", ["red", "#12345", "url(x)", '"/><script>', "", None])
def test_a_colour_is_six_digits_or_ours(color: str | None) -> None:
    tile = bank_tile("BA", color, None, origins=ORIGINS)

    assert re.fullmatch("#[0-9a-f]{6}", tile.color)


@pytest.mark.parametrize(("color", "ink"), [("000000", "#ffffff"), ("ffe066", "#16211c")])
def test_initials_can_be_read_on_any_colour(color: str, ink: str) -> None:
    assert bank_tile("BA", color, None, origins=ORIGINS).ink == ink


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Banco Maré Alta", "MA"), ("Lume", "L"), ("Banco", "B"), ("— ¿?", "?"), ("", "?")],
)
def test_a_bank_has_initials_that_tell_it_apart(name: str, initials: str) -> None:
    assert initials_of(name) == initials


def test_only_the_widgets_pages_may_hold_a_frame_and_inline_styles() -> None:
    policy = Policy(app_url="https://tomada.example", widget_origin="https://connect.pluggy.ai")

    plain = policy.headers("n0nce")["Content-Security-Policy"]
    widget = policy.headers("n0nce", widget=True)["Content-Security-Policy"]

    assert "frame-src 'none'" in plain
    assert "unsafe" not in plain
    assert "require-trusted-types-for 'script'" in plain
    assert "connect-src 'self' wss://tomada.example" in plain
    assert "frame-src https://connect.pluggy.ai" in widget
    for rules in (plain, widget):
        assert "script-src 'nonce-n0nce';" in rules
        assert "report-uri /csp-reports" in rules
    assert (
        policy.headers("n0nce", widget=True)["Cross-Origin-Opener-Policy"]
        == "same-origin-allow-popups"
    )
    for rule in ("object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert rule in plain
        assert rule in widget


def test_no_template_has_an_inline_script_style_or_handler() -> None:
    found = []
    for path in PACKAGE.rglob("*.j2"):
        text = path.read_text("utf-8")
        found += re.findall(
            r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=|\|safe", text
        )

    assert found == []


def test_no_file_of_the_page_names_another_host() -> None:
    namespace = "http://www.w3.org/2000/svg"
    found = [
        (path.name, url)
        for path in (PACKAGE / "static").glob("*.*")
        for url in re.findall(r"https?://[^\s\"')]+", path.read_text("utf-8"))
        if url != namespace
    ]

    assert found == []


def _request(encoding: str = "") -> Request:
    return Request({"type": "http", "headers": [(b"accept-encoding", encoding.encode())]})


def test_files_are_kept_for_good_under_their_version_only() -> None:
    assets = load_assets()

    right = assets.serve(_request(), assets.version, "shell.css")
    wrong = assets.serve(_request(), "0" * 16, "shell.css")

    assert "immutable" in right.headers["cache-control"]
    assert wrong.headers["cache-control"] == "no-store"
    assert wrong.body == right.body
    assert assets.serve(_request(), assets.version, "../catalogue.py").status_code == 404
    with pytest.raises(KeyError):
        assets.url("missing.css")


def test_a_browser_that_reads_gzip_gets_less() -> None:
    assets = load_assets()

    plain = assets.serve(_request(), assets.version, "vendor/pluggy-connect.js")
    packed = assets.serve(_request("br, gzip"), assets.version, "vendor/pluggy-connect.js")

    assert packed.headers["content-encoding"] == "gzip"
    assert len(packed.body) * 2 < len(plain.body)
    assert plain.headers["vary"] == "Accept-Encoding"


def test_every_symbol_that_is_drawn_exists() -> None:
    sprite = (PACKAGE / "static/icons.svg").read_text("utf-8")
    known = set(re.findall(r'<symbol id="([a-z-]+)"', sprite))
    templates = "\n".join(path.read_text("utf-8") for path in PACKAGE.rglob("*.j2"))
    families = re.findall(r'"\d\d": "([a-z]+)"', (PACKAGE / "tiles.py").read_text("utf-8"))

    drawn = set(re.findall(r'icon\("([a-z-]+)"', templates)) | set(families)

    assert len(drawn) > 30
    assert drawn | {"bank", "savings", "card", "info"} <= known

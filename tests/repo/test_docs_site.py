"""The site has the front page's order, and a link of it that leads nowhere is found."""

from pathlib import Path

from scripts.docs_site import DOCS, dead, navigation, page_text
from tests.repo.checkout import read, texts


def test_every_page_is_in_the_navigation() -> None:
    named = str(navigation(read("docs/README.md")))

    pages = [name.removeprefix("docs/") for name, _ in texts("docs/*.md")]

    assert [one for one in pages if one != "README.md" and f"'{one}'" not in named] == []


def test_the_navigation_has_the_sections_of_the_front_page() -> None:
    front = "# Docs\n\n## Learn\n\n- [`One`](a/one.md)\n- [Two](two.md#part)\n\n## Empty\n"

    assert navigation(front) == [{"Start": "index.md"}, {"Learn": [{"One": "a/one.md"}]}]


def test_a_file_that_is_no_page_is_named_and_pages_stay_links() -> None:
    text = "[Policy](../../SECURITY.md#x) [all](../README.md#decisions) [API](../reference/http-api.md)"

    assert page_text(text, DOCS / "how-to") == (
        "Policy (`SECURITY.md`) [all](../index.md#decisions) [API](../reference/http-api.md)"
    )


def test_a_dead_link_of_the_site_is_found(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/good.html").write_text(
        '<h2 id="there">x</h2><a href="../index.html#top">y</a><a href="#there">z</a>'
        '<a href="https://example.org/gone">w</a>'
    )
    (tmp_path / "index.html").write_text(
        '<i id="top"></i><a href="a/good.html#there">1</a><a href="a/gone.html">2</a>'
        '<a href="a/good.html#gone">3</a><script src="https://cdn.example/x.js"></script>'
    )

    found = list(dead(tmp_path))

    assert len(found) == 3
    assert all(one.startswith("index.html: ") for one in found)

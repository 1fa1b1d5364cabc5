"""Build the documentation as a site: `make docs` writes it to build/site, and fails on a dead link.

The pages are those of docs/ and the navigation is that of docs/README.md, so neither is written
twice. A link to a file that is no page names the file instead.
"""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
_SECTION = re.compile(r"^## (.+)$|^- \[(.+?)\]\(([^)#]+)\)", re.MULTILINE)
_OUTSIDE = re.compile(r"\[([^\]]+)\]\(((?:\.\./)+)([^)\s#]+)(?:#[^)]*)?\)")
_FRONT = re.compile(r"(\]\((?:\.\./)*)README\.md")


def navigation(front: str) -> list[dict[str, object]]:
    """Read sections and pages from the front page."""
    found: list[dict[str, object]] = [{"Start": "index.md"}]
    pages: list[dict[str, str]] = []
    for section, title, page in _SECTION.findall(front):
        if section:
            pages = []
            found.append({section: pages})
        else:
            pages.append({title.replace("`", ""): page})
    return [one for one in found if next(iter(one.values()))]


def page_text(text: str, folder: Path) -> str:
    """Write a page for the site: the front page has another name there, files have no page."""

    def named(link: re.Match[str]) -> str:
        words, climb, path = link.groups()
        if (folder / climb / path).resolve().is_relative_to(DOCS):
            return link[0]
        return f"{words} (`{path}`)"

    return _FRONT.sub(r"\1index.md", _OUTSIDE.sub(named, text))


def prepare(place: Path) -> Path:
    """Write the pages and what the builder is told; gives the latter."""
    shutil.rmtree(place, ignore_errors=True)
    for source in sorted(DOCS.rglob("*")):
        target = place / "pages" / source.relative_to(DOCS)
        if source.is_dir():
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.suffix == ".md":
            if source == DOCS / "README.md":
                target = target.with_name("index.md")
            target.write_text(page_text(source.read_text("utf-8"), source.parent), "utf-8")
        else:
            shutil.copyfile(source, target)
    told = place / "mkdocs.yml"
    told.write_text(json.dumps(_told()), encoding="utf-8")
    return told


def _told() -> dict[str, object]:
    """Say how it is built; JSON is YAML as well. Nothing is loaded from other hosts."""
    return {
        "site_name": "Tomada",
        "docs_dir": "pages",
        "site_dir": "site",
        "use_directory_urls": False,
        "nav": navigation((DOCS / "README.md").read_text("utf-8")),
        "theme": {
            "name": "material",
            "font": False,
            "language": "en",
            "features": ["navigation.indexes", "content.code.copy", "navigation.top"],
        },
        "markdown_extensions": [
            "admonition",
            "attr_list",
            "tables",
            "pymdownx.superfences",
            {"toc": {"permalink": True}},
        ],
    }


class _Page(HTMLParser):
    """The anchors of a built page, and where it leads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.loads: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note ids and links."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif name in ("href", "src") and value and tag != "base":
                (self.links if tag == "a" else self.loads).append(value)


def dead(site: Path) -> Iterator[str]:
    """Complain about each link of the built site that leads nowhere, or to another host's file."""
    pages = {one: _Page(one.read_text("utf-8")) for one in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        if path.name == "404.html":
            # It is shown at any address, so its links begin at the root.
            continue
        name = path.relative_to(site)
        for link in (*page.links, *page.loads):
            parts = urlsplit(link)
            if parts.netloc and link in page.loads:
                yield f"{name}: {link} is loaded from another host"
            if parts.scheme or parts.netloc:
                continue
            there = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            there = there / "index.html" if there.is_dir() else there
            if not there.exists():
                yield f"{name}: {link} leads nowhere"
            elif (
                parts.fragment
                and there in pages
                and (unquote(parts.fragment) not in pages[there].anchors)
            ):
                yield f"{name}: {link} names a place that is not there"


def main() -> None:
    """Build and check."""
    place = ROOT / "build" / "docs"
    told = prepare(place)
    builder = Path(sysconfig.get_path("scripts")) / "zensical"
    if subprocess.run([builder, "build", "--strict", "-f", told], check=False).returncode:
        sys.exit("the site was not built; the builder's words stand above")
    complaints = list(dead(place / "site"))
    if complaints:
        sys.exit("\n".join(complaints))
    count = len(list((place / "site").rglob("*.html")))
    print(f"{count} pages in {(place / 'site').relative_to(ROOT)}, every link leads somewhere")


if __name__ == "__main__":
    main()

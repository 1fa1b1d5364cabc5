"""What the documents promise about themselves: links that lead somewhere, twins that match."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath

HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*$")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)")
DECISION = re.compile(r"^(\d{4})-[a-z0-9-]+\.md$")
SECTION = 2
DECISION_SECTIONS = ["Status", "Context", "Decision", "Consequences", "Alternatives"]


def prose(text: str) -> list[str]:
    """Take the lines of a Markdown text without its fenced code."""
    lines: list[str] = []
    fenced = False
    for line in text.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced:
            lines.append(line)
    return lines


def headings(text: str) -> list[tuple[int, str]]:
    """Read depth and words of each heading."""
    found = (HEADING.match(line) for line in prose(text))
    return [(len(each[1]), each[2]) for each in found if each]


def anchor(heading: str) -> str:
    """Name a heading the way GitHub links to it."""
    kept = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return kept.replace(" ", "-")


def dead_links(name: str, text: str, root: Path) -> Iterator[str]:
    """Complain about each relative link that leads to no file or to no heading of it."""
    for target in LINK.findall("\n".join(prose(text))):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, fragment = target.partition("#")
        place = root / PurePosixPath(name).parent / path if path else root / name
        if not place.exists():
            yield f"{name}: {target} leads nowhere"
        elif fragment and place.suffix == ".md":
            known = {anchor(words) for _, words in headings(place.read_text(encoding="utf-8"))}
            if fragment not in known:
                yield f"{name}: {target} names a heading that is not there"


def different_shape(one: str, other: str) -> Iterator[str]:
    """Compare two translations: the same depths in the same order, the same code, the same links.

    Words differ between languages; what a reader can run and where a reader can go does not.
    """
    if [depth for depth, _ in headings(one)] != [depth for depth, _ in headings(other)]:
        yield "the sections are not the same"
    if _code(one) != _code(other):
        yield "the commands are not the same"
    here, there = (sorted(LINK.findall(each)) for each in (one, other))
    if len(here) != len(there):
        yield f"{len(here)} links and {len(there)} links"


def unlisted(front: str, pages: Iterable[str]) -> Iterator[str]:
    """Complain about pages that the front page does not lead to."""
    targets = {target.partition("#")[0] for target in LINK.findall(front)}
    yield from (page for page in pages if page not in targets)


def misshaped(decisions: Mapping[str, str]) -> Iterator[str]:
    """Complain about decisions that lack a section, are named otherwise, or are not in a row."""
    numbers: list[int] = []
    for name, text in sorted(decisions.items()):
        found = DECISION.match(name)
        if found is None:
            yield f"{name}: is not named like 0001-what-was-decided.md"
        else:
            numbers.append(int(found[1]))
        sections = [words for depth, words in headings(text) if depth == SECTION]
        if sections != DECISION_SECTIONS:
            yield f"{name}: has the sections {sections}, not {DECISION_SECTIONS}"
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the numbers are {numbers}"


def _code(text: str) -> list[str]:
    """Read the shell blocks of a text without their comments."""
    blocks = re.findall(r"^```(?:sh|console)\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    return [
        line.split("#")[0].strip()
        for block in blocks
        for line in block.splitlines()
        if line.split("#")[0].strip()
    ]

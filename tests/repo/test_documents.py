"""The documents keep what they promise about themselves."""

from pathlib import Path

import pytest

from tests.repo.checkout import ROOT, read, texts
from tests.repo.documents import ADR_NAME, dead_links, different_shape, headings

ADR_SECTIONS = ["Status", "Context", "Decision", "Consequences", "Alternatives"]


def test_every_link_leads_somewhere() -> None:
    documents = list(texts("*.md"))

    complaints = [each for name, text in documents for each in dead_links(name, text, ROOT)]

    assert complaints == []
    assert {"README.md", "README.pt-BR.md"} <= {name for name, _ in documents}


def test_a_dead_link_is_found(tmp_path: Path) -> None:
    (tmp_path / "there.md").write_text("# Place\n\n## A heading, here\n", encoding="utf-8")
    text = "[a](gone.md) [b](there.md#no) ![c](no.png)\n```\n[d](code.md)\n```\n"
    good = "[a](there.md) [b](there.md#a-heading-here) [c](https://example.org) [d](#top)\n# Top\n"
    (tmp_path / "good.md").write_text(good, encoding="utf-8")

    found = list(dead_links("sample.md", text, tmp_path))

    assert len(found) == 3
    assert not list(dead_links("good.md", good, tmp_path))


def test_the_two_readmes_say_the_same() -> None:
    complaints = list(different_shape(read("README.md"), read("README.pt-BR.md")))

    assert complaints == []


@pytest.mark.parametrize(
    "other",
    [
        "# Um\n\n```sh\nmake demo\n```\n[x](a)\n",
        "# Um\n\n## Dois\n\n```sh\nmake test\n```\n[x](a)\n",
        "# Um\n\n## Dois\n\n```sh\nmake demo\n```\n",
    ],
)
def test_a_translation_that_fell_behind_is_found(other: str) -> None:
    one = "# One\n\n## Two\n\n```sh\nmake demo  # starts it\n```\n[x](a)\n"

    assert list(different_shape(one, other))
    assert not list(different_shape(one, one.replace("# starts it", "# inicia")))


def test_every_decision_is_written_in_the_same_form() -> None:
    decisions = {Path(name).name: text for name, text in texts("docs/adr/[0-9]*.md")}

    shapes = {
        name: [words for depth, words in headings(text) if depth == 2]
        for name, text in decisions.items()
    }

    assert shapes == dict.fromkeys(decisions, ADR_SECTIONS)
    assert all(ADR_NAME.match(name) for name in decisions)
    assert sorted(int(name[:4]) for name in decisions) == list(range(1, len(decisions) + 1))


def test_every_page_of_the_documentation_is_on_its_front_page() -> None:
    front = read("docs/README.md")

    missing = [
        name
        for name, _ in texts("docs/*.md")
        if name != "docs/README.md" and f"({name.removeprefix('docs/')})" not in front
    ]

    assert missing == []

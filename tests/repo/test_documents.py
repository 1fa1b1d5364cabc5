"""The documents keep what they promise about themselves."""

from pathlib import Path

import pytest

from tests.repo.checkout import ROOT, read, texts
from tests.repo.documents import (
    DECISION_SECTIONS,
    dead_links,
    different_shape,
    misshaped,
    unlisted,
)

DECISION = "# 1. One\n\n" + "\n\n".join(f"## {words}\n\nText." for words in DECISION_SECTIONS)


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
    decisions = {Path(name).name: text for name, text in texts("docs/adr/*.md")}

    complaints = list(misshaped(decisions))

    assert complaints == []
    assert len(decisions) >= 7


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("0002-more.md", "# 2. More\n\n## Status\n\n## Decision\n"),
        ("0003-a-gap.md", DECISION),
        ("more.md", DECISION),
        ("0001-again.md", DECISION),
    ],
)
def test_a_decision_in_another_form_is_found(name: str, text: str) -> None:
    good = {"0001-one.md": DECISION}

    assert list(misshaped({**good, name: text}))
    assert not list(misshaped({**good, "0002-two.md": DECISION}))


def test_every_page_of_the_documentation_is_on_its_front_page() -> None:
    pages = [name.removeprefix("docs/") for name, _ in texts("docs/*.md")]

    missing = list(
        unlisted(read("docs/README.md"), [page for page in pages if page != "README.md"])
    )

    assert missing == []


def test_a_page_nothing_leads_to_is_found() -> None:
    front = "[one](how-to/one.md) [two](how-to/two.md#part)"

    missing = list(unlisted(front, ["how-to/one.md", "how-to/two.md", "how-to/three.md"]))

    assert missing == ["how-to/three.md"]

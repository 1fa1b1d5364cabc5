"""The catalogues say the same things in each language, and all that the templates ask for."""

import re
from pathlib import Path
from string import Formatter

import pytest

from tomada.web.dashboard.catalogue import LANGUAGES, choose_language, load_texts

PACKAGE = Path(__file__).parents[3] / "src/tomada/web/dashboard"
ASKED = re.compile(r"""\b(?:t|texts)\(\s*["']([a-z]+(?:\.[A-Za-z_]+)+)["']""")
SAID = re.compile(r"""\bsay\(\s*["']([a-z_.]+)["']""")


def braces(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_each_language_has_the_same_keys_and_the_same_gaps() -> None:
    languages = load_texts()
    first = languages["pt-BR"].sentences

    for language in LANGUAGES:
        sentences = languages[language].sentences
        assert sentences.keys() == first.keys()
        assert {k: braces(s) for k, s in sentences.items()} == {
            k: braces(s) for k, s in first.items()
        }
        assert all(sentence.strip() for sentence in sentences.values())


def test_everything_that_is_asked_for_is_there() -> None:
    texts = load_texts()["pt-BR"]
    sources = [*PACKAGE.rglob("*.j2"), *PACKAGE.rglob("*.py")]
    scripts = list((PACKAGE / "static").glob("*.js"))

    asked = {key for one in sources for key in ASKED.findall(one.read_text("utf-8"))}
    said = {key for one in scripts for key in SAID.findall(one.read_text("utf-8"))}

    assert len(asked) > 80
    assert len(said) > 20
    # A key that ends in an underscore is finished at run time.
    assert {key for key in asked if key[-1] != "_"} - texts.sentences.keys() == set()
    assert said - texts.for_scripts.keys() == set()


def test_nothing_stands_in_a_catalogue_that_nobody_asks_for() -> None:
    texts = load_texts()["pt-BR"]
    everything = "\n".join(
        one.read_text("utf-8")
        for one in PACKAGE.rglob("*")
        if one.suffix in {".py", ".j2", ".js"} and "vendor" not in one.parts
    )

    # Keys made at run time: of a kind of account or problem, of a step, of a product, of a reason.
    made = (
        "account.",
        "problem.",
        "consent.step_",
        "product.",
        "why.",
        "tabs.",
        "total.",
        "none.",
        "investment.",
        "loan.",
        "refresh.",
        "rows.view_",
        "case.",
        "bill.state_",
        "bill.kind_",
        "bill.charge_",
        "bill.reason_",
        "privacy.count_",
        "action.",
        "because.",
        "privacy.copy_",
        "privacy.state_",
        "privacy.who_",
        "operator.",
    )
    unused = {
        key
        for key in texts.sentences
        if not key.startswith(made)
        and f'"{key.removeprefix("js.")}"' not in everything
        and f"'{key}'" not in everything
    }

    assert unused == set()


def test_a_hole_is_an_error_and_not_a_blank() -> None:
    texts = load_texts()["en"]

    with pytest.raises(KeyError):
        texts("overview.nothing")
    with pytest.raises(KeyError):
        texts("rows.instalment", wrong="3/10")


def test_a_known_category_has_our_short_word_and_a_new_one_the_providers() -> None:
    texts = load_texts()["pt-BR"]

    assert texts.category("10000000", "Groceries") == "Supermercado"
    assert texts.category("98000000", "Space travel") == "Space travel"
    assert texts.category(None, None) is None


@pytest.mark.parametrize(
    ("asked", "kept", "accepted", "chosen"),
    [
        (None, None, "", "pt-BR"),
        ("en", "pt-BR", "pt-BR", "en"),
        ("xx", "en", "pt-BR", "en"),
        (None, None, "en-GB,en;q=0.9", "en"),
        (None, None, "fr;q=1.0, en;q=0.2, pt;q=0.8", "pt-BR"),
        (None, None, "de, ja", "pt-BR"),
        (None, None, "en;q=x, ;;, pt;q=0.5", "pt-BR"),
        (None, None, "," * 5000, "pt-BR"),
    ],
)
def test_the_language_is_what_was_asked_then_kept_then_accepted(
    asked: str | None, kept: str | None, accepted: str, chosen: str
) -> None:
    assert choose_language(asked, kept, accepted) == chosen

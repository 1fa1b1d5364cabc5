"""A page's script bears the answer's nonce, or the browser does not run it."""

import re

import pytest

from tests.repo.checkout import texts

SCRIPT = re.compile(r"<script\b[^>]*>", re.IGNORECASE)
NONCE = 'nonce="{{ nonce }}"'


def without_a_nonce(text: str) -> list[str]:
    return [tag for tag in SCRIPT.findall(text) if NONCE not in tag or "src=" not in tag]


def test_every_script_of_a_template_is_a_file_and_bears_the_nonce() -> None:
    templates = dict(texts("src/tomada/web/dashboard/templates/*.j2"))

    found = {name: tags for name, text in templates.items() if (tags := without_a_nonce(text))}

    assert found == {}
    assert len(templates) > 10


@pytest.mark.parametrize(
    "tag", ["<script>", '<script src="/x.js">', f"<script {NONCE}>", '<SCRIPT nonce="x" src="/x">']
)
def test_a_script_without_it_is_found(tag: str) -> None:
    assert without_a_nonce(f'<script type="module" {NONCE} src="/x.js"></script>') == []

    assert without_a_nonce(tag) == [tag]

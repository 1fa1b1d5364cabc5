"""A sealed value opens for its owner, table, row and column group, and nowhere else."""

import itertools
import os
import random
import re
from pathlib import Path

import pytest
from tink import aead

import tomada
from tomada.domain.errors import KeyUnavailableError
from tomada.services.keysets import (
    DIGEST_KEY_BYTES,
    added,
    dropped,
    fresh_keyset,
    primary,
    promoted,
)
from tomada.services.vault import Keys, opened_keys

Place = tuple[Keys, str, str, str]


@pytest.fixture(scope="module")
def keys() -> list[Keys]:
    aead.register()
    plain = [os.urandom(DIGEST_KEY_BYTES) + fresh_keyset() for _ in range(2)]
    # The third has the first one's keys under another name: the name counts too.
    return [opened_keys(name, plain[n]) for name, n in (("ana", 0), ("bia", 1), ("caio", 0))]


def _places(keys: list[Keys]) -> list[Place]:
    tables, rows = ("items", "accounts", "ite", "itemsa"), ("1", "11", "2", "a/1")
    groups = ("", "raw", "ra")
    return list(itertools.product(keys, tables, rows, groups))[:101]


def _opens(place: Place, sealed: bytes) -> bool:
    keys, table, row, group = place
    try:
        keys.open(table, row, sealed, group=group)
    except KeyUnavailableError:
        return False
    return True


def test_of_ten_thousand_pairs_none_opens_in_the_others_place(keys: list[Keys]) -> None:
    everything = [
        (place, place[0].seal(place[1], place[2], b"text", group=place[3]))
        for place in _places(keys)
    ]

    assert all(_opens(place, sealed) for place, sealed in everything)
    pairs = list(itertools.permutations(everything, 2))
    assert len(pairs) >= 10_000
    assert [1 for (there, _), (_, sealed) in pairs if _opens(there, sealed)] == []


def test_every_bit_of_a_value_counts(keys: list[Keys]) -> None:
    place: Place = (keys[0], "items", "1", "")
    for _ in range(20):
        sealed = keys[0].seal("items", "1", random.randbytes(40))
        for bit in range(len(sealed) * 8):
            changed = bytearray(sealed)
            changed[bit // 8] ^= 1 << bit % 8
            assert not _opens(place, bytes(changed))


def test_no_nonce_comes_twice(keys: list[Keys]) -> None:
    # Behind the five bytes of the key's id come the twelve of the nonce.
    seen = {keys[0].seal("items", "1", b"x")[5:17] for _ in range(100_000)}

    assert len(seen) == 100_000


def test_a_keyset_is_changed_in_steps_and_every_step_opens_what_was_there() -> None:
    aead.register()
    first = os.urandom(DIGEST_KEY_BYTES) + fresh_keyset()
    old = opened_keys("ana", first).seal("items", "1", b"old")

    ready = added(first)
    second = promoted(ready)
    fresh = opened_keys("ana", second).seal("items", "1", b"new")
    kept, gone = dropped(second, needed={old[:5]}), dropped(second, needed=set())

    assert added(ready) == ready
    assert primary(ready) == primary(first) == old[:5]
    assert primary(second) == fresh[:5] != old[:5]
    assert opened_keys("ana", ready).open("items", "1", fresh) == b"new"
    assert opened_keys("ana", kept).open("items", "1", old) == b"old"
    assert opened_keys("ana", gone).open("items", "1", fresh) == b"new"
    with pytest.raises(KeyUnavailableError):
        opened_keys("ana", gone).open("items", "1", old)
    digests = {opened_keys("ana", one).digest("x", b"y") for one in (first, ready, second, gone)}
    assert len(digests) == 1


def test_a_digest_says_nothing_to_who_has_not_the_key(keys: list[Keys]) -> None:
    document = b"12345678909"
    ours = keys[0].digest("cpf", document)

    guessed = {keys[1].digest("cpf", b"%011d" % n) for n in range(12_345_678_900, 12_345_679_000)}

    assert ours == keys[0].digest("cpf", document)
    assert ours not in guessed
    assert keys[0].digest("cnpj", document) != ours


_BARE = re.compile(r"\b(?:sha1|sha256|sha512|md5|blake2b)\(")
_PERSONAL = re.compile(
    r"cpf|cnpj|document|description|account_?number|e_?mail|owner|holder", re.IGNORECASE
)


def _bare(text: str) -> list[str]:
    """List lines that hash, without a key, what a person is known by."""
    lines = (line.strip() for line in text.splitlines())
    return [line for line in lines if _BARE.search(line) and _PERSONAL.search(line)]


def test_nothing_a_person_is_known_by_is_hashed_without_a_key() -> None:
    source = Path(tomada.__file__).parent
    found = {
        path.relative_to(source).as_posix(): _bare(path.read_text("utf-8"))
        for path in source.rglob("*.py")
        if "simulator" not in path.parts
    }

    assert len(found) > 200
    assert {name: lines for name, lines in found.items() if lines} == {}


def test_a_bare_hash_of_a_document_is_found() -> None:
    assert _bare("x = 1\n  key = hashlib.sha256(cpf.encode()).digest()\n")
    assert not _bare("key = keys.digest('cpf', cpf.encode())\n")

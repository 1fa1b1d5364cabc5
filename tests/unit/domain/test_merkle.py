import hashlib

import pytest

from tomada.domain.merkle import Tree, included, inclusion

# Leaves and roots of the reference implementation of Certificate Transparency.
_LEAVES = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657",
           "606162636465666768696a6b6c6d6e6f")  # fmt: skip
_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)


def _leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(b"\x00" + bytes.fromhex(one)).digest() for one in _LEAVES[:count]]


def test_a_tree_has_the_root_that_certificate_transparency_gives_it() -> None:
    for size, root in enumerate(_ROOTS):
        assert Tree().grown(_leaves(size)).root.hex() == root


def test_a_tree_that_was_packed_grows_on_from_where_it_was() -> None:
    for size in range(9):
        some = Tree().grown(_leaves(size))

        again = Tree.unpacked(size, some.packed).grown(_leaves(8)[size:])

        assert again.root.hex() == _ROOTS[8]


def test_peaks_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="of this size"):
        Tree.unpacked(4, Tree().grown(_leaves(5)).packed)


def test_each_leaf_is_proved_by_its_path_and_no_other_leaf_is() -> None:
    for size in range(1, 9):
        leaves = _leaves(size)
        root = Tree().grown(leaves).root
        for n in range(size):
            path = inclusion(leaves, n)

            assert included(leaves[n], n, size, path) == root
            for other in set(range(size)) - {n}:
                assert included(leaves[other], n, size, path) != root


def test_a_path_that_is_too_short_or_too_long_proves_nothing() -> None:
    leaves = _leaves(8)
    path = inclusion(leaves, 3)

    for wrong in (path[:-1], [*path, path[0]]):
        with pytest.raises(ValueError, match="the proof is"):
            included(leaves[3], 3, 8, wrong)

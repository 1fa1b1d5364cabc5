"""A statement file is a PDF that a reader can walk through."""

import re

import pytest

from tomada.simulator.products.pdf import document


@pytest.mark.parametrize(("lines", "pages"), [(1, 1), (58, 1), (59, 2), (300, 6)])
def test_every_object_is_where_the_table_says(lines: int, pages: int) -> None:
    content = document([f"linha {number}" for number in range(lines)])

    start = int(content.rsplit(b"startxref\n", 1)[1].split(b"\n")[0])
    table = content[start:].split(b"trailer")[0].split(b"\n")
    assert table[0] == b"xref"
    for number, entry in enumerate(table[3:-1], start=1):
        assert len(entry) == 19
        assert content[int(entry[:10]) :].startswith(b"%d 0 obj\n" % number)
    assert content.count(b"/Type /Page ") == pages
    assert b"/Count %d " % pages in content


def test_streams_are_as_long_as_they_say() -> None:
    content = document(["um", "dois (três) \\ quatro", "cinco €"])

    found = re.search(rb"/Length (\d+) >>\nstream\n(.*)\nendstream", content, re.DOTALL)

    assert found is not None
    assert int(found[1]) == len(found[2])
    assert "dois \\(três\\) \\\\ quatro".encode("latin-1") in found[2]
    assert b"cinco ?" in found[2]

from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from tomada.domain.seals import associated_data, places

PARTS = st.tuples(*(st.text(max_size=6) for _ in range(4)))


@given(PARTS, PARTS)
def test_two_different_places_never_read_alike(
    one: tuple[str, str, str, str], other: tuple[str, str, str, str]
) -> None:
    assert (associated_data(*one) == associated_data(*other)) == (one == other)


@given(PARTS)
def test_a_part_cannot_lend_letters_to_its_neighbour(parts: tuple[str, str, str, str]) -> None:
    owner, table, row, group = parts

    assert associated_data(owner + "x", table, row, group) != associated_data(
        owner, "x" + table, row, group
    )
    assert associated_data(owner, table, row + "x", group) != associated_data(
        owner, table, row, "x" + group
    )


@given(PARTS)
def test_places_of_many_rows_are_those_of_each(parts: tuple[str, str, str, str]) -> None:
    owner, table, row, group = parts

    assert places(owner, table, group)(row) == associated_data(owner, table, row, group)


def test_an_id_is_named_by_its_text() -> None:
    row = uuid4()

    assert associated_data("o", "t", row, "") == associated_data("o", "t", str(row), "")
    assert associated_data("o", "t", UUID(int=row.int), "") == associated_data("o", "t", row, "")

from datetime import UTC, datetime

import pytest

from tomada.domain.ids import ItemId, is_pluggys
from tomada.domain.items import Institution, Item, ItemDetail

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def an_item(status: str, *, read: bool) -> Item:
    return Item(
        id=ItemId("i"), status=status, execution_status="", error_code=None,
        last_updated_at=NOW if read else None, synced_at=None, bound_at=NOW,
        detail=ItemDetail(0, "Banco", None, None, None, None), syncing=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("status", "read", "step"),
    [
        ("UPDATED", True, "none"),
        ("LOGIN_ERROR", True, "reconnect"),
        ("LOGIN_ERROR", False, "reconnect"),
        ("WAITING_USER_INPUT", True, "answer"),
        ("WAITING_USER_ACTION", False, "authorize"),
        ("UPDATING", False, "wait"),
        ("MERGING", True, "wait"),
        # An outage passes by itself, unless nothing was ever read.
        ("OUTDATED", True, "none"),
        ("OUTDATED", False, "reconnect"),
        ("DELETED", True, "none"),
        ("NEVER_SEEN", True, "none"),
    ],
)
def test_the_next_step_follows_from_the_status(status: str, step: str, *, read: bool) -> None:
    assert an_item(status, read=read).next_step == step


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("Banco do Brasil", "BD"),
        ("Nubank", "N"),
        ("  itaú  ", "I"),
        ("- Caixa (poupança)", "C"),
        ("4 Bank", "4B"),
        ("", "?"),
        ("***", "?"),
    ],
)
def test_initials_stand_in_for_a_logo(name: str, initials: str) -> None:
    bank = Institution(
        connector_id=1, name=name, color=None, image_url=None, kind="BANK",
        is_open_finance=False, is_sandbox=False, online=True,
    )  # fmt: skip

    assert bank.initials == initials


@pytest.mark.parametrize(
    ("text", "possible"),
    [
        ("5b3c0b1e-7a54-4c1b-9d0e-70dada000001", True),
        ("5B3C0B1E-7A54-4C1B-9D0E-70DADA000001", True),
        ("5b3c0b1e7a544c1b9d0e70dada000001", False),
        ("{5b3c0b1e-7a54-4c1b-9d0e-70dada000001}", False),
        ("urn:uuid:5b3c0b1e-7a54-4c1b-9d0e-70dada000001", False),
        (" 5b3c0b1e-7a54-4c1b-9d0e-70dada000001", False),
        ("", False),
        ("..", False),
        ("x" * 5000, False),
    ],
)
def test_ids_of_pluggys_are_uuids_in_their_usual_form(text: str, *, possible: bool) -> None:
    assert is_pluggys(text) == possible

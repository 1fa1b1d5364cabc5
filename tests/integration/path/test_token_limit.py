"""Connect tokens are counted per person."""

from dataclasses import replace

import pytest

from tests.conftest import Running
from tests.integration.path.connecting import BANK, agree
from tomada.domain.errors import TooManyAttemptsError


async def test_a_person_gets_so_many_tokens_in_ten_minutes_and_no_more(tomada: Running) -> None:
    ana, bia = await tomada.someone("ana@example.com"), await tomada.someone("bia@example.com")
    for person in (ana, bia):
        await agree(tomada, person)
    connect = tomada.app.connect
    few = replace(connect, settings=replace(connect.settings, tokens_per_window=5))

    for _ in range(5):
        await few.create_token(ana, connector_id=BANK, item_id=None)
    with pytest.raises(TooManyAttemptsError) as refused:
        await few.create_token(ana, connector_id=BANK, item_id=None)
    await few.create_token(bia, connector_id=BANK, item_id=None)

    assert 0 < refused.value.retry_after <= 600

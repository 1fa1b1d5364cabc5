"""Complaints about data that others can read."""

import asyncpg
import httpx2

from tests.conftest import Running
from tests.integration.scenarios.scene import EMAIL, scene
from tests.integration.web.people import API
from tomada.domain.ids import EntityId
from tomada.store.embedded import EmbeddedCluster

IDS = (
    ("GET", "/accounts?itemId={item}"),
    ("GET", "/transactions?itemId={item}"),
    ("DELETE", "/items/{item}"),
    ("POST", "/sync-data"),
)


async def test_24_nothing_a_bank_said_lies_in_the_database_in_the_clear(
    tomada: Running, database: EmbeddedCluster
) -> None:
    async with scene(tomada, "plain_text_needles") as seen:
        await seen.play()

        assert len(await seen.rows("PALHEIRO")) == 2
        dump = await _everything(database, seen.caller.entity_id)
        assert b"AGULHA" not in dump
        assert b"PALHEIRO" not in dump
        assert EMAIL.encode() not in dump
        assert str(seen.banks["bank"]).encode() in dump, "the search finds what is there"


async def test_25_an_id_of_somebody_elses_opens_nothing(tomada: Running) -> None:
    async with (
        scene(tomada, "somebody_elses_item", only="hers") as hers,
        scene(tomada, "somebody_elses_item", only="his", email="bruno@example.com") as his,
    ):
        hers.banks |= his.banks
        await hers.play()
        item = his.banks["his"]
        answers = [await _asked(hers.client, method, path, item) for method, path in IDS]

        for answer in answers:
            assert "SEGREDO" not in answer.text
            assert answer.status_code == 404 or _rows(answer) == []
        assert [one["id"] for one in (await hers.get("/items"))["items"]] == [hers.banks["hers"]]
        assert len(await his.rows("SEGREDO DO BRUNO", "his")) == 1


async def _asked(client: httpx2.AsyncClient, method: str, path: str, item: str) -> httpx2.Response:
    body = {"itemId": item} if method == "POST" else None
    return await client.request(method, API + path.format(item=item), json=body)


def _rows(answer: httpx2.Response) -> list[object]:
    shown = answer.json()
    return [*shown.get("transactions", ()), *shown.get("accounts", ())]


async def _everything(database: EmbeddedCluster, entity: EntityId) -> bytes:
    """Give every value of every table that a copy of the database would show."""
    owner = await asyncpg.connect(database.owner_url)
    try:
        await owner.execute("SELECT set_config('tomada.entity', $1, false)", str(entity))
        tables = await owner.fetch(
            "SELECT format('tomada.%I', tablename) AS name FROM pg_tables"
            " WHERE schemaname = 'tomada'"
        )
        found: list[bytes] = []
        for table in tables:
            for row in await owner.fetch(f"SELECT * FROM {table['name']}"):  # noqa: S608  (names from the catalogue)
                found += [v if isinstance(v, bytes) else str(v).encode() for v in row.values()]
        return b"\n".join(found)
    finally:
        await owner.close()

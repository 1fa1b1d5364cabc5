from pathlib import Path

from tests.fault.cluster import start
from tests.fault.installation import settings_of
from tomada.bootstrap import open_app


async def test_a_commit_waits_for_the_disk(tmp_path: Path) -> None:
    """What a killed server could forget must not have been acknowledged."""
    server = await start(tmp_path, durable=True)
    settings = settings_of(server.membership.cluster, tmp_path / "master.key")
    try:
        async with open_app(settings) as app, app.store.begin() as tx:
            names = ("synchronous_commit", "fsync", "full_page_writes")
            found = {name: await tx.conn.fetchval(f"SHOW {name}") for name in names}
    finally:
        server.membership.leave()

    assert set(found.values()) == {"on"}

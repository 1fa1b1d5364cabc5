"""Installations broken on purpose, one fault each: the doctor names it and nothing else."""

import json
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import aiohttp
import asyncpg
import pytest
from pydantic import SecretStr

from tests.conftest import Running
from tests.integration.doctor.breaking import FAULTS, another_pluggy, named, owned
from tests.integration.doctor.conftest import Leading, Ward, noted
from tomada.cli import doctor
from tomada.cli.checks.looking import Finding
from tomada.cli.checks.round import RoundFailedError, walk
from tomada.cli.doctor import CHECKS, examine, examine_with
from tomada.cli.serve import take_port
from tomada.domain.backups import BACKUP_VERIFIED
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.store.embedded import EmbeddedCluster
from tomada.store.engine import migrate

# A plain public address takes the stream and the registration with it; what is told of the webhook
# by another name or a lost one is told of the address it has as well.
ALSO = {
    "https": {"webhook_address", "webhook_absent", "public_address", "push_through_proxy"},
    "public_name": {"public_address", "push_through_proxy"},
    "deliveries_missing": set[str](),
}
BY_THEMSELVES = {"pluggy_reachable", "public_address", "push_through_proxy", "inbox_parked"}
BY_THEMSELVES |= {"items_unknown_here", "backups"}


async def test_a_healthy_installation_has_no_finding_and_each_fault_its_own(ward: Ward) -> None:
    healthy = await ward.examined()
    found = {code: await named(ward, broken) for code, broken in FAULTS}
    healthy_again = await ward.examined()

    assert (healthy.findings, healthy.unknown) == ((), ())
    assert (healthy_again.findings, healthy_again.unknown) == ((), ())
    for code, examined in found.items():
        codes = {one.code for one in examined.findings}
        assert code in codes, (code, examined)
        assert codes <= {code} | ALSO.get(code, set()), (code, examined)
    assert {check.code for check in CHECKS} == set(found) | BY_THEMSELVES


async def test_a_pluggy_that_is_away_is_named_and_nothing_is_guessed_of_it(ward: Ward) -> None:
    with closing(take_port("127.0.0.1", 0)) as taken:
        nobody = f"http://127.0.0.1:{taken.getsockname()[1]}"
    async with another_pluggy(ward, base_url=nobody, timeout=0.2) as changed:
        examined = await ward.examined(**changed)

    assert [one.code for one in examined.findings] == ["pluggy_reachable"]
    assert {"webhook_absent", "webhook_twice", "items_gone_at_pluggy"} <= set(examined.unknown)
    assert not examined.healthy


async def test_a_public_name_that_leads_elsewhere_is_named(ward: Ward) -> None:
    connector = aiohttp.TCPConnector(resolver=Leading("127.0.0.1", 1))
    async with aiohttp.ClientSession(connector=connector) as nowhere:
        examined = await replace(ward, streams=nowhere).examined()

    assert [one.code for one in examined.findings] == ["push_through_proxy"]


async def test_a_restore_that_failed_is_named(ward: Ward) -> None:
    await noted(ward.app, BACKUP_VERIFIED, outcome="failed")

    examined = await ward.examined()

    assert [one.code for one in examined.findings] == ["backups"]


async def test_events_that_nobody_comes_for_are_named(ward: Ward) -> None:
    await owned(
        ward,
        "INSERT INTO inbox (event_id, event, item_id, body_digest, state, reason, received_at)"
        " VALUES ('a', 'item/updated', $1, '', 'new', NULL, now()),"
        " ('b', 'item/created', 'x', '', 'quarantined', 'unclaimed', now())",
        ward.item,
    )
    await owned(ward, "UPDATE work SET wanted = wanted + 1, not_before = 'infinity'")

    examined = await ward.examined()

    codes = [one.code for one in examined.findings]
    assert codes == ["inbox_parked", "inbox_quarantined", "dead_jobs", "items_unknown_here"]


@pytest.fixture
def settings(simulator: Simulator, settings_for: Callable[..., Settings]) -> Settings:
    return settings_for(simulator, 8600)


async def only(settings: Settings) -> Finding:
    examined = await examine_with(settings)
    (finding,) = examined.findings
    assert set(examined.unknown) == {check.code for check in CHECKS}
    return finding


async def test_tables_of_another_version_are_named_and_not_changed(
    settings: Settings, emptied: EmbeddedCluster
) -> None:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    owner = await asyncpg.connect(emptied.owner_url)
    head = await owner.fetchval("SELECT version_num FROM tomada.schema_version")
    await owner.execute("UPDATE tomada.schema_version SET version_num = '0003'")

    finding = await only(settings)
    after = await owner.fetchval("SELECT version_num FROM tomada.schema_version")
    await owner.execute("UPDATE tomada.schema_version SET version_num = $1", head)
    await owner.close()

    assert finding.code == "migrations"
    assert after == "0003"


async def test_a_lost_master_key_is_named_and_none_is_made(
    settings: Settings, emptied: EmbeddedCluster, tmp_path: Path
) -> None:
    await migrate(emptied.owner_url, app_url=emptied.app_url)
    lost = settings.model_copy(update={"master_key": f"file://{tmp_path}/lost.key"})

    finding = await only(lost)

    assert finding.code == "master_key"
    assert not (tmp_path / "lost.key").exists()


async def test_a_database_that_does_not_answer_is_named(settings: Settings) -> None:
    nowhere = SecretStr("postgresql://tomada@127.0.0.1:1/tomada")
    away = settings.model_copy(update={"database_url": nowhere, "database_owner_url": nowhere})

    assert (await only(away)).code == "database"


async def test_settings_that_are_refused_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOMADA_ENV", "production")
    monkeypatch.setenv("APP_URL", "http://bank.example")

    examined = await examine()

    assert [one.code for one in examined.findings] == ["settings"]
    assert "https" in examined.findings[0].what


async def test_the_command_prints_json_and_ends_by_what_it_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOMADA_ENV", "production")
    monkeypatch.setenv("APP_URL", "http://bank.example")
    monkeypatch.setenv("PLUGGY_CLIENT_SECRET", "needle-secret")
    monkeypatch.setenv("TOMADA_TOKEN_SECRET", "needle-short")

    with pytest.raises(SystemExit) as ended:
        await doctor.doctor(as_json=True)
    printed = capsys.readouterr().out
    told = json.loads(printed)
    with pytest.raises(SystemExit):
        await doctor.doctor()
    shown = capsys.readouterr().out

    assert ended.value.code == 1
    assert told["healthy"] is False
    assert {"what", "why", "remedy", "code"} <= set(told["findings"][0])
    assert "PROBLEM  settings" in shown
    assert "TOKEN_SECRET: " in shown
    assert "needle" not in printed + shown


async def test_a_round_with_a_sandbox_bank_leaves_nothing_behind(tomada: Running) -> None:
    await tomada.app.upkeep.check_webhook()

    steps = await walk(tomada.app)

    assert [one.split()[0] for one in steps] == ["connected", "read", "Pluggy's", "deleted"]
    assert not tomada.simulator.world.state.items
    async with tomada.app.store.begin() as tx:
        left = await tx.conn.fetchrow(
            "SELECT (SELECT count(*) FROM users) AS users,"
            " (SELECT count(*) FROM item_routes) AS items"
        )
    assert (left["users"], left["items"]) == (0, 0)


async def test_a_round_without_its_webhook_fails_and_cleans_up(tomada: Running) -> None:
    await tomada.app.upkeep.check_webhook()
    tomada.simulator.world.hooks.set_mode("drop")

    with pytest.raises(RoundFailedError, match="no webhook"):
        await walk(tomada.app, patience=3)

    assert not tomada.simulator.world.state.items

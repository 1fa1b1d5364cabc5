"""The simulator as a program: it starts and stops cleanly and finds its world again."""

import asyncio
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.contract.simulator.driver import driving, until
from tests.contract.simulator.receiving import receiving
from tomada.cli.simulate import simulate
from tomada.simulator import SimulatorSettings, StateFileError, run_simulator


async def test_a_restarted_world_is_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "new" / "world.json"
    async with driving(state_file=file) as driver:
        item = await driver.connected(clientUserId="nonce-1")
        await driver.call(
            "POST", "/webhooks", json={"event": "all", "url": "http://127.0.0.1:1/hook"}
        )
        await driver.http.post(
            f"/_simulator/items/{item['id']}/transactions", json={"kind": "foreign_purchase"}
        )
        before = (await driver.http.get("/_simulator/state")).json()
        old_key, old_origin = driver.key, driver.simulator.url

    async with driving(state_file=file) as driver:
        after = (await driver.http.get("/_simulator/state")).json()
        with_old_key = await driver.call("GET", f"/items/{item['id']}", key=old_key)
        row = await driver.http.post(
            f"/_simulator/items/{item['id']}/transactions", json={"kind": "pix_in"}
        )
        new_origin = driver.simulator.url

    known = {
        row["id"] for account in before["items"][0]["accounts"] for row in account["transactions"]
    }
    expected = json.loads(json.dumps(before).replace(old_origin, new_origin))
    assert after["items"] == expected["items"]
    assert after["webhooks"] == expected["webhooks"]
    assert with_old_key.status_code == 200
    assert row.json()["id"] not in known


async def test_a_killed_world_loses_a_second_at_most(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    async with driving(state_file=file) as driver:
        item = await driver.connected()

        async def saved() -> Any:
            if not file.exists():
                return None
            items = json.loads(file.read_text())["items"]
            return items.get(item["id"], {}).get("status") == "UPDATED" or None

        assert await until(saved)


async def test_a_run_that_was_under_way_begins_again(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    async with driving(state_file=file, bank_delay=60.0) as driver:
        item = await driver.new_item()

    async with driving(state_file=file) as driver:
        ended = await driver.ended(item["id"])

    assert (item["status"], ended["status"]) == ("UPDATING", "UPDATED")


async def test_a_file_of_something_else_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "world.json"
    file.write_text('{"items": 7}')

    with pytest.raises(StateFileError, match=r"world\.json is not a simulator state"):
        async with run_simulator(SimulatorSettings(state_file=file)):
            pass

    assert file.read_text() == '{"items": 7}'


async def test_a_file_that_cannot_be_written_is_known_before_anything_starts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(SystemExit) as end:
        await simulate(port=0, state_file=tmp_path / "file" / "world.json")

    assert end.value.code == 1
    assert "world.json cannot be" in capsys.readouterr().err


async def test_stopping_leaves_nothing_running() -> None:
    before = asyncio.all_tasks()
    async with (
        receiving(*[500] * 50, pause=0.05) as receiver,
        driving(bank_delay=60.0, live_interval=0.05) as driver,
    ):
        await driver.new_item(webhookUrl=receiver.url)
        port = int(driver.simulator.url.rpartition(":")[2])

    async def gone() -> Any:
        # The receiver's own handlers end a moment after their connections.
        return True if asyncio.all_tasks() <= before else None

    assert await until(gone)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", port))


async def test_the_line_of_the_readme_starts_a_whole_world() -> None:
    line = "simulate --seed 7 --port 0 --speed instant --scenario bills --live 0.05s"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tomada", *line.split(), stdout=asyncio.subprocess.PIPE
    )
    try:
        assert program.stdout is not None
        printed = [(await asyncio.wait_for(program.stdout.readline(), 30)).decode()]
        url = next(word for word in printed[0].split() if word.startswith("http"))
        while not printed[-1].startswith("Played bills"):
            printed.append((await asyncio.wait_for(program.stdout.readline(), 30)).decode())
        async with httpx2.AsyncClient(base_url=url, trust_env=False) as http:

            async def look() -> Any:
                state = (await http.get("/_simulator/state")).json()
                accounts = [one for item in state["items"] for one in item["accounts"]]
                return state if sum(len(one["transactions"]) for one in accounts) > before else None

            before = 0
            first = await until(look)
            before = sum(
                len(one["transactions"]) for item in first["items"] for one in item["accounts"]
            )
            later = await until(look)
    finally:
        program.terminate()
        await asyncio.wait_for(program.wait(), 10)

    assert first["live"] == 0.05
    assert len(later["items"]) == 1


async def test_a_used_port_is_said_in_one_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(SystemExit) as end:
            await simulate(port=port)

    assert end.value.code == 1
    expected = f"Port {port} on 127.0.0.1 is already in use. Choose another one with --port.\n"
    assert capsys.readouterr().err == expected


async def test_other_machines_are_let_in_only_on_purpose(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as end:
        await simulate(host="0.0.0.0", port=0)  # noqa: S104  the very thing that is refused

    assert end.value.code == 1
    assert "--allow-remote" in capsys.readouterr().err


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
async def test_the_program_says_where_it_is_and_ends_on_a_signal(stop: signal.Signals) -> None:
    code = "import asyncio; from tomada.cli.simulate import simulate; asyncio.run(simulate(port=0))"
    program = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE, env={**os.environ}
    )
    try:
        assert program.stdout is not None
        first = (await asyncio.wait_for(program.stdout.readline(), 30)).decode()
        url = next(word for word in first.split() if word.startswith("http"))

        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.get(f"{url}/_simulator/state")
        program.send_signal(stop)
        await asyncio.wait_for(program.communicate(), 10)
    finally:
        if program.returncode is None:
            program.kill()
            await program.wait()

    assert answer.status_code == 200
    assert program.returncode == 0

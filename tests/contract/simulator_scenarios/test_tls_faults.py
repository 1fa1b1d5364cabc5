"""Family P17: what a client meets before it has said anything, and that it then says nothing."""

import asyncio
import ssl
import sys
import warnings
from collections.abc import AsyncIterator
from pathlib import Path
from typing import get_args

import httpx2
import pytest

from tests.contract.simulator.driver import driving
from tomada.pluggy import PluggyClient, errors
from tomada.simulator import Simulator, SimulatorSettings, TlsError, run_simulator
from tomada.simulator.faults import HandshakeEffect
from tomada.simulator.faults_modes import fault_of, modes

MODES = [name for name, rule in modes().items() if rule["effect"] in get_args(HandshakeEffect)]
# What OpenSSL says of a certificate: verification codes of its manual.
REFUSED = {"P17.expired": 10, "P17.self_signed": 18, "P17.wrong_name": 64}


@pytest.fixture
async def simulator(tmp_path: Path) -> AsyncIterator[Simulator]:
    settings = SimulatorSettings(tls_authority=tmp_path / "authority.pem")
    async with run_simulator(settings) as running:
        yield running


def _trusting(simulator: Simulator) -> ssl.SSLContext:
    authority = simulator.settings.tls_authority
    assert authority is not None
    return ssl.create_default_context(cafile=authority)


async def _no_wait(_seconds: float) -> None:
    await asyncio.sleep(0)


def _client(simulator: Simulator, verify: ssl.SSLContext | None) -> PluggyClient:
    return PluggyClient(
        client_id=simulator.settings.client_id,
        client_secret=simulator.settings.client_secret,
        base_url=simulator.url,
        verify=verify,
        trust_env=False,
        sleep=_no_wait,
        # Short, for the one that never answers.
        timeout=1.0,
    )


async def _greet(simulator: Simulator, context: ssl.SSLContext) -> str | None:
    """Shake hands and say which protocol was agreed on."""
    port = int(simulator.url.rpartition(":")[2])
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
    version: str | None = writer.get_extra_info("ssl_object").version()
    writer.close()
    return version


async def test_a_client_that_trusts_the_authority_works_and_another_does_not(
    simulator: Simulator,
) -> None:
    async with _client(simulator, _trusting(simulator)) as trusting:
        item = await trusting.create_item(0, {"user": "user-ok", "password": "password-ok"})
    async with _client(simulator, None) as strange:
        with pytest.raises(errors.TransportError) as refused:
            await strange.get_item(item.id)

    assert simulator.url.startswith("https://")
    assert refused.value.effect == "none"
    assert await _greet(simulator, _trusting(simulator)) == "TLSv1.3"


@pytest.mark.parametrize("mode", MODES)
async def test_the_client_refuses_and_sends_nothing(simulator: Simulator, mode: str) -> None:
    fault = simulator.world.faults.add(fault_of({"mode": mode, "count": None}))
    login = {"user": "user-ok", "password": "password-ok"}
    async with _client(simulator, _trusting(simulator)) as pluggy:
        with pytest.raises(errors.TransportError) as refused:
            await pluggy.create_item(0, login)
        unsent = list(simulator.world.recorder.log)
        simulator.world.faults.clear()
        item = await pluggy.create_item(0, login)

    # A deadline this short ends connecting and waiting alike, and the client claims no more.
    assert refused.value.effect == ("unknown" if mode == "P03.connect" else "none")
    assert unsent == []
    assert fault.fired == fault.seen >= 1
    assert list(simulator.world.state.items) == [item.id]


@pytest.mark.parametrize("mode", MODES)
async def test_a_mode_does_what_it_is_called_as_often_as_asked(
    simulator: Simulator, mode: str
) -> None:
    fault = simulator.world.faults.add(fault_of({"mode": mode, "skip": 1, "count": 2}))
    context = _trusting(simulator)

    await _greet(simulator, context)
    for _ in range(2):
        with pytest.raises(OSError) as refused:  # noqa: PT011  each mode has its own kind
            await asyncio.wait_for(_greet(simulator, context), 1)
        if mode in REFUSED:
            assert isinstance(refused.value, ssl.SSLCertVerificationError)
            assert refused.value.verify_code == REFUSED[mode]
    await _greet(simulator, context)

    assert (fault.seen, fault.fired) == (3, 2)


async def test_the_old_protocol_is_really_spoken(simulator: Simulator) -> None:
    simulator.world.faults.add(fault_of({"mode": "P17.1_1"}))
    context = _trusting(simulator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
    context.set_ciphers("ALL:@SECLEVEL=0")

    assert await _greet(simulator, context) == "TLSv1.1"


def test_each_effect_on_handshakes_is_a_mode() -> None:
    assert sorted(modes()[name]["effect"] for name in MODES) == sorted(get_args(HandshakeEffect))
    assert MODES[-1] == "P03.connect"


async def test_without_tls_there_is_no_handshake_to_spoil() -> None:
    async with driving() as driver:
        answer = await driver.http.post("/_simulator/faults", json={"mode": "P17.expired"})

    assert answer.status_code == 400
    assert "--tls" in answer.json()["message"]


async def test_rules_are_set_and_counted_over_http(simulator: Simulator) -> None:
    context = _trusting(simulator)
    async with httpx2.AsyncClient(base_url=simulator.url, verify=context, trust_env=False) as http:
        rule = {"mode": "P17.expired", "count": 1}
        added = await http.post("/_simulator/faults", json=rule)
        with pytest.raises(ssl.SSLCertVerificationError):
            await _greet(simulator, context)
        told = (await http.get("/_simulator/faults")).json()["results"]
        wrong = await http.post("/_simulator/faults", json=rule | {"path": "/auth"})

    assert added.json()["fired"] == 0
    assert [(one["effect"], one["fired"]) for one in told] == [("tls_expired", 1)]
    assert (wrong.status_code, "path should not exist" in str(wrong.json()["message"])) == (
        400,
        True,
    )


async def test_an_authority_that_cannot_be_written_is_said_at_once(tmp_path: Path) -> None:
    settings = SimulatorSettings(tls_authority=tmp_path / "none" / "authority.pem")

    with pytest.raises(TlsError, match=r"authority\.pem cannot be written"):
        async with run_simulator(settings):
            pass


async def test_without_the_extra_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "trustme", None)

    with pytest.raises(TlsError, match=r"pip install 'tomada\[tls\]'"):
        async with run_simulator(SimulatorSettings(tls_authority=tmp_path / "authority.pem")):
            pass


async def test_stopping_ends_handshakes_that_hang(tmp_path: Path) -> None:
    settings = SimulatorSettings(tls_authority=tmp_path / "authority.pem")
    before = asyncio.all_tasks()
    async with run_simulator(settings) as simulator:
        port = int(simulator.url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        await _greet(simulator, _trusting(simulator))

    writer.close()
    assert asyncio.all_tasks() <= before

"""`tomada simulate`: run a local Pluggy until stopped."""

import asyncio
import errno
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Literal, NoReturn

from tomada.simulator import (
    Simulator,
    SimulatorSettings,
    StateFileError,
    TlsError,
    run_simulator,
)
from tomada.simulator.scenarios import (
    PlayError,
    Scenario,
    ScenarioError,
    UnknownScenarioError,
    read_scenario,
)
from tomada.simulator.scenarios import scenario as named_scenario

Speed = Literal["instant", "quick", "lifelike"]
# Seconds of one execution; at the provider it is twenty seconds and more.
_PACES: dict[Speed, float] = {"instant": 0.0, "quick": 3.0, "lifelike": 25.0}


async def simulate(  # noqa: PLR0913  one for each option of the command line
    *,
    host: str = "127.0.0.1",
    port: int = 8700,
    seed: int = 1,
    speed: Speed = "quick",
    bank_delay: float | None = None,
    live: timedelta | None = None,
    state_file: Path | None = None,
    scenario: str | None = None,
    tls: Path | None = None,
    allow_remote: bool = False,
    origin: str | None = None,
) -> None:
    """Run a local Pluggy to develop and test against, until Ctrl-C.

    Safe to stop at any time. Without a state file it forgets everything when it stops.

    Parameters
    ----------
    host
        Address to listen on.
    port
        Port to listen on; 0 takes any free one.
    seed
        Which people and banks to invent.
    speed
        How fast banks are: at once, in three seconds, or as slow as they are.
    bank_delay
        Seconds that connecting or updating a bank takes, instead of the speed's.
    live
        Time between transactions that happen by themselves, such as 5s; none without it.
    state_file
        File that keeps the world between runs.
    scenario
        Scenario to play once it runs: a name, or a YAML file of your own.
    tls
        Speak TLS; the certificate that clients must trust is written into this file.
    allow_remote
        Listen beyond this machine. Whoever reaches the simulator can drive it.
    origin
        What it is called from outside, such as http://pluggy.example.com.
    """
    if not allow_remote and not _is_loopback(host):
        _refuse(
            f"{host} can be reached from other machines, and the simulator lets everybody in. "
            "Add --allow-remote if that is meant."
        )
    settings = replace(
        SimulatorSettings(),
        host=host,
        port=port,
        seed=seed,
        bank_delay=_PACES[speed] if bank_delay is None else bank_delay,
        live_interval=None if live is None else live.total_seconds(),
        state_file=state_file,
        tls_authority=tls,
        origin=None if origin is None else origin.rstrip("/"),
    )
    await _run(settings, None if scenario is None else _scenario(scenario))


async def _run(settings: SimulatorSettings, scenario: Scenario | None) -> None:
    """Serve, and say in a sentence why that cannot be."""
    try:
        await _serve(settings, scenario)
    except OSError as failure:
        where = f"{settings.host}:{settings.port}"
        if failure.errno == errno.EADDRINUSE:
            _refuse(
                f"Port {settings.port} on {settings.host} is already in use. "
                "Choose another one with --port."
            )
        _refuse(f"The simulator cannot listen on {where}: {failure.strerror or failure}.")
    except (StateFileError, TlsError) as failure:
        _refuse(str(failure))


def _greeting(simulator: Simulator) -> str:
    settings = simulator.settings
    return f"""\
A local Pluggy is running at {simulator.url}   (Ctrl-C stops it)

  client id      {settings.client_id}
  client secret  {settings.client_secret}
  bank login     user-ok / password-ok      MFA 123456

Point a client at it:
  Tomada         TOMADA_PLUGGY_URL={simulator.url}
  Node SDK       PLUGGY_API_URL={simulator.url}
  Python SDK     Configuration(host="{simulator.url}")
  Connect widget url: "{simulator.url}"

Make things happen:
  curl {simulator.url}/_simulator/state
  curl -X POST {simulator.url}/_simulator/items/ITEM/transactions \\
       -H 'Content-Type: application/json' -d '{{"kind": "pix_in", "amount": 150}}'"""


async def _serve(settings: SimulatorSettings, scenario: Scenario | None) -> None:
    stop = asyncio.Event()
    with _stopping(stop):
        async with run_simulator(settings) as simulator:
            print(_greeting(simulator), flush=True)
            if scenario is not None:
                print(await _play(simulator, scenario), flush=True)
            await stop.wait()


def _scenario(name: str) -> Scenario:
    """Find a scenario before anything is started."""
    try:
        if not name.endswith((".yaml", ".yml")):
            return named_scenario(name)
        return read_scenario(name, Path(name).read_text(encoding="utf-8"))
    except (UnknownScenarioError, ScenarioError) as failure:
        _refuse(f"{failure}.")
    except (OSError, UnicodeDecodeError) as failure:
        _refuse(f"{name} cannot be read: {failure}.")


async def _play(simulator: Simulator, scenario: Scenario) -> str:
    """Play it; what went wrong is told and the simulator goes on."""
    try:
        played = await simulator.world.play(scenario)
    except PlayError as failure:
        return f"\n{failure}"
    items = ", ".join(f"{name} {item_id}" for name, item_id in played.banks.items())
    return f"\nPlayed {played.scenario}: {scenario.title}\n  {items}"


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _refuse(sentence: str) -> NoReturn:
    print(sentence, file=sys.stderr)
    raise SystemExit(1)


@contextmanager
def _stopping(stop: asyncio.Event) -> Iterator[None]:
    """Let Ctrl-C and SIGTERM end the run in good order."""
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM)
    for one in signals:
        loop.add_signal_handler(one, stop.set)
    try:
        yield
    finally:
        for one in signals:
            loop.remove_signal_handler(one)

"""``tomada demo``: everything at once, with a local Pluggy, and somebody to sign in as."""

import contextlib
import errno
import os
from collections.abc import AsyncIterator
from pathlib import Path

from pydantic import SecretStr

from tomada.bootstrap import App, open_app
from tomada.cli.serve import ListenError, serving, stopping, take_port
from tomada.domain.errors import InvalidInputError
from tomada.settings import Settings
from tomada.simulator import Simulator, SimulatorSettings, run_simulator
from tomada.telemetry import set_up
from tomada.worker import Worker

EMAIL = "demo@tomada.example"
PASSWORD = "tomada-demo-2026"  # noqa: S105  (a public login of a demo that only this machine reaches)
NAME = "Ana Demo"


async def demo(
    *,
    port: int = 8600,
    simulator_port: int = 8700,
    data_dir: Path | None = None,
    bank_delay: float = 3.0,
    live: float | None = 20.0,
    seed: int = 1,
) -> None:
    """Run Tomada with a simulated Pluggy and a demo login, until Ctrl-C.

    Touches nothing real and listens on this machine only. Safe to stop at any time: the next
    start finds the data as it was.

    Parameters
    ----------
    port
        Port of the dashboard.
    simulator_port
        Port of the simulated Pluggy.
    data_dir
        Where the demo keeps its data.
    bank_delay
        Seconds that connecting a bank takes.
    live
        Seconds between purchases that happen by themselves.
    seed
        Which people and banks to invent.
    """
    set_up(level="WARNING")
    home = (data_dir or _home()).expanduser().absolute()
    # The port is taken before anything is started, so that a refusal leaves nothing behind.
    with contextlib.closing(take_port("127.0.0.1", port)) as bound:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        simulated = SimulatorSettings(
            port=simulator_port,
            seed=seed,
            bank_delay=bank_delay,
            live_interval=live,
            state_file=home / "simulator.json",
            # The published pauses of an hour are nothing to watch.
            retry_scale=1 / 600,
        )
        async with stopping() as stop, _simulator(simulated) as simulator:
            settings = _settings(home, port, simulator.url)
            async with open_app(settings) as app, serving(app, listener=bound):
                await _somebody(app)
                async with Worker(app).running():
                    print(_greeting(settings, simulator.url), flush=True)
                    await stop.wait()
                    print("stopping…", flush=True)


@contextlib.asynccontextmanager
async def _simulator(settings: SimulatorSettings) -> AsyncIterator[Simulator]:
    """Run the simulator; a port that is taken gets a sentence."""
    async with contextlib.AsyncExitStack() as stack:
        try:
            running = await stack.enter_async_context(run_simulator(settings))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise ListenError(
                f"port {settings.port} is in use; choose another one with --simulator-port"
            ) from error
        yield running


def _home() -> Path:
    named = os.environ.get("TOMADA_DATA_DIR")
    if named:
        return Path(named)
    base = os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(base) / "tomada" / "demo"


def _settings(home: Path, port: int, simulator: str) -> Settings:
    return Settings(
        env="development",
        data_dir=home,
        port=port,
        app_url=f"http://localhost:{port}",
        # Nothing in a demo is real, so its key lies beside its data.
        master_key=f"file://{home}/demo-master.key",
        pluggy_client_id=SimulatorSettings().client_id,
        pluggy_client_secret=SecretStr(SimulatorSettings().client_secret),
        pluggy_url=simulator,
        widget_origin=simulator,
        demo_hint=f"{EMAIL} · {PASSWORD}",
    )


async def _somebody(app: App) -> None:
    with contextlib.suppress(InvalidInputError):
        await app.access.create_user(EMAIL, PASSWORD, NAME)


def _greeting(settings: Settings, simulator: str) -> str:
    return f"""\

  Tomada is running at  {settings.origin}

    e-mail     {EMAIL}
    password   {PASSWORD}

  Choose a bank and sign in there as  user-ok / password-ok
  The simulated Pluggy is at {simulator}.  Ctrl-C stops everything.
"""

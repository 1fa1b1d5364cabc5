"""The commands and how they end: 0 done, 1 failed, 2 misused, each failure in one sentence."""

import asyncio
import sys
from typing import NoReturn

import uvloop
from cyclopts import App as Commands
from pydantic import ValidationError

from tomada.cli.demo import demo
from tomada.cli.removals import removals
from tomada.cli.serve import up, web, worker
from tomada.cli.simulate import simulate
from tomada.cli.users import users
from tomada.domain.errors import TomadaError
from tomada.store.embedded_errors import EmbeddedError

FAILED, MISUSED, INTERRUPTED = 1, 2, 130


def commands() -> Commands:
    """Put the commands together."""
    app = Commands(
        name="tomada",
        help="Open finance for Brazilian products: connect banks through Pluggy.",
        version_flags=["--version"],
        help_flags=["--help", "-h"],
    )
    for command in (demo, up, web, worker, simulate):
        app.command(command)
    app.command(users)
    app.command(removals)
    return app


def run() -> None:
    """Run the typed command and exit with its code."""
    app = commands()
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(app.run_async())
    except ValidationError as error:
        _end(MISUSED, "; ".join(_sentence(one) for one in error.errors()))
    except (EmbeddedError, TomadaError) as error:
        _end(FAILED, str(error))
    except OSError as error:
        _end(FAILED, f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
    except KeyboardInterrupt:
        _end(INTERRUPTED, "stopped")


def _sentence(error: object) -> str:
    """Turn a refused setting into a sentence."""
    if not isinstance(error, dict):
        return str(error)
    where = "_".join(str(part) for part in error.get("loc", ()))
    text = str(error.get("msg", "")).removeprefix("Value error, ")
    return f"{where.upper()}: {text}" if where else text


def _end(code: int, sentence: str) -> NoReturn:
    print(f"tomada: {sentence}", file=sys.stderr, flush=True)
    sys.exit(code)

"""The commands and how they end: 0 done, 1 failed, 2 misused, each failure in one sentence."""

import asyncio
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import uvloop
from cyclopts import App as Commands
from pydantic import ValidationError

from tomada.cli.env_file import ENV_FILE, take_env_file
from tomada.domain.errors import InvalidInputError, TomadaError
from tomada.store.embedded_errors import EmbeddedError

# Named, not imported: a command brings what it needs itself and nothing of the others.
COMMANDS = {
    "demo": "tomada.cli.demo:demo",
    "up": "tomada.cli.serve:up",
    "web": "tomada.cli.serve:web",
    "worker": "tomada.cli.serve:worker",
    "simulate": "tomada.cli.simulate:simulate",
    "api-keys": "tomada.cli.api_keys:api_keys",
    "doctor": "tomada.cli.doctor:doctor",
    "settings": "tomada.cli.settings:settings",
    "db": "tomada.cli.db:db",
    "users": "tomada.cli.users:users",
    "outgoing": "tomada.cli.outgoing:outgoing",
    "quotas": "tomada.cli.quotas:quotas",
    "removals": "tomada.cli.removals:removals",
    "retention": "tomada.cli.retention:retention",
    "privacy": "tomada.cli.privacy:privacy",
    "webhooks": "tomada.cli.webhooks:webhooks",
    "audit": "tomada.cli.audit:audit",
    "keys": "tomada.cli.keys:keys",
}
FAILED, MISUSED, INTERRUPTED = 1, 2, 130


def commands(words: Sequence[str]) -> Commands:
    """Put the commands together for a line of *words*."""
    app = Commands(
        name="tomada",
        help="Open finance for Brazilian products: connect banks through Pluggy.",
        version_flags=["--version"],
        help_flags=["--help", "-h"],
    )
    for name, place in COMMANDS.items():
        app.command(place, name=name)
    if not set(words) & set(COMMANDS):
        # The list of commands has a sentence of each, which stands in its module.
        for name in COMMANDS:
            app[name]
    return app


def run() -> None:
    """Run the typed command and exit with its code."""
    take_env_file(Path(ENV_FILE))
    app = commands(sys.argv[1:])
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(app.run_async())
    except ValidationError as error:
        _end(MISUSED, "; ".join(sentence(one) for one in error.errors()))
    except InvalidInputError as error:
        _end(MISUSED, str(error))
    except (EmbeddedError, TomadaError) as error:
        _end(FAILED, str(error))
    except OSError as error:
        _end(FAILED, f"{error.strerror or error}{f': {error.filename}' if error.filename else ''}")
    except KeyboardInterrupt:
        _end(INTERRUPTED, "stopped")


def sentence(error: object) -> str:
    """Turn a refused setting into a sentence, without what was set."""
    if not isinstance(error, dict):
        return str(error)
    where = "_".join(str(part) for part in error.get("loc", ()))
    text = str(error.get("msg", "")).removeprefix("Value error, ")
    return f"{where.upper()}: {text}" if where else text


def _end(code: int, sentence: str) -> NoReturn:
    print(f"tomada: {sentence}", file=sys.stderr, flush=True)
    sys.exit(code)

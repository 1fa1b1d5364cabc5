"""What comes out of the pipe when anybody says anything."""

import asyncio
import io
import json
import logging
import sys
import warnings
from typing import Any

import pytest
import structlog

from tomada.telemetry import FIELDS, correlated, frames, log, name_ids, set_up

NEEDLE = "needle-6f1d"
LIBRARIES = (
    "uvicorn.error", "uvicorn.access", "httpx2", "asyncpg", "asyncio", "aiohttp.client", "pgqueuer",
    "sqlalchemy.engine", "alembic.runtime", "py.warnings", "tink", "websockets.server",
)  # fmt: skip


@pytest.fixture
def said() -> io.StringIO:
    """Everything that is written."""
    stream = io.StringIO()
    set_up(stream=stream)
    return stream


def breaks() -> None:
    raise ValueError(NEEDLE)


def lines(said: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in said.getvalue().splitlines()]


def test_a_field_that_is_not_listed_is_dropped(said: io.StringIO) -> None:
    log.info("sync_done", read=3, description=NEEDLE, amount=NEEDLE, body={"x": NEEDLE})

    (line,) = lines(said)
    assert line.keys() == {"event", "level", "timestamp", "logger", "read"}
    assert line["event"] == "sync_done"


@pytest.mark.parametrize("field", sorted(FIELDS - {"event", "level", "timestamp", "logger"}))
def test_what_is_listed_is_looked_through_all_the_same(field: str, said: io.StringIO) -> None:
    for value in ("ana@example.com", ["ana@example.com"], ValueError("ana@example.com")):
        with structlog.contextvars.bound_contextvars(**{field: value}):
            log.info("sync_done")

    assert "ana@" not in said.getvalue() or field in ("request_id", "correlation")


def test_an_id_is_written_by_its_name_and_by_none_where_there_are_no_names(
    said: io.StringIO,
) -> None:
    log.info("sync_done", item=NEEDLE)
    name_ids(lambda kind, name: f"{kind}:{len(name)}")
    log.info("sync_done", item=NEEDLE, entity="e", user="u")
    with correlated("c0ffee", item=NEEDLE):
        log.info("sync_done")

    first, second, third = lines(said)
    assert "item" not in first
    assert (second["item"], second["entity"], second["user"]) == ("item:11", "entity:1", "user:1")
    assert (third["item"], third["correlation"]) == ("item:11", "c0ffee")
    assert NEEDLE not in said.getvalue()


@pytest.mark.parametrize("name", LIBRARIES)
def test_a_library_says_where_and_its_constant_words_but_no_values(
    name: str, said: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = logging.getLogger(name)
    # A server that ran before may have silenced it, which is not what is asked here.
    for attribute, value in (
        ("propagate", True),
        ("handlers", []),
        ("level", 0),
        ("disabled", False),
    ):
        monkeypatch.setattr(library, attribute, value)
    ready = f"could not read {NEEDLE}"

    library.warning("could not read %s for %r", NEEDLE, {"owner": NEEDLE})
    library.error(ready)
    try:
        breaks()
    except ValueError:
        library.exception("it broke: %s", NEEDLE)
        library.error(ready, exc_info=True, stack_info=True, extra={"body": NEEDLE})
    library.warning("too few: %s %s", NEEDLE)
    library.warning(ValueError(NEEDLE))
    library.info("nobody asked for %s", NEEDLE)

    written = lines(said)
    assert NEEDLE not in said.getvalue()
    assert [line["level"] for line in written] == ["warning", *["error"] * 3, *["warning"] * 2]
    assert all(line["logger"] == name for line in written)
    assert all("test_pipe.py:" in line["at"][0] for line in written)
    assert written[0]["said"] == "could not read %s for %r"
    assert "said" not in written[1]
    assert written[2]["error"].startswith("ValueError at ")


def test_a_task_nobody_waited_for_says_its_kind_of_error_only(
    said: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fails() -> None:
        raise ValueError(NEEDLE)

    async def forgets() -> None:
        task = asyncio.create_task(fails(), name=NEEDLE)
        await asyncio.wait([task])

    asyncio.run(forgets())

    assert NEEDLE not in said.getvalue() + "".join(capfd.readouterr())
    assert lines(said)[-1]["logger"] == "asyncio"
    assert lines(said)[-1]["error"].startswith("ValueError at fails")


def test_a_warning_goes_through_the_pipe(
    said: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn(f"unclosed {NEEDLE}", stacklevel=1)

    assert NEEDLE not in said.getvalue() + "".join(capfd.readouterr())
    assert lines(said)[-1]["logger"] == "py.warnings"


def test_what_ends_the_program_says_where_it_came_from(
    said: io.StringIO, capfd: pytest.CaptureFixture[str]
) -> None:
    try:
        breaks()
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
        came_from = frames(error)

    (line,) = lines(said)
    assert NEEDLE not in said.getvalue() + "".join(capfd.readouterr())
    assert (line["event"], line["error"], line["at"]) == ("crashed", "ValueError", came_from)

"""Needles are planted in every text a person has; then the whole data directory is searched.

The server's files are read as bytes after a checkpoint: tables, indexes, write-ahead log, temporary
files, server log; and every column of every table as text, where compression could hide a needle
from the bytes.
"""

import asyncio
import io
import itertools
import logging
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
import structlog
from pydantic import SecretStr

from tests.conftest import PASSWORD, Running
from tests.integration.path.connecting import connect
from tests.integration.sync.quiet import quiet
from tomada import telemetry
from tomada.bootstrap import open_app
from tomada.cli.serve import serving, take_port
from tomada.domain.access import Caller
from tomada.settings import Settings
from tomada.simulator import Simulator
from tomada.simulator.records import AccountRecord, TransactionRecord
from tomada.store.embedded import EmbeddedCluster, join
from tomada.store.embedded_layout import Layout
from tomada.worker import Worker

NEEDLE = re.compile(rb"Ndl\d{5}qzx")


@dataclass(slots=True)
class Needles:
    """Unique words, and what each was planted in."""

    planted: dict[str, str] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def new(self, where: str) -> str:
        word = f"Ndl{next(self._numbers):05d}qzx"
        self.planted[word] = where
        return word

    def everywhere(self, value: Any, where: str) -> Any:
        """Replace every text inside *value*, however deep; keys and numbers stay."""
        if isinstance(value, str):
            return self.new(where)
        if isinstance(value, dict):
            return {name: self.everywhere(one, f"{where}.{name}") for name, one in value.items()}
        if isinstance(value, list):
            return [self.everywhere(one, f"{where}[]") for one in value]
        return value


@dataclass(frozen=True, slots=True)
class Place:
    """A running installation with a database of its own, and where that writes."""

    tomada: Running
    cluster: EmbeddedCluster
    directory: Path
    log: io.StringIO
    layout: Layout


@pytest.fixture
async def place(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Place]:
    directory = tmp_path / "data"
    quiet_log = structlog.get_logger("tests")
    membership = await asyncio.to_thread(join, directory, quiet_log)
    cluster, written = membership.cluster, io.StringIO()
    root, handlers = logging.getLogger(), list(logging.getLogger().handlers)
    telemetry.set_up(level="DEBUG", stream=written)
    try:
        with take_port("127.0.0.1", 0) as bound:
            port = bound.getsockname()[1]
            settings = Settings(
                env="development",
                port=port,
                app_url=f"http://localhost:{port}",
                database_url=SecretStr(cluster.app_url),
                database_owner_url=SecretStr(cluster.owner_url),
                master_key=f"file://{tmp_path / 'key' / 'master.key'}",
                pluggy_client_id=simulator.settings.client_id,
                pluggy_client_secret=SecretStr(simulator.settings.client_secret),
                pluggy_url=simulator.url,
                widget_origin=simulator.url,
            )
            async with (
                open_app(settings) as app,
                serving(app, listener=bound),
                Worker(app).running(),
            ):
                running = Running(app, settings.origin, simulator)
                yield Place(running, cluster, directory, written, membership.layout)
    finally:
        structlog.reset_defaults()
        root.handlers[:] = handlers
        root.setLevel("WARNING")
        await asyncio.to_thread(membership.leave)


def _account(account: AccountRecord, needles: Needles) -> None:
    for name in ("name", "number", "marketing_name", "owner", "tax_number"):
        setattr(account, name, needles.new(f"account.{name}"))
    account.bank_data = needles.everywhere(account.bank_data, "account.bankData")
    if account.credit_data is not None:
        kept = {name: one for name, one in account.credit_data.items() if "Date" in name}
        texts = needles.everywhere(account.credit_data, "account.creditData")
        account.credit_data = texts | kept


def _row(row: TransactionRecord, needles: Needles) -> None:
    row.description = needles.new("description")
    row.description_raw = needles.new("descriptionRaw")
    row.category = needles.new("category")
    row.category_id = needles.new("categoryId")
    row.operation_type = needles.new("operationType")
    row.provider_id = needles.new("providerId")
    row.provider_code = needles.new("providerCode")
    row.merchant = needles.everywhere(
        {"name": "x", "businessName": "x", "cnpj": "x", "cnae": "x", "category": "x"}, "merchant"
    )
    party = {
        "name": "x", "accountNumber": "x", "branchNumber": "x", "routingNumber": "x",
        "documentNumber": {"type": "x", "value": "x"},
    }  # fmt: skip
    row.payment_data = needles.everywhere(
        {"payer": party, "receiver": party, "reason": "x", "paymentMethod": "x",
         "referenceNumber": "x", "boletoMetadata": {"digitableLine": "x", "barcode": "x"}},
        "paymentData",
    )  # fmt: skip
    if row.credit_card_metadata is not None:
        row.credit_card_metadata["cardNumber"] = needles.new("card number")
        row.credit_card_metadata["feeTypeAdditionalInfo"] = needles.new("fee")


async def _live_with(place: Place, needles: Needles) -> Caller:
    """Let a person with needles in everything connect, buy, be disappointed and sign in."""
    tomada = place.tomada
    world, app = tomada.simulator.world, tomada.app
    email, name = f"{needles.new('e-mail')}@example.com", needles.new("name")
    user, entity = await app.access.create_user(email, PASSWORD, name)
    caller = Caller(user, entity, "test")
    item = await connect(tomada, caller)
    for account in world.state.items[item].accounts:
        _account(account, needles)
        for row in account.transactions[-40:]:
            _row(row, needles)
    # Read all of it anew, now with the needles in it.
    await app.syncs.want(entity, item, reason="user", full=True)
    bought = world.purchase(item, description=needles.new("purchase"), amount=Decimal("12.34"))
    world.edit(bought.id, description=needles.new("correction"))
    await quiet(tomada)
    world.run(item, outcome="INVALID_CREDENTIALS")
    await app.access.sign_in(email, PASSWORD, address="127.0.0.1")
    await _deliver(tomada, needles)
    found = await app.ledger.transactions(entity, q=needles.new("search"))
    assert found.transactions == ()
    await quiet(tomada)
    return caller


async def _deliver(tomada: Running, needles: Needles) -> None:
    """Deliver events with needles in every value that is not an id, good ones and bad ones."""
    headers = next(iter(tomada.simulator.world.state.webhooks.values())).headers
    bodies: list[Any] = [
        {"event": "item/updated", "eventId": "e1", "note": needles.new("webhook field")},
        {"event": "something/new", "eventId": "e2", "error": {"message": needles.new("webhook")}},
        {"event": "item/updated", "eventId": "e3", "clientId": needles.new("foreign client")},
        [needles.new("unparsable")],
    ]
    async with httpx2.AsyncClient(base_url=tomada.url, headers=headers) as http:
        for body in (*bodies, {**bodies[0], "note": needles.new("conflict")}):
            answer = await http.post("/api/webhooks/pluggy", json=body)
            assert answer.status_code == 200, answer.text
        wrong = {next(iter(headers)): needles.new("wrong secret")}
        refused = await http.post("/api/webhooks/pluggy", json=bodies[0], headers=wrong)
        assert refused.status_code == 403
        sign_in = {"email": needles.new("typed e-mail"), "password": needles.new("password")}
        await http.post("/api/session", json=sign_in)
        await http.get(f"/api/open-finance/transactions?q={needles.new('query string')}")


def _superuser(place: Place) -> str:
    passwords = place.layout.passwords()
    assert passwords is not None
    return (
        f"postgresql://tomada_super:{passwords.superuser}@/tomada?host={place.cluster.socket_dir}"
    )


async def _checkpoint(place: Place) -> None:
    connection = await asyncpg.connect(_superuser(place))
    try:
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()


def _in_files(directory: Path) -> dict[str, set[str]]:
    """Search every file below *directory* for needles as bytes."""
    found: dict[str, set[str]] = {}
    for path in directory.rglob("*"):
        if path.is_file() and (hits := set(NEEDLE.findall(path.read_bytes()))):
            found[str(path.relative_to(directory))] = {one.decode() for one in hits}
    return found


async def _in_columns(place: Place) -> dict[str, set[str]]:
    """Search every column of every table of every schema as text, bytes too."""
    connection = await asyncpg.connect(_superuser(place))
    found: dict[str, set[str]] = {}
    try:
        tables = await connection.fetch(
            "SELECT format('%I.%I', n.nspname, c.relname) AS name FROM pg_class c"
            " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'm')"
            " AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
        )
        for table in tables:
            rows = await connection.fetch(f"SELECT * FROM {table['name']}")  # noqa: S608  (names from the catalogue)
            values = (value for row in rows for value in row.values())
            texts = (one if isinstance(one, bytes) else str(one).encode() for one in values)
            if hits := {hit.decode() for text in texts for hit in NEEDLE.findall(text)}:
                found[table["name"]] = hits
    finally:
        await connection.close()
    return found


async def test_nothing_that_tells_of_a_person_is_on_disk_or_in_a_log(place: Place) -> None:
    needles = Needles()

    caller = await _live_with(place, needles)

    ledger = place.tomada.app.ledger
    shown = await ledger.transactions(caller.entity_id, limit=500)
    held = [one.movement.detail.description for one in shown.transactions]
    assert sum(one in needles.planted for one in held) > 80, "the needles are in the ledger"
    await _checkpoint(place)
    planted = needles.planted
    on_disk = _in_files(place.directory)
    assert {name: {planted[word] for word in words} for name, words in on_disk.items()} == {}
    assert await _in_columns(place) == {}
    log = place.log.getvalue()
    assert "sync_done" in log
    assert {planted[word.decode()] for word in NEEDLE.findall(log.encode())} == set()
    print(f"{len(planted)} needles planted, 0 found")  # noqa: T201  (the figure is asked for)


async def test_the_search_finds_what_is_stored_in_the_clear(place: Place) -> None:
    needles = Needles()
    word = needles.new("scratch")
    connection = await asyncpg.connect(_superuser(place))
    try:
        await connection.execute("CREATE TABLE public.scratch (t text)")
        await connection.execute("INSERT INTO public.scratch VALUES ($1)", word)
    finally:
        await connection.close()

    await _checkpoint(place)

    found = _in_files(place.directory)
    assert set().union(*found.values()) == {word}
    assert any("pg_wal" in name for name in found)
    assert any("base/" in name for name in found)
    assert await _in_columns(place) == {"public.scratch": {word}}

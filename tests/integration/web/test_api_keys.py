import asyncio
import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import httpx2
import pytest

from tests.conftest import Running
from tests.integration.web.people import API, Person, closed
from tests.integration.web.test_every_route import UNKNOWN
from tests.integration.web.test_step_up import EMAIL
from tomada.cli import api_keys as command
from tomada.domain.access import SCOPES, Scope
from tomada.domain.api_keys import LONGEST_LIFE, is_secret, new_secret
from tomada.domain.audit import INSTALLATION
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.domain.ids import EntityId
from tomada.services.access import Access
from tomada.services.api_keys import ApiKeys
from tomada.store.audit import AuditRows
from tomada.store.tx import Store
from tomada.web.push import SIGNED_OUT

DAY = timedelta(days=1)
ROUTES: dict[Scope, tuple[str, str]] = {
    "read": ("GET", f"{API}/items"),
    "connect": ("POST", f"{API}/create-connect-token"),
    "write": ("DELETE", f"{API}/items/{UNKNOWN}"),
}
IN_PERSON = (
    ("POST", f"{API}/consents"),
    ("DELETE", "/api/session"),
    ("POST", "/api/session/step-up"),
)


async def key(tomada: Running, *scopes: Scope, entity: str | None = None) -> tuple[UUID, str]:
    made, secret = await tomada.app.doors.api_keys.create(
        "back end",
        scopes,
        life=DAY,
        actor="tests",
        entity=None if entity is None else EntityId(UUID(entity)),
    )
    return made.id, secret


def bearing(tomada: Running, secret: str, entity: str | None = None) -> httpx2.AsyncClient:
    headers = {"Authorization": f"Bearer {secret}"}
    if entity is not None:
        headers["Tomada-Entity"] = entity
    return httpx2.AsyncClient(base_url=tomada.url, headers=headers, timeout=60)


def test_a_secret_is_recognised_by_its_shape_and_a_mistyped_one_is_none() -> None:
    secrets = {new_secret() for _ in range(200)}
    one = next(iter(secrets))

    assert len(secrets) == 200
    assert all(is_secret(each) and len(each) == 53 for each in secrets)
    for n in range(len(one)):
        other = "x" if one[n] != "x" else "y"
        assert not is_secret(one[:n] + other + one[n + 1 :]), n
    assert not any(is_secret(each) for each in ("", one[:-1], one + "0", one + "\n", " " + one))


async def test_each_scope_opens_its_routes_and_no_others(tomada: Running, rita: Person) -> None:
    for scope in SCOPES:
        _, secret = await key(tomada, scope, entity=rita.entity_id)
        async with bearing(tomada, secret) as client:
            for wanted, (method, path) in ROUTES.items():
                answer = await client.request(method, path)
                refused = answer.json().get("code") == "role_required"

                assert refused == (wanted != scope), (scope, method, path, answer.text)
                assert answer.status_code in ((403,) if refused else (200, 403, 404))
            for method, path in IN_PERSON:
                answer = await client.request(method, path)
                assert answer.status_code == 403, (method, path)
                assert answer.json()["code"] == "role_required"


async def test_a_key_of_one_entity_opens_that_one_and_a_key_of_all_the_one_it_names(
    tomada: Running, rita: Person, bento: Person
) -> None:
    item = await rita.read_a_bank()
    _, ritas = await key(tomada, "read", entity=rita.entity_id)
    _, everybodys = await key(tomada, "read")

    async def items(secret: str, entity: str | None) -> object:
        async with bearing(tomada, secret, entity) as client:
            answer = await client.get(f"{API}/items")
        if answer.status_code != 200:
            return answer.status_code
        return [one["id"] for one in answer.json()["items"]]

    assert [await items(ritas, e) for e in (None, rita.entity_id)] == [[item], [item]]
    assert [await items(ritas, e) for e in (bento.entity_id, UNKNOWN, "x")] == [404, 404, 404]
    assert [await items(everybodys, e) for e in (rita.entity_id, bento.entity_id)] == [[item], []]
    assert [await items(everybodys, e) for e in (None, UNKNOWN, "x")] == [422, 404, 404]


async def test_what_a_key_did_stands_in_the_audit_as_the_keys_doing(
    tomada: Running, rita: Person
) -> None:
    item = await rita.read_a_bank()
    key_id, secret = await key(tomada, "write")

    async with bearing(tomada, secret, rita.entity_id) as client:
        answer = await client.delete(f"{API}/items/{item}")

    assert answer.status_code == 200
    async with tomada.app.store.begin(EntityId(UUID(rita.entity_id))) as tx:
        entries = [one.entry for one in await AuditRows(tx).entries()]
    name = tomada.app.doors.api_keys.audit.pseudonym("api_key", str(key_id))
    (ended,) = [one for one in entries if one.action == "open_finance_connection_revoked"]
    assert (ended.actor_kind, ended.actor) == ("api_key", name)


async def test_what_is_no_key_opens_nothing_and_a_cookie_beside_it_does_not_count(
    tomada: Running, rita: Person
) -> None:
    key_id, secret = await key(tomada, "read", entity=rita.entity_id)
    await tomada.app.doors.api_keys.revoke(key_id, actor="tests")
    path = f"{API}/items"

    for shown in (secret, new_secret(), "x", "", "tmd_", "é", "Basic x", secret.upper()):
        for scheme in ("Bearer ", "bearer ", "Basic ", ""):
            sent = f"{scheme}{shown}".strip().encode("latin-1")
            answer = await rita.client.get(path, headers={b"Authorization": sent})
            assert answer.status_code == 401, (scheme, shown)
    twice = [(b"Authorization", b"Bearer x"), (b"Authorization", b"Bearer x")]
    assert (await rita.client.get(path, headers=twice)).status_code == 401
    assert (await rita.client.get(path)).status_code == 200


async def test_a_revoked_key_is_out_with_the_streams_it_opened(
    tomada: Running, rita: Person
) -> None:
    key_id, secret = await key(tomada, "read")
    async with bearing(tomada, secret, rita.entity_id) as client:
        ticket = (await client.post("/api/ws-ticket")).json()["ticket"]
        spare = (await client.post("/api/ws-ticket")).json()["ticket"]
        async with rita.stream() as stream:
            await stream.send(json.dumps({"ticket": ticket}))
            greeting = json.loads(await stream.recv())
            await tomada.app.doors.api_keys.revoke(key_id, actor="tests")
            after = await client.get(f"{API}/items")
            # The stream looks again each second, so this is within five.
            code = await closed(stream)
        async with rita.stream() as stream:
            await stream.send(json.dumps({"ticket": spare}))
            late = await closed(stream)

    assert greeting["type"] == "feed"
    assert after.status_code == 401
    assert (code, late) == (SIGNED_OUT, SIGNED_OUT)


async def test_a_key_ends_by_itself_after_ninety_days_at_most(access: Access) -> None:
    _, entity = await access.create_user(EMAIL, "uma senha comprida", "Rita")
    moment = access.clock()
    keys = ApiKeys(access.store, access.vault, lambda: moment, access.audit)
    made, secret = await keys.create("x", ["read"], life=LONGEST_LIFE, actor="t", entity=entity)
    first = await keys.recognise(secret, named=None)

    moment += LONGEST_LIFE

    assert first == replace(made, used_at=None)
    assert [one.state(moment) for one in await keys.list()] == ["expired"]
    with pytest.raises(Exception, match="opens nothing"):
        await keys.recognise(secret, named=None)
    for name, scopes, life, error in (
        ("x", ["read"], LONGEST_LIFE + timedelta(seconds=1), InvalidInputError),
        ("x", ["read"], timedelta(0), InvalidInputError),
        ("x", ["everything"], DAY, InvalidInputError),
        ("x", [], DAY, InvalidInputError),
        (" ", ["read"], DAY, InvalidInputError),
    ):
        with pytest.raises(error):
            await keys.create(name, scopes, life=life, actor="t")
    with pytest.raises(NotFoundError):
        await keys.create("x", ["read"], life=DAY, actor="t", entity=EntityId(UUID(UNKNOWN)))


async def test_neither_the_secret_nor_the_name_of_a_key_lies_in_the_database(
    access: Access, store: Store
) -> None:
    keys = ApiKeys(store, access.vault, access.clock, access.audit)
    made, secret = await keys.create("Cofrinho da Ana", ["read"], life=DAY, actor="ops")
    await keys.revoke(made.id, actor="ops")

    async with store.begin() as tx:
        kept = str([tuple(row) for row in await tx.conn.fetch("SELECT * FROM api_keys")])
    async with store.begin(INSTALLATION) as tx:
        recorded = [one.entry for one in reversed(await AuditRows(tx).entries())]
    assert "read" in kept
    assert not any(needle in kept for needle in ("Cofrinho", secret, secret[4:20]))
    ops = keys.audit.pseudonym("operator", "ops")
    assert [(one.action, one.actor) for one in recorded] == [
        ("api_key_created", ops),
        ("api_key_revoked", ops),
    ]


async def test_the_command_writes_the_secret_to_a_file_of_its_owner_alone(
    tomada: Running,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "Settings", lambda: tomada.app.settings)
    out = tmp_path / "key"

    await command.create("back end", scope=["read"], out=out)
    await command.create("other", scope=["write"], days=1)
    printed = capsys.readouterr().out
    with pytest.raises(FileExistsError):
        await command.create("third", scope=["read"], out=out)
    await command.list_()
    listed = capsys.readouterr().out

    secret = out.read_text().strip()
    assert is_secret(secret)
    assert oct(await asyncio.to_thread(lambda: out.stat().st_mode & 0o777)) == "0o600"
    assert secret not in printed
    assert is_secret(printed.splitlines()[-1])
    assert [line.split()[-1] for line in listed.splitlines()] == ["other", "end"]

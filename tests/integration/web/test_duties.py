import json

import pytest

from tests.conftest import PASSWORD
from tests.integration.web.people import API, Person
from tests.integration.web.test_every_route import UNKNOWN
from tomada.domain.access import DUTIES
from tomada.domain.audit import INSTALLATION
from tomada.domain.errors import InvalidInputError, NotFoundError
from tomada.store.audit import AuditRows

LEDGER, CONNECTIONS = f"{API}/transactions", f"{API}/items"
# Who may look at what of somebody else's; nobody may change anything there.
MATRIX = {
    LEDGER: {"dpo"},
    CONNECTIONS: {"dpo", "operator", "administrator"},
}
WHY = "support CASE-17"


async def become(person: Person, role: str | None) -> None:
    """Give the person this duty alone, and sign them in anew."""
    duties = person.tomada.app.doors.duties
    for one in DUTIES:
        await duties.take(person.email, one, actor="tests")
    if role is not None:
        assert await duties.give(person.email, role, actor="tests")
    answer = await person.client.post(
        "/api/session", json={"email": person.email, "password": PASSWORD}
    )
    person.client.headers["X-CSRF-Token"] = answer.json()["csrfToken"]
    assert answer.json()["roles"] == sorted({"subject", role or "subject"})


async def visits(person: Person) -> list[dict[str, str]]:
    async with person.tomada.app.store.begin() as tx:
        await tx.conn.execute("SELECT set_config('tomada.entity', $1, true)", person.entity_id)
        rows = await tx.conn.fetch("SELECT data FROM audit WHERE action = 'visited' ORDER BY id")
    return [json.loads(row["data"]) for row in rows]


async def test_each_duty_sees_of_others_what_it_is_for_and_leaves_its_reason(
    rita: Person, bento: Person
) -> None:
    looked = 0
    for role in (None, *DUTIES):
        await become(bento, role)
        for path, allowed in MATRIX.items():
            there = {"Tomada-Entity": rita.entity_id, "Tomada-Reason": WHY}
            answer = await bento.client.get(path, headers=there)
            looked += role in allowed

            assert answer.status_code == (200 if role in allowed else 404), (role, path)
            assert len(await visits(rita)) == looked

    told = await visits(rita)
    assert looked == 4
    assert told == [
        {"reason": "support", "case": "CASE-17", "route": f"GET {path}"}
        for path in (CONNECTIONS, CONNECTIONS, LEDGER, CONNECTIONS)
    ]


async def test_without_a_reason_nobody_looks_at_another(rita: Person, bento: Person) -> None:
    await become(bento, "dpo")

    for reason in (None, "", "support", "curiosity CASE-17", "support CASE 17", "support " + "x" * 41,
                   "support Ana's_salary"):  # fmt: skip
        headers = {"Tomada-Entity": rita.entity_id}
        if reason is not None:
            headers["Tomada-Reason"] = reason
        answer = await bento.client.get(LEDGER, headers=headers)

        assert answer.status_code == 422, reason
        assert answer.json()["errors"][0]["field"] == "Tomada-Reason"
    for unknown in (UNKNOWN, "nonsense", "*", ""):
        answer = await bento.client.get(
            LEDGER, headers={"Tomada-Entity": unknown, "Tomada-Reason": WHY}
        )
        assert answer.status_code == 404, unknown
    assert await visits(rita) == []


async def test_no_duty_changes_what_is_somebody_elses(rita: Person, bento: Person) -> None:
    item = await rita.read_a_bank()
    for role in DUTIES:
        await become(bento, role)
        there = {"Tomada-Entity": rita.entity_id, "Tomada-Reason": WHY}

        for method, path in (
            ("DELETE", f"{CONNECTIONS}/{item}"),
            ("POST", f"{CONNECTIONS}/{item}/refresh"),
            ("POST", "/api/ws-ticket"),
        ):
            answer = await bento.client.request(method, path, headers=there)
            assert answer.status_code == 404, (role, method, path)
    assert [one["id"] for one in (await rita.get("/items"))["items"]] == [item]


async def test_a_duty_is_recorded_and_takes_a_new_sign_in(bento: Person) -> None:
    duties = bento.tomada.app.doors.duties

    given = await duties.give(bento.email, "auditor", actor="ops")
    twice = await duties.give(bento.email, "auditor", actor="ops")
    ended = await bento.client.get("/api/session")
    taken = await duties.take(bento.email, "auditor", actor="ops")

    assert (given, twice, taken, ended.status_code) == (True, False, True, 401)
    async with bento.tomada.app.store.begin(INSTALLATION) as tx:
        kept = [one.entry for one in reversed(await AuditRows(tx).entries())]
    ops = duties.audit.pseudonym("operator", "ops")
    assert [(one.actor, one.action) for one in kept] == [(ops, "role_given"), (ops, "role_taken")]
    for email, role, error in (
        ("nobody@example.com", "dpo", NotFoundError),
        (bento.email, "root", InvalidInputError),
        (bento.email, "subject", InvalidInputError),
    ):
        with pytest.raises(error):
            await duties.give(email, role, actor="ops")

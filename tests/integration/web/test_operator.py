"""The operator's page and its one deed, for the duty and for nobody else."""

from tests.integration.web.people import Person
from tests.integration.web.test_duties import become
from tomada.domain.audit import INSTALLATION

REPLAY = "/api/operator/replay"


async def lay_a_dead_letter(person: Person, event_id: str) -> None:
    app = person.tomada.app
    async with app.store.begin() as tx:
        await tx.conn.execute(
            "INSERT INTO inbox (event_id, event, body_digest, state, reason, received_at)"
            " VALUES ($1, 'item/updated', '', 'quarantined', 'unparsable', now())",
            event_id,
        )


async def test_only_an_operator_sees_the_page_and_does_what_it_offers(rita: Person) -> None:
    for role in (None, "administrator", "auditor", "dpo"):
        await become(rita, role)
        page = await rita.client.get("/operador")
        deed = await rita.client.post(REPLAY, json={})

        assert (page.status_code, deed.status_code) == (403, 403), role

    await become(rita, "operator")
    rita.client.headers.pop("X-CSRF-Token")
    assert (await rita.client.post(REPLAY, json={})).status_code == 403


async def test_the_page_shows_how_the_work_is_done_in_both_languages(rita: Person) -> None:
    await rita.read_a_bank()
    await lay_a_dead_letter(rita, "letter-of-the-dead")
    await become(rita, "operator")

    for language, words in (("pt-BR", "Avisos parados"), ("en", "Dead letters")):
        page = await rita.client.get("/operador", params={"lang": language})

        assert page.status_code == 200
        assert words in page.text
        assert "letter-of-the-dead" in page.text
        assert page.text.count("<meter") >= 9
        assert "database" in page.text
        assert rita.entity_id not in page.text


async def test_a_dead_letter_is_done_again_and_the_log_says_by_whom(rita: Person) -> None:
    await lay_a_dead_letter(rita, "letter")
    await become(rita, "operator")

    done = await rita.client.post(REPLAY, json={"eventId": "letter"})
    unknown = await rita.client.post(REPLAY, json={"eventId": "nothing"})
    parked = await rita.client.post(REPLAY, json={})
    closed = await rita.client.post(REPLAY, json={"eventId": "letter", "state": "done"})

    app = rita.tomada.app
    async with app.store.begin(INSTALLATION) as tx:
        noted = await tx.conn.fetchval(
            "SELECT count(*) FROM audit WHERE action = 'webhooks_replayed'"
        )
    assert done.status_code == 200
    # A body that is not there any more cannot be read anew: it stays set aside, and says so.
    assert done.json() == {"replayed": 0, "setAside": 1}
    assert unknown.status_code == 404
    assert parked.json() == {"replayed": 0, "setAside": 0}
    assert closed.status_code == 422
    assert noted == 2

"""Notices by mail, taken by a real mail server: one letter for several, nothing of what a bank wrote."""

import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from email.message import EmailMessage

import httpx2
import pytest
import trustme

from tests.conftest import Running
from tests.integration.outgoing.conftest import Told
from tests.integration.outgoing.post_office import PostOffice, post_office
from tests.integration.path.connecting import connect
from tests.integration.sync.quiet import quiet
from tomada.adapters.channels.email import Smtp, open_mailer
from tomada.domain.clock import utc_now
from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import ItemId
from tomada.domain.notifications import Language, Notice, Wishes
from tomada.domain.outgoing import UndeliveredError
from tomada.services.letters import letter
from tomada.services.mailing import BETWEEN_LETTERS, Mailing

BANKS_WORDS = "saldo 1.234,56 CPF 123.456.789-09"


@dataclass(slots=True)
class Post:
    """An installation, its mail server, and the time of the letters."""

    tomada: Running
    office: PostOffice
    later: timedelta = timedelta()

    def clock(self) -> datetime:
        return utc_now() + self.later

    def mailing(self, operator: str = "") -> Mailing:
        mailer = open_mailer(f"smtp://127.0.0.1:{self.office.port}", "avisos@tomada.example")
        app = self.tomada.app
        return Mailing(app.store, app.vault, self.clock, mailer, self.tomada.url, operator)

    async def runs(self, item: ItemId, outcome: str) -> None:
        """Let the bank be read with an outcome, and have that noticed here."""
        async with httpx2.AsyncClient(base_url=self.tomada.simulator.url) as bank:
            answer = await bank.post(f"/_simulator/items/{item}/run", json={"outcome": outcome})
            assert answer.status_code < 300, answer.text
        await quiet(self.tomada)


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with post_office() as running:
        yield running


@pytest.fixture
async def post(tomada: Running, office: PostOffice) -> Post:
    one = Post(tomada, office)
    # Letters tell what happens from the first look on.
    assert await one.mailing().deliver() == 0
    return one


def text_of(one: EmailMessage) -> str:
    body = one.get_body()
    assert body is not None
    return str(body.get_content())


async def test_a_person_is_written_to_once_for_each_cause_and_several_are_one_letter(
    post: Post,
) -> None:
    caller = await post.tomada.someone("ana@example.com")
    item = await connect(post.tomada, caller, connector_id=613)
    await quiet(post.tomada)
    assert await post.mailing().deliver() == 1
    (first,) = post.office.to("ana@example.com")
    assert first["Subject"] == "Primeira leitura terminada: Banco Aurora"
    assert first["From"] == "avisos@tomada.example"

    await post.runs(item, "INVALID_CREDENTIALS")
    assert await post.mailing().deliver() == 0
    await post.runs(item, "INVALID_CREDENTIALS")
    await post.runs(item, "ACCOUNT_LOCKED")
    post.later += BETWEEN_LETTERS
    assert await post.mailing().deliver() == 1
    digest = post.office.letters[-1]
    text = text_of(digest)

    assert digest["Subject"] == "Você tem 2 avisos sobre os seus bancos"
    assert text.count("Erro de conexão bancária: Banco Aurora") == 2
    assert f"{post.tomada.url}/reconectar/{item}" in text
    post.later += BETWEEN_LETTERS
    assert await post.mailing().deliver() == 0
    # What was read in the dashboard meanwhile is not written.
    await post.runs(item, "INVALID_CREDENTIALS")
    for one in await post.tomada.app.notices.list(caller.entity_id):
        await post.tomada.app.notices.mark_read(caller, one.id)
    assert await post.mailing().deliver() == 0


async def test_each_person_chooses_whether_and_how_they_are_written_to(post: Post) -> None:
    ana = await post.tomada.someone("ana@example.com")
    rui = await post.tomada.someone("rui@example.com")
    preferences = post.tomada.app.telling.preferences
    assert await preferences.get(ana) == Wishes()
    await preferences.set(ana, Wishes(language="en"))
    await preferences.set(rui, Wishes(email=False))
    for caller in (ana, rui):
        await connect(post.tomada, caller)
    await quiet(post.tomada)

    assert await post.mailing().deliver() == 1
    (letter_,) = post.office.letters
    assert letter_["To"] == "ana@example.com"
    assert str(letter_["Subject"]).startswith("First reading done")
    assert await preferences.get(rui) == Wishes(email=False)


async def test_a_letter_that_is_not_taken_is_sent_again_with_the_same_id(post: Post) -> None:
    caller = await post.tomada.someone("ana@example.com")
    await connect(post.tomada, caller)
    await quiet(post.tomada)
    post.office.answer = "451 later"

    assert await post.mailing().deliver() == 0
    post.office.answer = "250 OK"
    assert await post.mailing().deliver() == 0
    post.later += timedelta(seconds=10)
    assert await post.mailing().deliver() == 1
    assert len(post.office.letters) == 1
    assert str(post.office.letters[0]["Message-ID"]).endswith("@tomada.example>")


async def test_the_operator_is_told_once_that_the_product_takes_no_messages(
    told: Told, office: PostOffice
) -> None:
    mailer = open_mailer(f"smtp://127.0.0.1:{office.port}", "avisos@tomada.example")
    app = told.app
    mailing = Mailing(app.store, app.vault, told.clock, mailer, "https://t.example", "op@t.example")
    ana = await told.someone("ana@example.com")
    told.product.answers = [410]
    await told.happens(ana, "item.status")
    await told.outgoing().deliver()

    office.answer = "451 later"
    await mailing.deliver()
    office.answer = "250 OK"
    await mailing.deliver()
    await mailing.deliver()

    (alert,) = office.letters
    assert alert["To"] == "op@t.example"
    assert "tomada outgoing resume" in text_of(alert)


async def test_a_mail_server_is_spoken_to_over_tls_or_not_at_all() -> None:
    authority = trustme.CA()
    server, trust = (
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH),
        ssl.create_default_context(),
    )
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(trust)
    async with post_office(server) as office:
        good = Smtp("127.0.0.1", office.port, "a@t.example", trust=trust)
        await good.mail("ana@example.com", "Olá", "Texto", message_id="1")
        assert office.over_tls
        strange = Smtp("127.0.0.1", office.port, "a@t.example")
        with pytest.raises(UndeliveredError, match="no_mail_server"):
            await strange.mail("ana@example.com", "Olá", "Texto", message_id="2")
    with pytest.raises(UndeliveredError, match="no_mail_server"):
        await good.mail("ana@example.com", "Olá", "Texto", message_id="3")
    assert len(office.letters) == 1


@pytest.mark.parametrize(
    ("url", "sender"),
    [("http://mail.example", "a@t.example"), ("smtp://", "a@t.example"), ("smtp://m.example", "")],
)
def test_a_mail_server_that_cannot_be_right_is_refused(url: str, sender: str) -> None:
    with pytest.raises(InvalidInputError):
        open_mailer(url, sender)


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_what_a_bank_wrote_is_in_no_letter_unless_it_is_wished_for(language: Language) -> None:
    forged = "Banco\r\nBcc: eve@example.com\r\n\r\nClique"
    notices = [
        Notice("error", ItemId("i1"), forged, code="INVALID_CREDENTIALS", said=BANKS_WORDS),
        Notice("waiting", ItemId("i2"), "Lume", reconnect=True),
        Notice("expiry", ItemId("i3"), "Lume", reconnect=True, ends=date(2027, 1, 9)),
        Notice("first", ItemId("i4"), "Lume"),
    ]

    subject, plain = letter(notices, language=language, details=False, origin="https://t.example")
    _, wished = letter(notices, language=language, details=True, origin="https://t.example")
    alone, _ = letter(notices[:1], language=language, details=False, origin="https://t.example")
    _, many = letter(notices * 30, language=language, details=False, origin="https://t.example")

    assert BANKS_WORDS not in plain
    assert BANKS_WORDS in wished
    assert "\n" not in alone
    assert "\r" not in alone
    assert "4" in subject
    assert ("09/01/2027" if language == "pt-BR" else "2027-01-09") in plain
    assert "100" in many
    assert len(many) < 10_000

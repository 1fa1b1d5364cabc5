"""No message of ours reaches a private network, however its address is written or resolved."""

import asyncio
import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from ipaddress import ip_address, ip_network

import pytest

from tests.unit.channels.vectors import ANSWERS, DISGUISED, LITERALS, UNWRITABLE
from tomada.adapters.channels.egress import Egress, checked_url, permitted
from tomada.adapters.channels.email import open_mailer
from tomada.adapters.channels.webhook import Webhook, secret_bytes, sign
from tomada.domain.outgoing import UndeliveredError

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def webhook(url: str, egress: Egress) -> Webhook:
    return Webhook(url, [secret_bytes(SECRET)], lambda: datetime.now(UTC), egress)


@asynccontextmanager
async def listening() -> AsyncIterator[tuple[int, list[object]]]:
    """Listen on loopback, in both families; what connects is noted."""
    connected: list[object] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.append(writer.get_extra_info("peername"))
        writer.close()

    async with await asyncio.start_server(note, "localhost", 0) as server:
        yield server.sockets[0].getsockname()[1], connected


async def test_a_hundred_and_twenty_ways_inside_lead_nowhere() -> None:
    refused: list[str] = []
    async with listening() as (port, connected):
        for host in (*LITERALS, *DISGUISED, "localhost", "localhost."):
            with pytest.raises(UndeliveredError) as raised:
                await webhook(f"https://{host}:{port}/hook", Egress()).send("m", b"{}")
            # A system that does not read a disguise as a number knows no such name.
            assert raised.value.why in ("forbidden_address", "unresolvable"), host
            refused.append(host)
        for url in UNWRITABLE:
            with pytest.raises(ValueError, match="it must"):
                await webhook(url, Egress()).send("m", b"{}")
            refused.append(url)
        for answers in ANSWERS:

            async def resolve(_: str, __: int, given: Sequence[str] = answers) -> Sequence[str]:
                return given

            with pytest.raises(UndeliveredError):
                await webhook(f"https://a.example:{port}/", Egress(resolve=resolve)).send("m", b"")
            refused.append(str(answers))

    assert len(set(refused)) >= 120
    assert connected == []


async def test_a_name_is_resolved_once_and_the_checked_address_is_connected() -> None:
    async with listening() as (port, connected):
        answers = [["127.0.0.1"], ["169.254.169.254"]]
        asked: list[str] = []

        async def rebinding(host: str, _: int) -> Sequence[str]:
            asked.append(host)
            return answers.pop(0)

        egress = Egress((ip_network("127.0.0.0/8"),), rebinding)
        one = webhook(f"https://rebinding.example:{port}/", egress)
        # The listener speaks no TLS, so the connection ends as no answer.
        with pytest.raises(UndeliveredError, match="no_answer"):
            await one.send("m", b"{}")
        with pytest.raises(UndeliveredError, match="forbidden_address"):
            await one.send("m", b"{}")

    assert asked == ["rebinding.example"] * 2
    assert len(connected) == 1


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "::ffff:8.8.8.8"]
)
def test_a_public_address_is_permitted(address: str) -> None:
    assert permitted(ip_address(address))


def test_a_private_network_is_permitted_where_the_operator_names_it() -> None:
    allowed = (ip_network("10.20.0.0/16"), ip_network("fd00:1::/64"))

    assert permitted(ip_address("10.20.3.4"), allowed)
    assert permitted(ip_address("::ffff:10.20.3.4"), allowed)
    assert permitted(ip_address("fd00:1::5"), allowed)
    assert not permitted(ip_address("10.21.0.1"), allowed)
    assert not permitted(ip_address("fd00:2::5"), allowed)


def test_an_ordinary_address_is_taken_as_it_is() -> None:
    assert str(checked_url("https://hooks.example:8443/in?a=b")) == (
        "https://hooks.example:8443/in?a=b"
    )


def test_the_signature_is_the_one_of_standard_webhooks() -> None:
    # The example that the specification's libraries are tested with.
    signature = sign(
        [secret_bytes(SECRET)], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "secret",
    ["", "whsec_", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_%%%", "whsec_c2hvcnQ=",
     "whsec_" + base64.b64encode(b"x" * 65).decode()],
)  # fmt: skip
def test_a_weak_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        secret_bytes(secret)


def test_what_is_shown_of_a_channel_holds_no_secret() -> None:
    mailer = open_mailer("smtp://ana:geheim@mail.example", "a@t.example")
    channel = webhook("https://hooks.example/?key=geheim", Egress())

    shown = repr(mailer) + repr(channel)

    assert "geheim" not in shown
    assert "secrets" not in shown
    assert "mail.example" in shown

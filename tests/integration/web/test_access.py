import asyncio
from datetime import timedelta
from typing import Literal

import pytest
from argon2 import PasswordHasher

from tests.integration.web.conftest import Hands
from tomada.domain.access import SignIn
from tomada.domain.errors import (
    InvalidCredentialsError,
    InvalidInputError,
    NotFoundError,
    TooManyAttemptsError,
    UnauthenticatedError,
)
from tomada.services.access import Access
from tomada.services.passwords import Passwords
from tomada.services.tickets import Tickets
from tomada.store.tx import Store

EMAIL = "rita@example.com"
PASSWORD = "uma senha comprida"
ADDRESS = "203.0.113.7"


async def signed_in(access: Access) -> SignIn:
    await access.create_user(EMAIL, PASSWORD, "Rita Alves")
    return await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)


async def test_a_new_user_signs_in_to_an_entity_of_their_own(access: Access) -> None:
    user_id, entity_id = await access.create_user(EMAIL, PASSWORD, "Rita Alves")

    signed = await access.sign_in("  Rita@EXAMPLE.com ", PASSWORD, address=ADDRESS)

    assert (signed.session.user_id, signed.session.entity_id) == (user_id, entity_id)
    assert (signed.session.name, signed.session.email) == ("Rita Alves", EMAIL)
    assert await access.session(signed.token) == signed.session


async def test_neither_name_nor_e_mail_nor_a_secret_lies_open_in_the_database(
    access: Access, store: Store, tickets: Tickets
) -> None:
    signed = await signed_in(access)
    ticket = await tickets.of_session(signed.token)

    async with store.begin() as tx:
        tables = [
            str([tuple(row) for row in await tx.conn.fetch(statement)])
            for statement in (
                "SELECT * FROM users",
                "SELECT * FROM sessions",
                "SELECT * FROM tickets",
                "SELECT * FROM attempts",
                "SELECT * FROM memberships",
            )
        ]

    assert "[]" not in tables[:3]
    for needle in ("Rita", "rita", "example.com", PASSWORD, signed.token, ticket):
        assert not [table for table in tables if needle in table]


async def test_an_e_mail_has_one_account(access: Access) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita Alves")

    with pytest.raises(InvalidInputError) as refused:
        await access.create_user("RITA@example.com", PASSWORD, "Another")

    assert refused.value.field == "email"


@pytest.mark.parametrize(
    ("email", "password", "name", "field"),
    [
        ("rita", PASSWORD, "Rita", "email"),
        ("rita@localhost", PASSWORD, "Rita", "email"),
        ("ri ta@example.com", PASSWORD, "Rita", "email"),
        ("rita@example.com\n", "short", "Rita", "password"),
        (EMAIL, "x" * 201, "Rita", "password"),
        (EMAIL, PASSWORD, " ", "name"),
    ],
)
async def test_a_user_that_cannot_be_is_refused_by_field(
    access: Access, email: str, password: str, name: str, field: str
) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await access.create_user(email, password, name)

    assert refused.value.field == field


async def test_a_wrong_password_and_an_unknown_e_mail_are_refused_alike(access: Access) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita Alves")

    with pytest.raises(InvalidCredentialsError) as wrong:
        await access.sign_in(EMAIL, "another password", address=ADDRESS)
    with pytest.raises(InvalidCredentialsError) as unknown:
        await access.sign_in("nobody@example.com", PASSWORD, address=ADDRESS)

    assert str(wrong.value) == str(unknown.value)


async def test_an_unknown_e_mail_costs_a_real_verification() -> None:
    tried: list[str] = []

    class Watched(PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> Literal[True]:  # noqa: A002  (the library's name)
            tried.append(str(hash))
            return super().verify(hash, password)

    passwords = Passwords(Watched(time_cost=1, memory_cost=64, parallelism=1))
    real = await passwords.hash(PASSWORD)

    known = await passwords.matches(real, "another password")
    unknown = await passwords.matches(None, PASSWORD)

    assert (known, unknown) == (False, False)
    costs = [hashed.split("$")[:4] for hashed in tried]
    assert costs[0] == costs[1] == ["", "argon2id", "v=19", "m=64,t=1,p=1"]
    assert [len(part) for part in tried[0].split("$")] == [len(p) for p in tried[1].split("$")]


async def test_the_eleventh_try_from_one_address_waits_for_the_window(
    access: Access, clock: Hands
) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita Alves")
    for _ in range(10):
        with pytest.raises(InvalidCredentialsError):
            await access.sign_in(EMAIL, "another password", address=ADDRESS)
        clock.move(seconds=1)

    with pytest.raises(TooManyAttemptsError) as refused:
        await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)
    elsewhere = await access.sign_in(EMAIL, PASSWORD, address="198.51.100.1")
    clock.move(seconds=refused.value.retry_after)
    later = await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)

    assert refused.value.retry_after == 15 * 60 - 10
    assert elsewhere.session.user_id == later.session.user_id


async def test_tries_at_the_same_moment_do_not_slip_past_the_limit(access: Access) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita Alves")

    tries = await asyncio.gather(
        *(access.sign_in(EMAIL, "another password", address=ADDRESS) for _ in range(30)),
        return_exceptions=True,
    )

    assert sum(isinstance(one, InvalidCredentialsError) for one in tries) == 10
    assert sum(isinstance(one, TooManyAttemptsError) for one in tries) == 20


async def test_one_address_cannot_try_a_password_on_every_account(access: Access) -> None:
    line = "2001:db8:1:2::"
    tries = await asyncio.gather(
        *(
            access.sign_in(f"user{n}@example.com", PASSWORD, address=f"{line}{n:x}")
            for n in range(1, 106)
        ),
        return_exceptions=True,
    )

    assert sum(isinstance(one, TooManyAttemptsError) for one in tries) == 5


async def test_a_success_starts_the_count_anew(access: Access) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita Alves")
    for _ in range(9):
        with pytest.raises(InvalidCredentialsError):
            await access.sign_in(EMAIL, "another password", address=ADDRESS)

    await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)

    with pytest.raises(InvalidCredentialsError):
        await access.sign_in(EMAIL, "another password", address=ADDRESS)


async def test_signing_in_again_replaces_the_secret_and_the_csrf_token(access: Access) -> None:
    first = await signed_in(access)

    second = await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, replaces=first.token)

    assert second.token != first.token
    assert second.session.csrf_token != first.session.csrf_token
    assert await access.session(first.token) is None
    assert await access.session(second.token) is not None


async def test_a_session_ends_after_half_an_hour_without_use(access: Access, clock: Hands) -> None:
    signed = await signed_in(access)
    for _ in range(3):
        clock.move(minutes=29)
        assert await access.session(signed.token) is not None

    clock.move(minutes=30)

    assert await access.session(signed.token) is None


async def test_a_session_in_use_ends_after_twelve_hours(access: Access, clock: Hands) -> None:
    signed = await signed_in(access)
    for _ in range(12 * 3 - 1):
        clock.move(minutes=20)
        assert await access.session(signed.token) is not None

    clock.move(minutes=20)

    assert await access.session(signed.token) is None
    assert signed.session.expires_at - signed.session.created_at == timedelta(hours=12)


@pytest.mark.parametrize("token", [None, "", "invented", "\ud800", "x" * 5000])
async def test_an_invented_secret_opens_nothing(access: Access, token: str | None) -> None:
    await signed_in(access)

    assert await access.session(token) is None


async def test_signing_out_ends_the_session_and_its_tickets(
    access: Access, tickets: Tickets
) -> None:
    signed = await signed_in(access)
    ticket = await tickets.of_session(signed.token)

    await access.sign_out(signed.token)
    await access.sign_out(signed.token)

    assert await access.session(signed.token) is None
    with pytest.raises(UnauthenticatedError):
        await tickets.redeem(ticket)


async def test_a_ticket_opens_one_stream_once(access: Access, tickets: Tickets) -> None:
    signed = await signed_in(access)
    ticket = await tickets.of_session(signed.token)

    taken = await asyncio.gather(
        *(tickets.redeem(ticket) for _ in range(8)), return_exceptions=True
    )

    opened = [one for one in taken if not isinstance(one, BaseException)]
    assert [one.entity_id for one in opened] == [signed.session.entity_id]
    assert sum(isinstance(one, UnauthenticatedError) for one in taken) == 7


async def test_a_ticket_is_good_for_thirty_seconds(
    access: Access, clock: Hands, tickets: Tickets
) -> None:
    signed = await signed_in(access)
    ticket = await tickets.of_session(signed.token)
    clock.move(seconds=30)

    with pytest.raises(UnauthenticatedError):
        await tickets.redeem(ticket)


async def test_watching_a_stream_does_not_keep_the_session_awake(
    access: Access, clock: Hands, tickets: Tickets
) -> None:
    signed = await signed_in(access)
    opened = await tickets.redeem(await tickets.of_session(signed.token))
    for _ in range(2):
        clock.move(minutes=14)
        assert await tickets.still_open(opened)

    clock.move(minutes=2)

    assert not await tickets.still_open(opened)


async def test_a_new_password_ends_every_session(access: Access) -> None:
    signed = await signed_in(access)

    await access.set_password(EMAIL, "uma senha bem nova")

    assert await access.session(signed.token) is None
    assert await access.sign_in(EMAIL, "uma senha bem nova", address=ADDRESS)
    with pytest.raises(NotFoundError):
        await access.set_password("nobody@example.com", "uma senha bem nova")


async def test_a_disabled_user_and_a_removed_member_are_out_at_once(
    access: Access, store: Store
) -> None:
    signed = await signed_in(access)

    async with store.begin() as tx:
        await tx.conn.execute("UPDATE users SET disabled_at = now()")
    disabled = await access.session(signed.token)
    async with store.begin() as tx:
        await tx.conn.execute("UPDATE users SET disabled_at = NULL")
        await tx.conn.execute("DELETE FROM memberships")
    removed = await access.session(signed.token)

    assert (disabled, removed) == (None, None)
    with pytest.raises(InvalidCredentialsError):
        await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)


async def test_an_old_hash_is_renewed_when_the_password_is_known(
    access: Access, store: Store
) -> None:
    await access.create_user(EMAIL, PASSWORD, "Rita Alves")
    old = PasswordHasher(time_cost=2, memory_cost=64, parallelism=1).hash(PASSWORD)
    async with store.begin() as tx:
        await tx.conn.execute("UPDATE users SET password_hash = $1", old)

    await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)

    async with store.begin() as tx:
        renewed = await tx.conn.fetchval("SELECT password_hash FROM users")
    assert "m=64,t=1,p=1" in renewed
    assert await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)


async def test_what_opens_nothing_is_swept(
    access: Access, store: Store, clock: Hands, tickets: Tickets
) -> None:
    signed = await signed_in(access)
    await tickets.of_session(signed.token)
    clock.move(minutes=31)

    swept = await access.sweep()

    async with store.begin() as tx:
        left = await tx.conn.fetchrow(
            "SELECT (SELECT count(*) FROM sessions) AS sessions,"
            " (SELECT count(*) FROM tickets) AS tickets,"
            " (SELECT count(*) FROM attempts) AS attempts"
        )
    assert swept == 1
    assert tuple(left) == (0, 0, 0)


async def test_coming_and_going_is_in_the_audit_of_the_entity(access: Access, store: Store) -> None:
    signed = await signed_in(access)
    await access.sign_out(signed.token, request_id="r1")

    async with store.begin(signed.session.entity_id) as tx:
        entries = await tx.conn.fetch("SELECT action, actor_id, request_id FROM audit ORDER BY id")

    me = access.audit.pseudonym("user", str(signed.session.user_id))
    assert me != signed.session.user_id
    assert [tuple(entry) for entry in entries] == [
        ("user_created", None, ""),
        ("signed_in", me, ""),
        ("signed_out", me, "r1"),
    ]

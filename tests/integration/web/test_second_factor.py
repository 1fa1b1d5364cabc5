import asyncio

import httpx2
import pyotp
import pytest

from tests.conftest import PASSWORD
from tests.integration.web.conftest import Hands
from tests.integration.web.people import Person
from tests.integration.web.test_step_up import ADDRESS, EMAIL
from tomada.domain.access import Caller
from tomada.domain.errors import (
    InvalidCredentialsError,
    InvalidInputError,
    NotFoundError,
    SecondFactorRequiredError,
    TooManyAttemptsError,
)
from tomada.services.access import Access
from tomada.services.second_factors import RECOVERY_CODES

FACTOR = "/api/session/second-factor"


@pytest.fixture
async def rita_caller(access: Access) -> Caller:
    user, entity = await access.create_user(EMAIL, PASSWORD, "Rita")
    return Caller(user, entity, "test")


async def enrolled(access: Access, caller: Caller, clock: Hands) -> tuple[pyotp.TOTP, list[str]]:
    begun = await access.factors.begin(caller, name=EMAIL)
    totp = pyotp.TOTP(begun.secret)
    codes = await access.factors.confirm(caller, totp.at(clock.now))
    clock.move(seconds=60)
    return totp, codes


async def test_a_factor_counts_from_its_first_code_on(
    access: Access, rita_caller: Caller, clock: Hands
) -> None:
    begun = await access.factors.begin(rita_caller, name=EMAIL)
    before = await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)
    with pytest.raises(InvalidCredentialsError):
        await access.factors.confirm(rita_caller, "000000")

    codes = await access.factors.confirm(rita_caller, pyotp.TOTP(begun.secret).at(clock.now))

    assert before.session.user_id == rita_caller.user_id
    assert len(set(codes)) == RECOVERY_CODES
    assert begun.uri.startswith("otpauth://totp/Tomada:rita%40example.com?secret=")
    with pytest.raises(SecondFactorRequiredError):
        await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)
    with pytest.raises(InvalidInputError):
        await access.factors.begin(rita_caller, name=EMAIL)


async def test_a_code_counts_half_a_minute_around_and_once(
    access: Access, rita_caller: Caller, clock: Hands
) -> None:
    totp, _ = await enrolled(access, rita_caller, clock)

    async def opens(code: str) -> bool:
        try:
            return bool(await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, code=code))
        except InvalidCredentialsError:
            return False

    code = totp.at(clock.now)
    at_once = await asyncio.gather(*(opens(code) for _ in range(4)))
    assert sorted(at_once) == [False, False, False, True]
    assert not await opens(totp.at(clock.now, counter_offset=-1)), "an older one after a newer"
    assert await opens(totp.at(clock.now, counter_offset=1))
    clock.move(seconds=300)
    for offset in (-2, 2, 10):
        assert not await opens(totp.at(clock.now, counter_offset=offset)), offset
    for nonsense in ("", "12345", "1234567", "١٢٣٤٥٦", "\ud800", "x" * 64):
        assert not await opens(nonsense)


async def test_codes_are_guessed_at_no_faster_than_passwords(
    access: Access, rita_caller: Caller, clock: Hands
) -> None:
    totp, _ = await enrolled(access, rita_caller, clock)
    wrong = f"{(int(totp.at(clock.now)) + 1) % 10**6:06}"
    await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, code=totp.at(clock.now))
    for _ in range(10):
        with pytest.raises(InvalidCredentialsError):
            await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, code=wrong)
    with pytest.raises(TooManyAttemptsError):
        await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, code=wrong)


async def test_a_recovery_code_is_good_once_and_nothing_lies_open_in_the_database(
    access: Access, rita_caller: Caller, clock: Hands
) -> None:
    totp, codes = await enrolled(access, rita_caller, clock)

    await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, code=codes[0].upper())
    with pytest.raises(InvalidCredentialsError):
        await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, code=codes[0])
    signed = await access.sign_in(EMAIL, PASSWORD, address=ADDRESS, code=codes[1])
    clock.move(minutes=10)
    stepped = await access.step_up(signed.token, None, address=ADDRESS, code=totp.at(clock.now))

    assert stepped.session.proved_at == clock.now
    async with access.store.begin() as tx:
        kept = str(
            [
                tuple(row)
                for table in ("second_factors", "recovery_codes")
                for row in await tx.conn.fetch(f"SELECT * FROM {table}")  # noqa: S608  (names above)
            ]
        )
    assert kept.count("UUID(") == 1 + RECOVERY_CODES - 2
    assert not any(needle in kept for needle in (totp.secret, codes[2], codes[2].replace("-", "")))


async def test_a_factor_taken_away_is_asked_for_no_more(
    access: Access, rita_caller: Caller, clock: Hands
) -> None:
    _, codes = await enrolled(access, rita_caller, clock)

    await access.factors.remove(rita_caller)
    signed = await access.sign_in(EMAIL, PASSWORD, address=ADDRESS)

    with pytest.raises(NotFoundError):
        await access.factors.remove(rita_caller)
    with pytest.raises(InvalidCredentialsError):
        await access.step_up(signed.token, None, address=ADDRESS, code=codes[2])


async def test_a_person_sets_it_up_signs_in_with_it_and_takes_it_away(
    rita: Person, anonymous: httpx2.AsyncClient
) -> None:
    begun = await rita.client.post(FACTOR)
    totp = pyotp.TOTP(begun.json()["secret"])
    confirmed = await rita.client.post(
        f"{FACTOR}/confirm", json={"code": totp.at(rita.tomada.app.clock())}
    )
    page = await rita.client.get("/seguranca")
    proof = {"email": rita.email, "password": PASSWORD}
    without = await anonymous.post("/api/session", json=proof)
    unknown = await anonymous.post("/api/session", json={**proof, "password": "another one"})
    code = confirmed.json()["recoveryCodes"][0]
    signed = await anonymous.post("/api/session", json={**proof, "code": code})
    removed = await rita.client.delete(FACTOR)
    after = await anonymous.post("/api/session", json=proof)

    assert "data-remove" in page.text
    assert (without.status_code, without.json()["code"]) == (401, "second_factor_required")
    # Who does not know the password does not learn that there is a second factor.
    assert unknown.json()["code"] == "invalid_credentials"
    assert (signed.status_code, removed.status_code, after.status_code) == (200, 204, 200)
    assert "data-begin" in (await rita.client.get("/seguranca")).text

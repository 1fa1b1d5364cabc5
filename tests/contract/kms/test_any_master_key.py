"""What every kind of master key does, whatever stands behind it: the same forty for each."""

import asyncio
import logging

import pytest

from tests.contract.kms.conftest import Bench
from tests.contract.kms.fakes import FAULTS
from tomada.domain.errors import KeyRefusedError, KeyUnavailableError

PLAIN = bytes(range(174))
CONTEXT = b"tomada/1|owner|keys|owner|wrapped"


async def _opens(bench: Bench, wrapped: bytes, context: bytes = CONTEXT) -> bool:
    try:
        return await bench.kms.unwrap(wrapped, context=context) == PLAIN
    except KeyRefusedError:
        return False


@pytest.mark.parametrize("size", [1, 16, 174, 4096])
async def test_what_was_wrapped_opens(bench: Bench, size: int) -> None:
    plain = bytes(n % 251 for n in range(size))

    wrapped = await bench.kms.wrap(plain, context=CONTEXT)

    assert await bench.kms.unwrap(wrapped, context=CONTEXT) == plain


@pytest.mark.parametrize("context", [b"c", b"x" * 300, bytes(range(256))])
async def test_any_context_will_do_if_it_is_given_again(bench: Bench, context: bytes) -> None:
    assert await _opens(bench, await bench.kms.wrap(PLAIN, context=context), context)


@pytest.mark.parametrize("context", [b"", CONTEXT[:-1], CONTEXT + b"x", CONTEXT[::-1]])
async def test_another_context_opens_nothing(bench: Bench, context: bytes) -> None:
    assert not await _opens(bench, await bench.kms.wrap(PLAIN, context=CONTEXT), context)


@pytest.mark.parametrize("kept", [0.0, 0.02, 0.5, 0.99])
async def test_what_was_cut_short_opens_nothing(bench: Bench, kept: float) -> None:
    wrapped = await bench.kms.wrap(PLAIN, context=CONTEXT)

    assert not await _opens(bench, wrapped[: int(len(wrapped) * kept)])


@pytest.mark.parametrize("place", [0.0, 0.3, 0.6, 0.9])
async def test_a_changed_byte_opens_nothing(bench: Bench, place: float) -> None:
    changed = bytearray(await bench.kms.wrap(PLAIN, context=CONTEXT))
    changed[int(len(changed) * place)] ^= 1

    assert not await _opens(bench, bytes(changed))


@pytest.mark.parametrize("text", [b"x", b"vault:v1:", bytes(200), b"\xff" * 64])
async def test_what_nobody_wrapped_opens_nothing(bench: Bench, text: bytes) -> None:
    assert not await _opens(bench, text)


async def test_what_another_master_key_wrapped_opens_nothing(bench: Bench) -> None:
    assert not await _opens(bench, await bench.other.wrap(PLAIN, context=CONTEXT))


async def test_two_wraps_of_one_key_differ_and_show_nothing_of_it(bench: Bench) -> None:
    one, two = [await bench.kms.wrap(PLAIN, context=CONTEXT) for _ in range(2)]

    assert one != two
    assert PLAIN[:16] not in one


async def test_its_name_stays_while_nothing_changes(bench: Bench) -> None:
    first = await bench.kms.describe()
    await bench.kms.wrap(PLAIN, context=CONTEXT)

    assert await bench.kms.describe() == first
    assert ":" in first


async def test_a_new_version_has_a_new_name(bench: Bench) -> None:
    before = await bench.kms.describe()

    bench.bump()

    assert await bench.kms.describe() != before


async def test_what_an_old_version_wrapped_still_opens(bench: Bench) -> None:
    wrapped = await bench.kms.wrap(PLAIN, context=CONTEXT)

    bench.bump()
    bench.bump()

    assert await _opens(bench, wrapped)


async def test_a_version_that_was_closed_opens_nothing_and_the_new_one_does(bench: Bench) -> None:
    old = await bench.kms.wrap(PLAIN, context=CONTEXT)
    bench.bump()
    new = await bench.kms.wrap(PLAIN, context=CONTEXT)

    bench.close()

    assert not await _opens(bench, old)
    assert await _opens(bench, new)


async def test_twenty_at_once_get_each_their_own(bench: Bench) -> None:
    plain = [bytes([n]) * 32 for n in range(20)]

    wrapped = await asyncio.gather(*(bench.kms.wrap(one, context=CONTEXT) for one in plain))

    opened = await asyncio.gather(*(bench.kms.unwrap(one, context=CONTEXT) for one in wrapped))
    assert opened == plain


@pytest.mark.parametrize("fault", FAULTS)
async def test_out_of_order_it_says_so_and_gives_nothing(
    bench: Bench, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    wrapped = await bench.kms.wrap(PLAIN, context=CONTEXT)
    bench.break_(fault, None)

    for call in (
        bench.kms.describe(),
        bench.kms.wrap(PLAIN, context=CONTEXT),
        bench.kms.unwrap(wrapped, context=CONTEXT),
    ):
        with pytest.raises(KeyUnavailableError) as told:
            await call
        # Its own fault is never taken for a changed text.
        assert not isinstance(told.value, KeyRefusedError)
        assert bench.secret not in str(told.value)
    assert bench.secret not in caplog.text


@pytest.mark.parametrize("fault", ["throttled", "broken"])
async def test_busy_twice_it_is_asked_a_third_time(bench: Bench, fault: str) -> None:
    bench.break_(fault, 2)

    assert await _opens(bench, await bench.kms.wrap(PLAIN, context=CONTEXT))


async def test_no_secret_is_in_its_representation(bench: Bench) -> None:
    assert bench.secret not in repr(bench.kms)
    assert bench.secret not in repr(bench)[: repr(bench).index("secret=")]

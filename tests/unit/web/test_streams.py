from contextlib import ExitStack
from uuid import UUID, uuid4

import pytest

from tomada.domain.ids import UserId
from tomada.web.streams import PER_PROCESS, PER_USER, Streams, TooManyStreamsError


def a_user() -> UserId:
    return UserId(UUID(int=uuid4().int))


def test_a_user_has_five_places_and_gets_one_back_when_a_stream_ends() -> None:
    streams, user = Streams(), a_user()

    with ExitStack() as stack:
        for _ in range(PER_USER):
            stack.enter_context(streams.one_of(user))
        with pytest.raises(TooManyStreamsError), streams.one_of(user):
            pass
        with streams.one_of(a_user()):
            pass

    with streams.one_of(user):
        pass


def test_a_process_has_two_thousand_places() -> None:
    streams = Streams()

    with ExitStack() as stack:
        for _ in range(PER_PROCESS):
            stack.enter_context(streams.one_of(a_user()))
        with pytest.raises(TooManyStreamsError), streams.one_of(a_user()):
            pass


def test_a_place_is_given_back_when_the_stream_fails() -> None:
    streams, user = Streams(), a_user()
    for _ in range(PER_USER + 1):
        with pytest.raises(OSError, match="lost"), streams.one_of(user):
            raise OSError("lost")

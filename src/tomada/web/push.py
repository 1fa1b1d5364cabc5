"""The stream of what happens: the entity's feed, pushed as it grows.

The client opens ``/ws`` and sends ``{"ticket": …, "after": n}``. The server answers with the lines
behind *n* and from then on with each new one, as ``{"type": "feed", "entries": […], "last": m}``.
``{"type": "ping"}`` is answered with ``{"type": "pong"}``. After a loss the client comes back with
the last number it has; nothing is lost and nothing comes twice.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Depends, WebSocket, WebSocketDisconnect
from starlette.websockets import WebSocketState

from tomada.bootstrap import App
from tomada.domain.errors import TomadaError, UnauthenticatedError
from tomada.metrics import PUSH_SECONDS, STREAMS
from tomada.services.tickets import StreamPass
from tomada.web.answers import encode
from tomada.web.auth import app_of, origins_for
from tomada.web.bodies import parse
from tomada.web.errors import CrossSiteError, ProblemError, problem_of
from tomada.web.news import LARGEST_NUMBER, MOST_ENTRIES, read_feed
from tomada.web.origins import single_header
from tomada.web.rules import Open
from tomada.web.streams import Streams, TooManyStreamsError

router = APIRouter()

SIGNED_OUT = 4401
NOT_ALLOWED = 4403
TOO_LATE = 4408
TRY_LATER = 1013

POLL_SECONDS = 2
RECHECK_SECONDS = 1
FIRST_MESSAGE_SECONDS = 5
SEND_SECONDS = 10
"""A client that takes longer to take a message is dropped; it can come back and resume."""
MESSAGE_BYTES = 4096
MESSAGES_PER_SECOND = 20


class _EndError(Exception):
    """The stream ends with this close code."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@router.websocket("/ws", dependencies=[Depends(Open("a ticket of the session, once"))])
async def ws(socket: WebSocket) -> None:
    """Serve one stream."""
    # A browser names the page's origin and a page cannot change that; who sends none is no
    # browser, and a cookie is not what lets anybody in here anyway: a ticket is.
    origins, origin = origins_for(socket), single_header(socket.scope, b"origin")
    if not (origins.own_origin(origin) or origins.of_a_product(origin)):
        refusal = problem_of(CrossSiteError("a stream is opened by a page of this installation"))
        await socket.send_denial_response(refusal.response(socket.scope))
        return
    await socket.accept()
    code = 1000
    streams: Streams = socket.app.state.streams
    try:
        await _Stream(socket, app_of(socket)).run(streams)
    except _EndError as end:
        code = end.code
    except WebSocketDisconnect:
        return
    except TomadaError:
        code = TRY_LATER
    if socket.application_state is WebSocketState.CONNECTED:
        with contextlib.suppress(TimeoutError, RuntimeError, OSError):
            async with asyncio.timeout(SEND_SECONDS):
                await socket.close(code)


@dataclass(frozen=True, slots=True)
class _Stream:
    socket: WebSocket
    app: App
    _sending: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self, streams: Streams) -> None:
        """Let the client in, then push until either side ends it."""
        opened, after = await self._opening()
        try:
            with streams.one_of(opened.of):
                self.app.metrics.set(STREAMS, streams.total())
                pushing = asyncio.create_task(self._push(opened, after))
                hearing = asyncio.create_task(self._hear())
                await _first_of(pushing, hearing)
        except TooManyStreamsError:
            raise _EndError(TRY_LATER) from None
        finally:
            self.app.metrics.set(STREAMS, streams.total())

    async def _opening(self) -> tuple[StreamPass, int]:
        try:
            async with asyncio.timeout(FIRST_MESSAGE_SECONDS):
                first = await self._receive()
        except TimeoutError:
            raise _EndError(TOO_LATE) from None
        ticket, after = first.get("ticket"), first.get("after", 0)
        if set(first) - {"ticket", "after"} or not isinstance(ticket, str):
            raise _EndError(NOT_ALLOWED)
        if type(after) is not int or not 0 <= after <= LARGEST_NUMBER:
            raise _EndError(NOT_ALLOWED)
        try:
            return await self.app.doors.tickets.redeem(ticket), after
        except UnauthenticatedError:
            raise _EndError(SIGNED_OUT) from None

    async def _push(self, opened: StreamPass, after: int) -> None:
        entity, loop = opened.entity_id, asyncio.get_running_loop()
        checked, greeted = loop.time(), False
        # Listening begins before the first look, so that nothing falls between the two.
        async with self.app.feed.listen(entity) as bell:
            while True:
                if loop.time() - checked >= RECHECK_SECONDS:
                    if not await self.app.doors.tickets.still_open(opened):
                        raise _EndError(SIGNED_OUT)
                    checked = loop.time()
                news = await read_feed(self.app, entity, after, limit=MOST_ENTRIES)
                if news.entries or not greeted:
                    body = {"type": "feed", "entries": news.entries, "last": news.last}
                    await self._send(body)
                    # What was there before the stream was opened has waited for nobody.
                    for entry in news.entries if greeted else ():
                        self._told_after(entry.at)
                    greeted = True
                after = news.last
                if len(news.entries) < MOST_ENTRIES:
                    await bell.wait(POLL_SECONDS)

    def _told_after(self, at: datetime) -> None:
        waited = (self.app.clock() - at).total_seconds()
        self.app.metrics.observe(PUSH_SECONDS, max(0.0, waited))

    async def _hear(self) -> None:
        loop, heard = asyncio.get_running_loop(), deque[float](maxlen=MESSAGES_PER_SECOND)
        while True:
            message = await self._receive()
            now = loop.time()
            if len(heard) == MESSAGES_PER_SECOND and now - heard[0] < 1:
                raise _EndError(NOT_ALLOWED)
            heard.append(now)
            if message != {"type": "ping"}:
                raise _EndError(NOT_ALLOWED)
            await self._send({"type": "pong"})

    async def _receive(self) -> dict[str, Any]:
        message = await self.socket.receive()
        if message["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(message.get("code", 1006))
        text = (message.get("text") or "").encode()
        if not text or len(text) > MESSAGE_BYTES:
            raise _EndError(NOT_ALLOWED)
        try:
            value = parse(text)
        except ProblemError:
            raise _EndError(NOT_ALLOWED) from None
        if not isinstance(value, dict):
            raise _EndError(NOT_ALLOWED)
        return value

    async def _send(self, body: Mapping[str, Any]) -> None:
        try:
            async with asyncio.timeout(SEND_SECONDS), self._sending:
                await self.socket.send_text(encode(body).decode())
        except TimeoutError:
            raise _EndError(TRY_LATER) from None


async def _first_of(*tasks: asyncio.Task[None]) -> None:
    """Wait for the first to end, end the others, and give what ended it."""
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()

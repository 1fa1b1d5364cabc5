"""A call from request to result: key, limit, exchange, repetition, decoding."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import quote

from tomada.pluggy import wire
from tomada.pluggy.answers import error_of
from tomada.pluggy.auth import ApiKeys
from tomada.pluggy.errors import (
    AuthenticationError,
    ContractError,
    NotFoundError,
    PluggyError,
    RateLimitedError,
    Refusal,
    TransportError,
)
from tomada.pluggy.limits import Limiter, current_share, family_of
from tomada.pluggy.model import Model
from tomada.pluggy.paging import PAGE_SIZE, PagedList
from tomada.pluggy.retry import Repeat, RetryPolicy
from tomada.pluggy.transport import Answer, Request, Sender

T = TypeVar("T")
M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRecord:
    """One attempt, for metrics and audit; it names no id, value or person.

    *outcome* is ``"ok"`` or the error's stable code; *seconds* are those of the exchange alone.
    """

    method: str
    route: str
    family: str
    attempt: int
    outcome: str
    status: int | None
    seconds: float
    request_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """What every operation is made of."""

    transport: Sender
    limiter: Limiter
    policy: RetryPolicy
    clock: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]]
    rng: random.Random
    on_call: Callable[[CallRecord], None] | None = None
    keys: ApiKeys | None = None
    interactive: bool = False

    async def one(
        self, method: str, route: str, kind: type[T], *, ids: dict[str, object] | None = None,
        params: dict[str, Any] | None = None, body: Any = None, repeat: Repeat | None = None,
    ) -> T:  # fmt: skip
        """Run an operation whose answer is one object of *kind*."""
        request = build(method, route, ids=ids, params=params, body=body)
        return await self.run(request, lambda a: wire.decode(a.body, kind), repeat=repeat)

    async def rows(
        self, route: str, kind: type[M], *, ids: dict[str, object] | None = None,
        params: dict[str, Any] | None = None,
    ) -> wire.Rows[M]:  # fmt: skip
        """Read one page of a list."""
        request = build("GET", route, ids=ids, params=params)
        return await self.run(request, lambda a: wire.decode_rows(a.body, kind))

    def paged(
        self, route: str, kind: type[M], *, ids: dict[str, object] | None = None,
        params: dict[str, Any] | None = None, sized: bool = True,
    ) -> PagedList[M]:  # fmt: skip
        """Read a list by page number; not *sized* are lists that document no page parameters."""

        async def fetch(number: int) -> wire.Rows[M]:
            sent = dict(params or {})
            if sized or number > 1:
                sent |= {"page": number, "pageSize": PAGE_SIZE}
            return await self.rows(route, kind, ids=ids, params=sent)

        return PagedList(fetch=fetch, route=route)

    async def every(
        self, route: str, kind: type[M], *, ids: dict[str, object] | None = None,
        params: dict[str, Any] | None = None, sized: bool = False,
    ) -> list[M]:  # fmt: skip
        """Read a short list whole."""
        pages = self.paged(route, kind, ids=ids, params=params, sized=sized)
        return [row async for row in pages]

    async def nothing(
        self, method: str, route: str, *, ids: dict[str, object] | None = None, body: Any = None,
        repeat: Repeat | None = None,
    ) -> None:  # fmt: skip
        """Run an operation whose answer says no more than that it was done.

        A deletion that is repeated because its first outcome is unknown, and then finds nothing,
        has been done.
        """
        request = build(method, route, ids=ids, body=body)
        if method == "DELETE":
            repeat = Repeat.HARMLESS
        uncertain = False

        def note(error: PluggyError) -> None:
            nonlocal uncertain
            undone = isinstance(error, RateLimitedError) or (
                isinstance(error, TransportError) and error.effect == "none"
            )
            uncertain = uncertain or not undone

        try:
            await self.run(request, lambda _: None, repeat=repeat, on_repeat=note)
        except NotFoundError:
            if method != "DELETE" or not uncertain:
                raise

    async def run(
        self, request: Request, read: Callable[[Answer], T], *, repeat: Repeat | None = None,
        on_repeat: Callable[[PluggyError], None] | None = None,
    ) -> T:  # fmt: skip
        """Send *request* until it succeeds or its failure is final."""
        if repeat is None:
            repeat = Repeat.HARMLESS if request.method == "GET" else Repeat.EFFECT
        attempt, renewed = 1, False
        while True:
            key = await self._turn(request)
            try:
                return await self._attempt(request, read, key=key, attempt=attempt)
            except AuthenticationError:
                # Keys end early when the secret changes; a second refusal is about the keys.
                if self.keys is None or key is None or renewed:
                    raise
                renewed = True
                await self.keys.after_refusal(key)
                continue
            except PluggyError as error:
                if isinstance(error, RateLimitedError):
                    await self.limiter.refused(
                        family_of(request.method, request.route),
                        seconds=error.reset,
                        limit=error.limit,
                    )
                wait = self.policy.delay(error, attempt=attempt, repeat=repeat, rng=self.rng)
                if wait is None:
                    raise
                if on_repeat is not None:
                    on_repeat(error)
            await self.sleep(wait)
            attempt += 1

    async def _turn(self, request: Request) -> str | None:
        """Wait until the limiter lets the request go, and give the key to send it with.

        A person does not wait for long. The key comes first, so that no login stands between the
        turn and the request; it may have ended while the turn was waited for.
        """
        if self.keys is not None:
            await self.keys.current()
        family = family_of(request.method, request.route)
        patience = self.policy.patience if self.interactive else None
        try:
            async with asyncio.timeout(patience) as deadline:
                await self.limiter.acquire(
                    family, interactive=self.interactive, share=current_share()
                )
        except TimeoutError:
            if not deadline.expired():
                raise
            refusal = Refusal(method=request.method, route=request.route, status=429)
            raise RateLimitedError(refusal) from None
        return None if self.keys is None else await self.keys.current()

    async def _attempt(
        self, request: Request, read: Callable[[Answer], T], *, key: str | None, attempt: int
    ) -> T:
        family = family_of(request.method, request.route)
        answer: Answer | None = None
        outcome = "cancelled"
        began = asyncio.get_running_loop().time()
        try:
            answer = await self.transport.send(request, api_key=key)
            result = self._read(answer, request, read)
        except PluggyError as error:
            outcome = error.code
            raise
        else:
            outcome = "ok"
            return result
        finally:
            if self.on_call is not None:
                spent = asyncio.get_running_loop().time() - began
                self.on_call(
                    CallRecord(
                        method=request.method,
                        route=request.route,
                        family=family,
                        attempt=attempt,
                        outcome=outcome,
                        status=answer.status if answer else None,
                        seconds=answer.seconds if answer else spent,
                        request_id=answer.headers.get("x-request-id") if answer else None,
                    )
                )

    def _read(self, answer: Answer, request: Request, read: Callable[[Answer], T]) -> T:
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - the class of successes
            raise error_of(answer, request, now=self.clock())
        try:
            return read(answer)
        except ContractError as error:
            raise ContractError(
                error.what,
                where=error.where,
                malformed=error.malformed,
                method=request.method,
                route=request.route,
            ) from error


def build(
    method: str, route: str, *, ids: dict[str, object] | None = None,
    params: dict[str, Any] | None = None, body: Any = None,
) -> Request:  # fmt: skip
    """Fill *route* with *ids*, each encoded so that it stays one segment of the path."""
    path = route
    for name, value in (ids or {}).items():
        text = str(value)
        if text in ("", ".", ".."):
            raise ValueError(f"{name} is empty or no id")
        path = path.replace("{" + name + "}", quote(text, safe=""))
    return Request(
        method=method,
        path=path,
        route=route,
        params=tuple(wire.query(params or {})),
        body=None if body is None else wire.encode(body),
    )

"""The state machine that writes histories: Hypothesis chooses the steps, and shortens what fails."""

import asyncio
import contextlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import hypothesis.strategies as st
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.fault.cluster import Server, start
from tests.fault.histories import (
    BANK_KINDS,
    FAULT_KINDS,
    HOOK_KINDS,
    PROCESS_KINDS,
    WORK_KINDS,
    History,
    Tally,
    history,
)

NUMBERS = st.integers(min_value=0, max_value=2**32 - 1)
# Real seconds that one step may take: what takes longer waits for what will never come.
LONGEST = 60


@dataclass(slots=True)
class Stage:
    """What histories of one process share: a loop, a server, and what has been seen."""

    runner: asyncio.Runner
    folder: Path
    server: Server
    tally: Tally = field(default_factory=Tally)
    web: FastAPI | None = None
    seed: int = 1

    @classmethod
    @contextlib.contextmanager
    def opened(cls) -> Iterator["Stage"]:
        """Start the server and stop it."""
        with asyncio.Runner() as runner, tempfile.TemporaryDirectory() as folder:
            server = runner.run(start(Path(folder), durable=False))
            try:
                yield cls(runner, Path(folder), server)
            finally:
                server.membership.leave()


class Histories(RuleBasedStateMachine):
    """Writes one history; a subclass says on which stage."""

    stage: ClassVar[Stage]

    def __init__(self) -> None:
        super().__init__()
        self.stack = contextlib.AsyncExitStack()
        self.history: History = self.stage.runner.run(self._open())
        self.stage.web = self.history.house.web

    async def _open(self) -> History:
        stage = self.stage
        return await self.stack.enter_async_context(
            history(
                stage.server.membership.cluster,
                stage.server.super_url,
                stage.folder / "master.key",
                stage.tally,
                seed=stage.seed,
                web=stage.web,
            )
        )

    def _step(self, kind: str, number: int = 0) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(LONGEST):
                await self.history.step(kind, number)

        self.stage.runner.run(bounded())

    @rule(kind=st.sampled_from(BANK_KINDS), number=NUMBERS)
    def bank(self, kind: str, number: int) -> None:
        self._step(kind, number)

    @rule(kind=st.sampled_from(BANK_KINDS), number=NUMBERS)
    def bank_again(self, kind: str, number: int) -> None:
        self._step(kind, number)

    @rule(kind=st.sampled_from(WORK_KINDS), number=NUMBERS)
    def work(self, kind: str, number: int) -> None:
        self._step(kind, number)

    @rule(kind=st.sampled_from(HOOK_KINDS), number=NUMBERS)
    def hooks(self, kind: str, number: int) -> None:
        self._step(kind, number)

    @rule(kind=st.sampled_from(FAULT_KINDS), number=NUMBERS)
    def provider(self, kind: str, number: int) -> None:
        self._step(kind, number)

    @rule(kind=st.sampled_from(PROCESS_KINDS), number=NUMBERS)
    def process(self, kind: str, number: int) -> None:
        self._step(kind, number)

    @rule(seldom=st.integers(0, 3))
    def calm(self, seldom: int) -> None:
        again = self.history.told and self.history.told[-1][0] == "calm"
        if seldom == 0 and not again:
            self._step("calm")
        else:
            self._step("work", seldom)

    def teardown(self) -> None:
        try:
            self._step("calm")
        finally:
            self.stage.runner.run(self.stack.aclose())


def machine_on(stage: Stage) -> type[RuleBasedStateMachine]:
    """Make the state machine of *stage*."""
    return type("HistoriesHere", (Histories,), {"stage": stage})


def campaign(histories: int, steps: int) -> settings:
    """Say how many histories of how many steps; nothing is kept between runs.

    With ``TOMADA_TEST_SHRINK`` set a failure is shortened first, which takes up to five minutes.
    """
    return settings(
        max_examples=histories,
        stateful_step_count=steps,
        database=None,
        deadline=None,
        phases=(Phase.generate, *((Phase.shrink,) if "TOMADA_TEST_SHRINK" in os.environ else ())),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )

"""Hypothesis looks for moves after which the engine and dictionaries disagree, and shortens what it finds."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import structlog
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.simulation.agreement import PEOPLE, Dictionaries, Move, engine

TEXTS = ("SURVEY", "BED", "7", "160", "450", "yes", "no", "No soap", "STOP", "START", "HELP", "what?", "")


class Agreement(RuleBasedStateMachine):
    """Any people, any texts, any pauses."""

    def __init__(self) -> None:
        super().__init__()
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp())
        self.stack = AsyncExitStack()
        self.model = Dictionaries()
        self.engine = self.run(self.stack.enter_async_context(engine(self.folder)))

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @rule(minutes=st.sampled_from((1, 2, 5, 9, 16)), worker=st.sampled_from(list(PEOPLE)), text=st.sampled_from(TEXTS))
    def somebody_writes(self, minutes: int, worker: str, text: str) -> None:
        move = Move(minutes, worker, text)
        self.model.move(move)
        self.run(self.engine.move(move))

    @invariant()
    def people_read_the_same(self) -> None:
        for worker in PEOPLE:
            assert self.run(self.engine.read_by(worker)) == self.model.read_by(worker)

    def teardown(self) -> None:
        try:
            assert self.run(self.engine.breaches()) == []
        finally:
            self.run(self.stack.aclose())
            self.runner.close()
            shutil.rmtree(self.folder)
            structlog.reset_defaults()


TestAgreement = Agreement.TestCase
TestAgreement.settings = settings(
    max_examples=12,
    stateful_step_count=15,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)

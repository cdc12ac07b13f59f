"""Who presses a button, lets it go or ends a hold stands in the log, too."""

from __future__ import annotations

from pathlib import Path

from structlog.testing import capture_logs

from console.errands import Desk
from console.pausing import PAUSE, Press
from console.resuming import RESUME, Resume
from engine import held
from engine.library import Library
from engine.phrases import load
from tests.engine.motion import world


async def test_the_log_says_what_and_by_whom(tmp_path: Path) -> None:
    async with world(tmp_path, Library(load()), start=False) as at:
        desk = Desk(at.store, at.registry, at.runtime.versions, at.ids, at.clock, "UTC", actor="grace")
        await at.store.write(lambda c: held.hold(c, held.RESTORED, "It is a copy.", 1))
        with capture_logs() as logged:
            await PAUSE.run(desk, Press("all", "", True))
            await PAUSE.run(desk, Press("all", "", False))
            await RESUME.run(desk, Resume())
            await RESUME.run(desk, Resume())
        assert [(line["event"], line["by"]) for line in logged] == [
            ("paused", "grace"),
            ("let go on", "grace"),
            ("the hold is over", "grace"),
        ]

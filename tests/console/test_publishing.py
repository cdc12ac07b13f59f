"""The flows folder while a server runs: what is published, what stays out, and what is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import count
from pathlib import Path

import pytest

from console.publishing import Publisher
from grammar.deployment import Deployment
from grammar.program import Program
from tests.commands.conftest import FLOW

WRONG = FLOW.replace("if has_ors is yes:", "if has_ors is yes")


class Folder:
    """A flows folder with its publisher, and what it published and withdrew, in order."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.done: list[str] = []
        self.changed = asyncio.Event()
        self.publisher = Publisher(path, self.publish, self.withdraw)

    async def publish(self, program: Program) -> None:
        self.done.append(f"+{program.flow}")
        self.changed.set()

    async def withdraw(self, flow: str) -> None:
        self.done.append(f"-{flow}")

    def write(self, text: str, name: str = "survey.flow") -> None:
        (self.path / name).write_text(text, encoding="utf-8")

    async def after(self, *texts: str) -> list[str]:
        """What happened after each of these texts was the file's."""
        for text in texts:
            self.write(text)
            await self.publisher.take_up()
        return self.done


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


@pytest.mark.parametrize(
    ("texts", "done"),
    [
        ([FLOW], ["+survey"]),
        ([FLOW, FLOW], ["+survey"]),
        ([FLOW, "# a comment\n" + FLOW], ["+survey"]),
        ([FLOW, FLOW.replace("Do you have", "Have you")], ["+survey", "+survey"]),
        ([FLOW, WRONG], ["+survey"]),
        ([FLOW, WRONG, FLOW], ["+survey"]),
        ([WRONG], []),
        ([WRONG, FLOW], ["+survey"]),
        ([FLOW, FLOW.replace("flow survey:", "flow other:")], ["+survey", "+other", "-survey"]),
    ],
    ids=[
        "new",
        "saved again",
        "another line number is no other version",
        "changed",
        "broken",
        "broken and mended",
        "broken from the start",
        "mended",
        "renamed",
    ],
)
async def test_only_what_is_sound_and_new_is_published(folder: Folder, texts: list[str], done: list[str]) -> None:
    assert await folder.after(*texts) == done


async def test_a_file_that_is_gone_starts_nothing_more(folder: Folder) -> None:
    await folder.after(FLOW)
    (folder.path / "survey.flow").unlink()
    await folder.publisher.take_up()
    assert folder.done == ["+survey", "-survey"]


async def test_what_is_wrong_is_known_by_file_with_the_flow_that_goes_on(folder: Folder) -> None:
    await folder.after(FLOW, WRONG)
    [problem] = folder.publisher.problems.values()
    assert problem.file.endswith("survey.flow")
    assert [finding.line for finding in problem.findings] == [7]
    assert problem.flows == ("survey",)
    await folder.after(FLOW)
    assert not folder.publisher.problems


async def test_two_files_with_one_flow_both_stay_as_they_were(folder: Folder) -> None:
    await folder.after(FLOW)
    folder.write(FLOW, "twin.flow")
    await folder.publisher.take_up()
    assert folder.done == ["+survey"]
    assert folder.publisher.problems


async def test_a_broken_file_is_told_once(folder: Folder, capsys: pytest.CaptureFixture[str]) -> None:
    await folder.after(FLOW, WRONG, WRONG)
    told = capsys.readouterr().out
    assert told.count("has mistakes; the last good version of survey stays in use") == 1
    assert told.count('line 7: A colon ":" is missing at the end of this line. [E002]') == 1


async def test_what_the_settings_do_not_name_is_told_once_and_runs_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Folder(tmp_path)
    folder.publisher = Publisher(tmp_path, folder.publish, folder.withdraw, Deployment("dundun.toml"))
    calling = FLOW.replace("say: Thank you", "do certificate\nsay: Thank you")
    assert await folder.after(calling, calling, calling + "\n# noted\n") == ["+survey"]
    said = "line 10: There is no action `certificate` in dundun.toml. [W343]"
    assert capsys.readouterr().out.count(said) == 1
    await folder.after(FLOW, calling)
    assert capsys.readouterr().out.count(said) == 1


@asynccontextmanager
async def watched(folder: Folder) -> AsyncIterator[None]:
    watching = asyncio.create_task(folder.publisher.watch())
    yield
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


async def test_a_change_is_taken_up_by_itself(folder: Folder) -> None:
    async with watched(folder), asyncio.timeout(20):
        for number in count():  # the watcher needs a moment to begin, so the file changes until it sees a change
            folder.write(FLOW.replace("Do you have", f"Have you {number}"))
            with suppress(TimeoutError):
                await asyncio.wait_for(folder.changed.wait(), 0.5)
                break
    assert folder.done[0] == "+survey"

"""The answers of a flow as two tables: one row a session, and one row an answer.

Secret and sensitive answers never leave; every session that began in the time asked for comes exactly once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from engine.values import Value
from exchange import pages
from exchange.columns import ANSWER, Columns, columns
from exchange.files import FORMATS, Files
from exchange.pages import Given, Source, Talk

Progress = Callable[[int, int], None]
"""Told after every page: sessions done, and how many there are."""


class ExportError(Exception):
    """A sentence for the person who exports: what is wrong, and what to do."""


class UnknownFlowError(ExportError):
    """No such flow has run."""


@dataclass(slots=True)
class Exported:
    """What was written."""

    sessions: int = 0
    answers: int = 0
    files: list[Path] = field(default_factory=list)


async def export(
    source: Source,
    flow: str,
    folder: Path,
    kind: str = "csv",
    since: int = 0,
    progress: Progress = lambda done, total: None,
) -> Exported:
    """Write FLOW.csv and FLOW.answers.csv into `folder` (or .jsonl, by `kind`).

    `since`: ms UTC; sessions that began before are left out.  ExportError where the flow or the kind of file is not
    known, or a file cannot be written; then no file has changed.
    """
    if kind not in FORMATS:
        raise ExportError(f"{kind} is no kind of file that can be written. There are: {', '.join(FORMATS)}.")
    versions = await pages.versions(source, flow)
    if not versions:
        raise UnknownFlowError(_unknown(flow, await pages.flows(source)))
    total = await pages.count(source, list(versions), since)
    made = columns(list(versions.values()))
    try:
        with Files(folder, kind) as files:
            tables = _Tables(files, flow, made)
            for program in reversed(versions):
                async for talks in pages.pages(source, program, since):
                    tables.write(talks)
                    progress(tables.done.sessions, total)
            tables.done.files = files.paths
    except OSError as error:
        raise ExportError(f"{error.filename or folder} cannot be written: {error.strerror}.") from None
    return tables.done


def _unknown(flow: str, known: Sequence[str]) -> str:
    if not known:
        return f"Nothing has run here yet, so there are no answers of {flow}."
    near = get_close_matches(flow, known, n=1)
    proposal = f"Did you mean {near[0]}?" if near else f"Flows that have run: {', '.join(known)}."
    return f"No flow {flow} has run here. {proposal}"


class _Tables:
    """The two tables of one export, while they are written."""

    def __init__(self, files: Files, flow: str, made: Columns) -> None:
        self.done = Exported()
        self._columns = made
        self._sessions = files.table(flow, made.names)
        self._answers = files.table(f"{flow}.answers", ANSWER)

    def write(self, talks: Iterable[Talk]) -> None:
        for talk in talks:
            shown = [given for given in talk.answers if given.question not in self._columns.hidden]
            self._sessions.write(self._row(talk.about, shown))
            for given in shown:
                self._answers.write((talk.about[0], *given))
            self.done.sessions += 1
            self.done.answers += len(shown)

    def _row(self, about: Sequence[Value], answers: Iterable[Given]) -> Sequence[Value]:
        row: list[Value] = [*about, *[None] * (len(self._columns.names) - len(about))]
        for given in answers:
            place, label = self._columns.places.get((given.question, given.turn), (None, None))
            if place is not None and given.current:
                row[place] = given.value
            if label is not None and given.current:
                row[label] = given.label or None
        return row

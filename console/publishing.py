"""The flows folder: a sound file is published; while a file has mistakes, its last sound version stays in use.

What a flow calls and the settings do not name is told when it is new; the flow runs all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import structlog
from watchfiles import awatch

from engine.store import StoreError
from grammar.checks import deployed
from grammar.deployment import Deployment
from grammar.diagnostics import Finding
from grammar.loader import SUFFIX, Project, load_folder
from grammar.program import Program

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """A file that stays out: its mistakes, and the flows whose last sound version goes on."""

    file: str
    findings: tuple[Finding, ...]
    flows: tuple[str, ...]


class Publisher:
    """Watches one folder.  `problems`: by file name, what is wrong with it now; `lacking`: what flows call in vain."""

    def __init__(
        self,
        folder: Path,
        publish: Callable[[Program], Awaitable[object]],
        withdraw: Callable[[str], Awaitable[None]],
        deployment: Deployment | None = None,
    ) -> None:
        self.problems: Mapping[str, Problem] = {}
        self.lacking: frozenset[str] = frozenset()
        self._deployment = deployment
        self._folder = folder
        self._publish = publish
        self._withdraw = withdraw
        self._hashes: dict[str, str] = {}
        self._flows: dict[str, tuple[str, ...]] = {}

    async def publish(self, project: Project) -> None:
        """Publish what is sound and new; note what is not sound, and tell what the settings lack for it."""
        for file in project.files:
            if file.compiled is not None:
                await self._put(file.name, file.compiled.programs)
        broken = [file.name for file in project.files if file.compiled is None]
        self.problems = {name: self._problem(name, project) for name in broken}
        await self._forget(project)
        self._tell_lacking(project)

    async def watch(self) -> None:
        """Take up every change of the folder, until cancelled."""
        async for _ in awatch(self._folder, watch_filter=lambda _change, path: path.endswith((SUFFIX, ".csv"))):
            try:
                await self.take_up()
            except (OSError, StoreError) as error:
                _log.error("the flows could not be read again", error=str(error))

    async def take_up(self) -> None:
        """Read the folder and publish what changed; what is newly wrong is told once."""
        before = self.problems
        await self.publish(await asyncio.to_thread(load_folder, [self._folder], self._deployment))
        for name, problem in self.problems.items():
            if before.get(name) != problem:
                _tell(problem)
        for name in before.keys() - self.problems.keys():
            _log.info("the file has no mistakes any more", file=name)

    def _tell_lacking(self, project: Project) -> None:
        said = [_sentence(each) for each in project.findings if each.code in deployed.CODES]
        for sentence in said:
            if sentence not in self.lacking:
                _log.warning(sentence)
        self.lacking = frozenset(said)

    async def _put(self, file: str, programs: tuple[Program, ...]) -> None:
        self._flows[file] = tuple(program.flow for program in programs)
        for program in programs:
            key = program.hash()
            if self._hashes.get(program.flow) != key:
                await self._publish(program)
                self._hashes[program.flow] = key

    def _problem(self, file: str, project: Project) -> Problem:
        mistakes = (each for each in project.findings if each.file == file and each.severity == "error")
        return Problem(file, tuple(mistakes), self._flows.get(file, ()))

    async def _forget(self, project: Project) -> None:
        """What no file holds any more starts no more; a file with mistakes still holds what it held."""
        names = {file.name for file in project.files}
        for gone in [name for name in self._flows if name not in names]:
            del self._flows[gone]
        held = {flow for flows in self._flows.values() for flow in flows}
        for flow in [flow for flow in self._hashes if flow not in held]:
            del self._hashes[flow]
            await self._withdraw(flow)
            _log.info("flow withdrawn", flow=flow)


def _tell(problem: Problem) -> None:
    stays = f"the last good version of {', '.join(problem.flows)} stays in use" if problem.flows else "it stays out"
    _log.error(f"{problem.file} has mistakes; {stays}", mistakes=len(problem.findings))
    for finding in problem.findings:
        _log.error(_sentence(finding))


def _sentence(finding: Finding) -> str:
    return f"{finding.file}, line {finding.line}: {finding.message} [{finding.code}]"

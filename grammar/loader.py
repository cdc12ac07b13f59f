"""Flow files on their way in: read, parsed, checked, compiled; a file with a mistake gives no program, ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from grammar import checks, parser, reader
from grammar import program as p
from grammar.compiler import compile_file
from grammar.diagnostics import Finding, in_order
from grammar.names import names_of

SUFFIX = ".flow"


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file: its programs (None where it has a mistake), what was found, and the author's own lines.

    `places`: the `flow` line of each program.
    """

    name: str
    compiled: p.Compiled | None
    findings: tuple[Finding, ...]
    lines: tuple[str, ...]
    places: tuple[p.Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """Several files that are published together, in the order of their names; `findings` are those of all."""

    files: tuple[Loaded, ...]
    findings: tuple[Finding, ...]

    @property
    def programs(self) -> tuple[p.Program, ...]:
        """Every program of the files that have no mistake."""
        return tuple(program for file in self.files if file.compiled for program in file.compiled.programs)

    @property
    def lines(self) -> Mapping[str, Sequence[str]]:
        """The author's lines of every file, by the name that findings give it."""
        return {file.name: file.lines for file in self.files}

    @property
    def has_errors(self) -> bool:
        """Must nothing of this be published?"""
        return any(finding.severity == "error" for finding in self.findings)


def load(path: Path) -> Loaded:
    """One file.  OSError where it cannot be opened."""
    return load_bytes(path.read_bytes(), str(path))


def load_text(text: str, name: str) -> Loaded:
    """A text as if it stood in a file of that name."""
    return load_bytes(text.encode(), name)


def load_bytes(data: bytes, name: str) -> Loaded:
    """The bytes of a file of that name."""
    source, found = reader.read(data, name)
    file, misread = parser.parse(source)
    findings = [*found, *misread]
    names = [names_of(flow, file.loose) for flow in file.flows]
    result = compile_file(file, names, source.shown)
    places = tuple(p.Place(name, flow.span.line) for flow in file.flows)
    if file.complete and not _has_errors(findings):
        findings += checks.check(file, names, result)
        findings += checks.between(list(zip(result.compiled.programs, places, strict=True)))
    compiled = None if _has_errors(findings) else result.compiled
    return Loaded(name, compiled, tuple(in_order(findings)), source.shown, places)


def load_folder(paths: Iterable[Path]) -> Project:
    """All flow files at and under the paths, with what is wrong between them.  OSError for a path that is not there."""
    files = [load(path) for path in flow_files(paths)]
    sound = [(file.compiled, file.places) for file in files if file.compiled]
    pairs = [pair for compiled, places in sound for pair in zip(compiled.programs, places, strict=True)]
    between = checks.between(pairs)
    broken = {finding.file for finding in between if finding.severity == "error"}
    files = [_without_program(file) if file.name in broken else file for file in files]
    findings = in_order([finding for file in files for finding in file.findings] + between)
    return Project(tuple(files), tuple(findings))


def flow_files(paths: Iterable[Path]) -> list[Path]:
    """The flow files at and under the paths, each once, in the order of their names."""
    found: dict[Path, None] = {}
    for path in paths:
        inside = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
        found.update(dict.fromkeys(inside))
    return list(found)


def _without_program(file: Loaded) -> Loaded:
    return replace(file, compiled=None)


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)

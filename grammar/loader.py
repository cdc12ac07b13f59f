"""Flow files on their way in: read, parsed, checked, compiled; a file with a mistake gives no program, ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from grammar import checks, parser, reader
from grammar import nodes as n
from grammar import program as p
from grammar.compiler import compile_file
from grammar.deployment import Deployment
from grammar.diagnostics import Finding, finding, in_order
from grammar.folder import Folder, folder_at, folder_of
from grammar.including import whole
from grammar.joining import join
from grammar.lalr import no_collection
from grammar.names import names_of
from grammar.nodes import Span
from grammar.runs import Unjoined

SUFFIX = ".flow"
NO_FOLDER = Folder()


@dataclass(frozen=True, slots=True)
class Loaded:
    """One file: its programs (None where it has a mistake), what was found, and the author's own lines.

    `places`: the `flow` line of each program.  `others`: the lines of the files that it includes or reads, by name;
    `parts`: which of these are included.
    """

    name: str
    compiled: p.Compiled | None
    findings: tuple[Finding, ...]
    lines: tuple[str, ...]
    places: tuple[p.Place, ...] = ()
    folder: Folder = NO_FOLDER
    others: Mapping[str, Sequence[str]] = field(default_factory=dict)
    parts: frozenset[str] = frozenset()


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
        others = {name: lines for file in self.files for name, lines in file.others.items()}
        return {**others, **{file.name: file.lines for file in self.files}}

    @property
    def has_errors(self) -> bool:
        """Must nothing of this be published?"""
        return any(finding.severity == "error" for finding in self.findings)


def load(path: Path) -> Loaded:
    """One file.  OSError where it cannot be opened."""
    return load_bytes(path.read_bytes(), str(path), folder_of(path))


@no_collection()
def load_bytes(data: bytes, name: str, folder: Folder = NO_FOLDER) -> Loaded:
    """The bytes of a file of that name."""
    return _joined([_load(data, name, folder)])[0]


def load_text(text: str, name: str, folder: Folder = NO_FOLDER) -> Loaded:
    """A text as if it stood in a file of that name; other files that it names are looked for in `folder`."""
    return load_bytes(text.encode(), name, folder)


@no_collection()
def load_parsed(
    lines: tuple[str, ...],
    file: n.File,
    found: Sequence[Finding],
    folder: Folder = NO_FOLDER,
    others: Sequence[Loaded] = (),
) -> Loaded:
    """A file that was read already (`grammar.incremental`): its author's lines, its tree, and what reading found.

    `others` are the files that are published with it, as `load_alone` gives them.
    """
    loaded = load_alone(lines, file, found, folder)
    flows = {program.flow.lower(): program for each in others if each.compiled for program in each.compiled.programs}
    if loaded.compiled:
        flows |= {program.flow.lower(): program for program in loaded.compiled.programs}
    joined = _join(loaded, flows)
    between = [each for each in checks.between(_placed([*others, joined])) if each.file == loaded.name]
    return replace(joined, findings=tuple(in_order([*joined.findings, *between])))


def _load(data: bytes, name: str, folder: Folder) -> Loaded:
    """A file by itself: what it runs of other flows is not there yet."""
    source, found = reader.read(data, name)
    file, misread = parser.parse(source)
    return load_alone(source.shown, file, [*found, *misread], folder)


def load_alone(lines: tuple[str, ...], read: n.File, found: Sequence[Finding], folder: Folder) -> Loaded:
    """A file that was read already, by itself: what it runs of other flows is not there yet."""
    included = whole(read, folder)
    file, name = included.file, read.name
    findings = [*found, *included.findings]
    names = [names_of(flow, file.loose) for flow in file.flows]
    result = compile_file(file, names, lines)
    places = tuple(p.Place(name, flow.span.line) for flow in file.flows)
    if file.complete and not _has_errors(findings):
        findings += checks.check(file, names, result, folder)
        findings += checks.between(list(zip(result.compiled.programs, places, strict=True)))
    compiled = None if _has_errors(findings) else result.compiled
    parts = frozenset(included.parts)
    return Loaded(name, compiled, tuple(in_order(findings)), lines, places, folder, included.lines, parts)


@no_collection()
def load_folder(paths: Iterable[Path], deployment: Deployment | None = None) -> Project:
    """All flow files at and under the paths, with what is wrong between them.  OSError for a path that is not there.

    They are for this deployment; without one, for that whose settings stand nearest above each.
    """
    found = _in_folders(paths, deployment)
    files = _as_parts([_load(path.read_bytes(), str(path), folder) for path, folder in found])
    files = _joined(files)
    between = checks.between(_placed(files))
    broken = {finding.file for finding in between if finding.severity == "error"}
    files = [_without_program(file) if file.name in broken else file for file in files]
    findings = in_order([finding for file in files for finding in file.findings] + between)
    return Project(tuple(files), tuple(findings))


def _placed(files: Iterable[Loaded]) -> list[tuple[p.Program, p.Place]]:
    """Every program of the files with the place of its `flow` line."""
    sound = [(file.compiled, file.places) for file in files if file.compiled]
    return [pair for compiled, places in sound for pair in zip(compiled.programs, places, strict=True)]


def _joined(files: Sequence[Loaded]) -> list[Loaded]:
    """The files with the flows that theirs run; these may stand in any file of the flows folder."""
    flows = {program.flow.lower(): program for file in files if file.compiled for program in file.compiled.programs}
    lines = (op for program in flows.values() for op in program.code if isinstance(op, p.Run | p.StartFlow))
    named = {op.flow.lower() for op in lines}
    if not named:
        return list(files)
    if not named <= flows.keys():
        flows = {**_beside(files), **flows}
    return [_join(file, flows) for file in files]


def _beside(files: Sequence[Loaded]) -> dict[str, p.Program]:
    """The flows of the folder that were not asked for."""
    known = {Path(file.name).resolve() for file in files}
    roots = dict.fromkeys(file.folder.root for file in files if file.folder.root is not None)
    found = {path: Folder(root) for root in roots for path in sorted(root.rglob(f"*{SUFFIX}"))}
    others = [
        _load(path.read_bytes(), str(path), folder) for path, folder in found.items() if path.resolve() not in known
    ]
    return {program.flow.lower(): program for file in others if file.compiled for program in file.compiled.programs}


def _join(file: Loaded, flows: Mapping[str, p.Program]) -> Loaded:
    if file.compiled is None:
        return file
    programs: list[p.Program] = []
    findings: list[Finding] = []
    for program in file.compiled.programs:
        try:
            programs.append(join(program, flows))
        except Unjoined as why:
            place = program.places[why.at] if why.at >= 0 else p.Place(file.name, 1)
            findings.append(finding(why.code, place.file, Span(place.line, 1, 2), None, **why.values))
    compiled = None if findings else p.Compiled(tuple(programs), file.compiled.rehearsals, file.compiled.people)
    return replace(file, compiled=compiled, findings=tuple(in_order([*file.findings, *findings])))


def flow_files(paths: Iterable[Path]) -> list[Path]:
    """The flow files at and under the paths, each once, in the order of their names."""
    return [path for path, _ in _in_folders(paths)]


def _in_folders(paths: Iterable[Path], known: Deployment | None = None) -> list[tuple[Path, Folder]]:
    """The same, each with the flows folder that it stands in."""
    found: dict[Path, Folder] = {}
    for path in paths:
        inside = sorted(path.rglob(f"*{SUFFIX}")) if path.is_dir() else [path]
        folder = folder_at(path, known) if path.is_dir() else folder_of(path, known)
        found.update((each, folder) for each in inside if each not in found)
    return list(found.items())


def _as_parts(files: Iterable[Loaded]) -> list[Loaded]:
    """A file that others include needs no flow of its own; what is wrong with it is said where it is included."""
    files = list(files)
    parts = {part for file in files for part in file.parts}
    return [as_part(file) if file.name in parts and not file.places else file for file in files]


def as_part(file: Loaded) -> Loaded:
    """A file as it is where another includes it: that no `flow` stands in it is right."""
    findings = tuple(found for found in file.findings if found.code != "E299")
    return replace(file, compiled=None if _has_errors(findings) else p.Compiled(()), findings=findings)


def _without_program(file: Loaded) -> Loaded:
    return replace(file, compiled=None)


def _has_errors(findings: Iterable[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)

"""What is wrong with a flow that could be read: one function a check; no check changes anything.

Each module has a heading of the language's own list, and says at its end which checks it has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from grammar import nodes as n
from grammar import program as p
from grammar.checks import (
    answered,
    answering,
    asking,
    beginning,
    calls,
    choosing,
    comparing,
    costs,
    deployed,
    jumping,
    lengths,
    naming,
    order,
    outside,
    passing,
    people,
    privacy,
    project,
    reach,
    secrecy,
    shortforms,
    testing,
    timing,
    translations,
    wording,
)
from grammar.checks.subject import Subject
from grammar.compiler import Result
from grammar.diagnostics import Finding, finding
from grammar.folder import Folder
from grammar.names import Names

Check = Callable[[Subject], Iterator[Finding]]

CHECKS: tuple[Check, ...] = (
    *comparing.CHECKS,
    *naming.CHECKS,
    *shortforms.CHECKS,
    *choosing.CHECKS,
    *jumping.CHECKS,
    *asking.CHECKS,
    *answering.CHECKS,
    *order.CHECKS,
    *privacy.CHECKS,
    *secrecy.CHECKS,
    *beginning.CHECKS,
    *wording.CHECKS,
    *testing.CHECKS,
)

FINISHING: tuple[Check, ...] = (
    *answered.CHECKS,
    *reach.CHECKS,
    *passing.CHECKS,
    *people.CHECKS,
    *timing.CHECKS,
    *translations.CHECKS,
    *lengths.CHECKS,
    *costs.CHECKS,
    *calls.CHECKS,
    *outside.CHECKS,
    *deployed.CHECKS,
)
"""What is looked at once a flow has no mistake: until then half of it would be news about the other half."""


MOST_FLOWS = 100
"""In one file; a project has as many as it likes."""


def check(file: n.File, flows: Sequence[Names], result: Result, folder: Folder) -> list[Finding]:
    """Everything that is wrong inside one file; of several errors at one place only the first is said."""
    if len(file.flows) > MOST_FLOWS:
        return [finding("E296", file.name, file.flows[MOST_FLOWS].span, limit=MOST_FLOWS)]
    found = list(_outside(file))
    wrong = any(each.severity == "error" for each in found)
    for names, made in zip(flows, result.made, strict=True):
        subject = Subject(file.name, names, made, flows, folder)
        of_this = [each for look in CHECKS for each in look(subject)]
        wrong = wrong or any(each.severity == "error" for each in of_this)
        found += of_this
        for look in () if wrong else FINISHING:
            found += look(subject)
    return _once(_without_consequences(_one_a_place(found)))


def between(programs: Sequence[tuple[p.Program, p.Place]]) -> list[Finding]:
    """Everything that is wrong between flows that are each right; the places are those of their `flow` lines."""
    return [found for look in project.CHECKS for found in look(programs)]


def _outside(file: n.File) -> Iterator[Finding]:
    """Lines above the first flow belong to nobody, but for tables (RULES A4)."""
    loose = [line for line in file.loose if not isinstance(line, n.Table | n.TableFile)]
    if loose or not file.flows:
        where = loose[0].span if loose else file.span
        yield finding("E299", file.name, where)


_DEFINITIONS = frozenset({"E200", "E201"})
_USES = frozenset({"E202", "E204", "E205", "E206", "E208", "E209", "E210", "E211"}) | {
    "E240",
    "E241",
    "E242",
    "E243",
    "E287",
}
_ONCE = frozenset({"E202", "E205", "E207", "E210", "E211", "E212", "W201", "W274"})


def _without_consequences(findings: list[Finding]) -> list[Finding]:
    """While a name is given wrongly, nobody knows what its uses mean; where a label stands, its words are no names."""
    given_wrongly = any(found.code in _DEFINITIONS for found in findings)
    labels = {(found.file, found.line) for found in findings if found.code == "E039"}
    said = [found for found in findings if (found.file, found.line) not in labels or found.code not in _USES]
    return [found for found in said if not (given_wrongly and found.code in _USES)]


def _once(findings: list[Finding]) -> list[Finding]:
    """One wrong word is said at its first place, with the lines of the others."""
    places: dict[tuple[str, str, str], list[Finding]] = {}
    for found in findings:
        if found.code in _ONCE:
            places.setdefault((found.file, found.code, found.message), []).append(found)
    said = {id(same[0]): same for same in (sorted(group, key=_place) for group in places.values())}
    kept = [found for found in findings if found.code not in _ONCE or id(found) in said]
    return [_with_lines(found, said.get(id(found), [])) for found in kept]


def _place(found: Finding) -> tuple[int, int]:
    return found.line, found.column


def _with_lines(found: Finding, same: Sequence[Finding]) -> Finding:
    lines = [str(line) for line in dict.fromkeys(other.line for other in same) if line != found.line]
    if not lines:
        return found
    where = f"lines {', '.join(lines[:-1])} and {lines[-1]}" if lines[1:] else f"line {lines[0]}"
    return msgspec.structs.replace(found, hint=f"{found.hint} The same stands in {where}.".strip())


def _one_a_place(findings: list[Finding]) -> list[Finding]:
    kept: list[Finding] = []
    taken: set[tuple[str, int, int]] = set()
    for found in findings:
        place = (found.file, found.line, found.column)
        if found.severity == "error" and place in taken:
            continue
        if found.severity == "error":
            taken.add(place)
        kept.append(found)
    return kept


__all__ = ["CHECKS", "between", "check"]

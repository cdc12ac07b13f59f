"""Whom a person means on a command line: what follows `for` in a schedule's line, read by the same rules."""

from __future__ import annotations

from commands.errors import CommandError
from engine.audience import Audience
from grammar.loader import load_text

_FLOW = """\
flow someone
    languages: en
    start every day for {}

say: Hello.
"""


EVERYBODY = "everybody"


def read(written: str) -> Audience:
    """`group stock_managers`, `workers where cadre is nurse`, or `everybody`; CommandError where it is none of them."""
    if written.strip().lower() == EVERYBODY:
        return Audience()
    if written.strip().lower() == "workers":
        raise CommandError('--to workers: which of them? Say --to "workers where …", or --to everybody.')
    loaded = load_text(_FLOW.format(" ".join(written.split())), "--to")
    mistakes = [finding for finding in loaded.findings if finding.severity == "error" and finding.line == 3]
    if mistakes:
        raise CommandError(f"--to {written}: {mistakes[0].message} {mistakes[0].hint}".rstrip())
    if loaded.compiled is None or len(loaded.compiled.programs) != 1 or not loaded.compiled.programs[0].schedules:
        raise CommandError(f'--to {written}: "workers where …", "group …" or everybody is expected.')
    schedule = loaded.compiled.programs[0].schedules[0]
    return Audience(schedule.group, schedule.where)

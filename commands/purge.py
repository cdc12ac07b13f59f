"""`dundun purge`: what is past its time goes now, by the settings or by what is said; the server does it by night."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from rich.console import Console

from commands import neighbour, progress
from commands.errors import CommandError
from commands.known import CONFIG, counted, done, settings_in
from console.purging import PURGE, Older
from engine.clock import SystemClock
from engine.purging import PARTS, Terms
from settings import Settings

LONGEST = 36_500
"""Days: nothing is older than a hundred years."""


def purge(
    *, older_than: str = "", answers: bool = False, dry_run: bool = False, yes: bool = False, config: Path = CONFIG
) -> None:
    """Wipe what workers wrote and were sent, once it is past its time.  What was counted stays, and so does the audit.

    Parameters
    ----------
    older_than
        Like "180 days"; without it, what [retention] in the settings says.
    answers
        The answers, too.
    dry_run
        Only count what would go.
    yes
        Do it, without asking.
    config
        The server's settings.
    """
    known = settings_in(config)
    terms = _terms(known, older_than, answers)
    console = Console(highlight=False, soft_wrap=True)
    if not dry_run and not yes:
        raise CommandError("What is wiped cannot be brought back. Look with --dry-run, then do it with --yes.")
    total = done(_purge(known, terms, dry_run, console))
    for table, number in sorted(total.items()):
        console.print(f"  {table:<10}{number:>12,}", markup=False)
    console.print(f"{counted(total.total(), 'row')} {'would lose' if dry_run else 'lost'} their words.", style="bold")


def _terms(known: Settings, older_than: str, answers: bool) -> Terms:
    kept, now = known.retention, SystemClock().now()
    if not older_than:
        if answers and kept.answers is None:
            raise CommandError('The settings keep answers for good. Say how old: --older-than "400 days" --answers')
        return Terms.of(now, kept.messages, kept.answers, kept.seen)
    words = re.fullmatch(r"(\d+) *(?:days?)?", older_than.strip())
    if words is None or not 1 <= int(words[1]) <= LONGEST:
        raise CommandError(f'{older_than}: a number of days is expected, like --older-than "180 days".')
    days = int(words[1])
    return Terms.of(now, days, days if answers else kept.answers, kept.seen)


async def _purge(known: Settings, terms: Terms, dry: bool, console: Console) -> Counter[str]:
    total: Counter[str] = Counter()
    async with neighbour.errands(known) as run:
        with progress.shown("Counting" if dry else "Wiping") as tell:
            for part in range(PARTS):
                tell(part, PARTS)
                older = Older(terms.messages, terms.answers, terms.seen, part, dry)
                total.update((await run(PURGE, older)).rows)
    return total

"""`dundun migrate`: a database of an older Dundun goes to today's tables; it says first what it will do."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from commands import neighbour
from commands.known import CONFIG, done, settings_in
from engine import migrating
from engine.migrating import Migration


def migrate(*, dry_run: bool = False, config: Path = CONFIG) -> None:
    """Bring the database of an older Dundun to today's tables; stop every server that uses it first.

    Parameters
    ----------
    dry_run
        Only say what would be done.
    config
        The server's settings.
    """
    known = settings_in(config)
    console = Console(highlight=False, soft_wrap=True)
    plan = done(migrating.plan(known.database, known.key_file))
    console.print(_intention(plan), markup=False)
    if plan.needed and not dry_run:
        made = done(migrating.migrate(known.database, known.key_file, neighbour.account()))
        console.print(_result(made), markup=False)


def _intention(plan: Migration) -> str:
    if not plan.needed:
        return f"{plan.name} has today's tables, version {plan.have}. There is nothing to do."
    first = f"A copy goes to {plan.copy} first." if plan.copy else "Make a backup first, with pg_dump."
    return (
        f"{plan.name} has the tables of version {plan.have}; this Dundun works with version {plan.want}. "
        f"All of it changes, or nothing. {first} The older Dundun cannot use it afterwards."
    )


def _result(made: Migration) -> str:
    kept = f" As it was before, it is in {made.copy}: delete that when you have seen that all is well."
    return f"Done: version {made.want}.{kept if made.copy else ''} Now start the server."

"""`dundun costs`: what was sent and what it cost, by day, channel and flow, as estimated and as reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table

from commands.errors import CommandError
from commands.known import CONFIG, done, money, settings_in
from console.ledger import Entry, Key, ledger
from engine.moments import to_ms
from engine.opening import open_reader
from settings import Settings

DAYS = 30
"""So many days are shown where nobody says since when."""


def costs(*, since: str = "", config: Path = CONFIG) -> None:
    """What was sent and what it cost, by day, channel and flow.

    Parameters
    ----------
    since
        The first day, like 2026-11-01; without, the last 30 days.
    config
        The server's settings.
    """
    settings = settings_in(config)
    first = _day(since) if since else datetime.now(ZoneInfo(settings.zone)).date() - timedelta(days=DAYS - 1)
    found = done(_ledger(settings, first))
    console = Console(highlight=False, soft_wrap=True, markup=False)
    if not found:
        console.print(f"Nothing was sent since {first.isoformat()}.")
        return
    console.print(_table(found, settings.currency))


def _day(written: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise CommandError(f"{written}: a day like 2026-11-01 is expected.") from None


async def _ledger(settings: Settings, first: date) -> dict[Key, Entry]:
    begin = to_ms(datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(settings.zone)))
    async with open_reader(settings.database, settings.key_file) as reader, reader.read() as connection:
        return await ledger(connection, begin, settings.zone)


def _table(found: Mapping[Key, Entry], currency: str) -> Table:
    table = Table("Day", "Channel", "Flow", box=None, padding=(0, 2, 0, 0))
    for title in ("Sent", "Parts", "Estimated", "Reported"):
        table.add_column(title, justify="right")
    for key, entry in found.items():
        table.add_row(key.day, key.channel, key.flow or "–", *_figures(entry, currency))
    table.add_row("In all", "", "", *_figures(_total(found), currency), style="bold")
    return table


def _figures(entry: Entry, currency: str) -> tuple[str, str, str, str]:
    reported = ", ".join(money(each, named or currency) for named, each in sorted(entry.reported.items()))
    estimated = money(entry.estimated, currency) if entry.estimated else "–"
    return f"{entry.attempts:,}", f"{entry.parts:,}", estimated, reported or "–"


def _total(found: Mapping[Key, Entry]) -> Entry:
    total = Entry()
    for entry in found.values():
        total.attempts += entry.attempts
        total.parts += entry.parts
        total.estimated += entry.estimated
        for currency, each in entry.reported.items():
            total.reported[currency] = total.reported.get(currency, Decimal()) + each
    return total

"""What every command that works on a database begins and ends with: the settings, and a sentence where it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import settings
from commands.errors import FOUND, CommandError
from engine.clock import SystemClock, can_be
from engine.store import StoreError
from engine.watch import said
from settings import Settings

T = TypeVar("T")

CONFIG = Path("dundun.toml")


def settings_in(config: Path) -> Settings:
    """The settings, as far as a database needs them; CommandError with all mistakes, or where the clock is far off."""
    try:
        known = settings.load(config, serves=False)
    except settings.SettingsError as error:
        raise CommandError(str(error)) from None
    look_at_the_clock()
    return known


def look_at_the_clock() -> None:
    """CommandError where it says a time under which nothing can be stored."""
    now = SystemClock().now()
    if not can_be(now):
        raise CommandError(
            f"The clock of this machine says {said(now)}: that cannot be right. Set it, and give the command again. "
            "Nothing was changed.",
            FOUND,
        )


def done(work: Coroutine[Any, Any, T]) -> T:
    """What it gave at its end; CommandError where the database cannot be used."""
    try:
        return asyncio.run(work)
    except StoreError as error:
        raise CommandError(str(error), FOUND) from None


def counted(number: int, what: str, many: str = "") -> str:
    """1 message, 2 messages, 1,000 messages."""
    return f"{number:,} {what if number == 1 else many or what + 's'}"


def money(cost: Decimal, currency: str) -> str:
    """Four places: a part costs less than a cent in many places."""
    return f"{cost:,.4f} {currency}".strip()

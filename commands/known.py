"""What every command that works on a database begins and ends with: the settings, and a sentence where it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import settings
from commands.errors import FOUND, CommandError
from engine.store import StoreError
from settings import Settings

T = TypeVar("T")

CONFIG = Path("dundun.toml")


def settings_in(config: Path) -> Settings:
    """The settings, as far as the database needs them; CommandError with every mistake."""
    try:
        return settings.load(config, serves=False)
    except settings.SettingsError as error:
        raise CommandError(str(error)) from None


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

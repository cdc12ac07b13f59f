"""How a phone line is named: one number has one address, however a gateway, a list or a person writes it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumberFormat

from engine.vault import Vault

PHONE, NAME = "phone", "name"
_REMEMBERED = 20_000
_NOWHERE = "ZZ"
"""The country of a number that has to say its own."""


class Address(NamedTuple):
    """`kind`: phone, or name for a sender without a number (a short code, a bank).  `key` finds it; `text` says it."""

    kind: str
    key: str
    text: str


def key_of(vault: Vault, kind: str, text: str) -> str:
    """By which an address is found; `text` as `Address` has it."""
    return vault.digest(f"{kind} {text}")


class Addresses:
    """Makes addresses; `region` is the country (two letters) of numbers without a country code."""

    def __init__(self, vault: Vault, region: str) -> None:
        self._vault = vault
        self._region = region
        self.of = lru_cache(_REMEMBERED)(self._of)

    def phone(self, written: str) -> Address | None:
        """The address of a phone number as a person writes it, None where it is none."""
        found = self.of(written)
        return found if found.kind == PHONE else None

    def _of(self, written: str) -> Address:
        number = normalise(written, self._region)
        kind, text = (NAME, written.strip()) if number is None else (PHONE, number)
        return Address(kind, key_of(self._vault, kind, text), text)


def normalise(written: str, region: str) -> str | None:
    """The number in the form +231770000001, None where no phone can have it."""
    for attempt in (written, f"+{written.strip()}"):
        try:
            number = phonenumbers.parse(attempt, region)
        except NumberParseException:
            continue
        if phonenumbers.is_possible_number(number) and not phonenumbers.is_alpha_number(attempt):
            return phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return None


def like(written: str, known: str) -> str:
    """A number as its owner types it, in the form of one that he has: `0770000077` beside +231… is +231770000077."""
    try:
        region = phonenumbers.region_code_for_number(phonenumbers.parse(known, None))
    except NumberParseException:
        region = None
    return normalise(written, region or _NOWHERE) or written


def is_whole(written: str) -> bool:
    """Is it a number as `normalise` writes it, which some phone can have?"""
    return normalise(written, _NOWHERE) == written

"""A row of a list of workers, read: either a record with its lines, or a sentence that says why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.addresses import Address, Addresses
from engine.facts import Record
from engine.values import Packed

_NO_PHONE = (["none"], ["-"])
"""What is written where a worker has no phone any more; an empty cell leaves him those that he has."""

_NOT_IN_RECORD = ("groups", "pin", "phones")


@dataclass(slots=True)
class Newcomer:
    """A worker as a list gives him: only the fields that it has.  `groups` None: the list does not speak of them.

    `addresses`: all his phones, the first one first; None where the list does not speak of them, none where it says so.
    """

    worker_id: str
    record: Record
    addresses: list[Address] | None = None
    groups: list[str] | None = None
    pin: str = ""


def read_record(given: Mapping[str, Packed], addresses: Addresses) -> Newcomer | str:
    """The newcomer, or the sentence."""
    worker_id = _text(given.get("id"))
    if not worker_id:
        return "A worker without an id cannot be kept: give every row a value in the column id."
    pin = _text(given.get("pin"))
    if pin and not (pin.isascii() and pin.isdigit()):
        return f"Worker {worker_id}: the PIN is not made of digits."
    lines: list[Address] = []
    phones = _listed(given.get("phones")) or _listed(given.get("phone"))
    none = [phone.lower() for phone in phones] in _NO_PHONE
    for written in [] if none else phones:
        address = addresses.phone(written)
        if address is None:
            return f"Worker {worker_id}: the phone number cannot be a real one. Write it like +231770000001."
        lines.append(address)
    record = _record(given, worker_id, lines)
    groups = _listed(given["groups"]) if "groups" in given else None
    return Newcomer(worker_id, record, list(dict.fromkeys(lines)) if phones else None, groups, pin)


def merged(old: Record, new: Record) -> Record:
    """The record after a list: what the list leaves empty stays; the fields that flows count on are always there."""
    record = {**old, **{name: value for name, value in new.items() if value not in (None, "") or name not in old}}
    name = _text(record.get("name"))
    first = name.split()[0] if name else ""
    if not record.get("first_name") or (new.get("name") and not new.get("first_name")):
        record["first_name"] = first
    return {"name": "", "phone": "", "language": "", **record}


def _record(given: Mapping[str, Packed], worker_id: str, lines: list[Address]) -> Record:
    record = {name: value for name, value in given.items() if name not in _NOT_IN_RECORD}
    record["id"] = worker_id
    if lines:
        record["phone"] = lines[0].text
    else:
        record.pop("phone", None)
    return record


def _text(value: Packed) -> str:
    return value.strip() if isinstance(value, str) else str(value) if isinstance(value, int) else ""


def _listed(value: Packed) -> list[str]:
    """Texts of a list, or of a text with commas."""
    items = value if isinstance(value, list) else str(value).split(",") if value not in (None, "") else []
    return [text for item in items if (text := _text(item))]

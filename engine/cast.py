"""The made-up people of tests and of `chat`: always the same, so a test means the same everywhere (RULES T2, T9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.facts import Facts, Record

PIN = "4321"
_CLINIC: Record = {
    "code": "BNG-07",
    "name": "Gbarnga Clinic",
    "type": "clinic",
    "district": "Bong",
    "dhis2_id": "DiszpKrYNg8",
}


@dataclass(slots=True)
class Member:
    """One person of the cast: the record, the facility, and the PIN ("" for none)."""

    record: Record
    facility: Record = field(default_factory=lambda: dict(_CLINIC))
    pin: str = PIN
    groups: tuple[str, ...] = ()
    zone: str = "UTC"


def _member(key: str, name: str, language: str, number: int, facility: Record) -> Member:
    record: Record = {
        "id": key,
        "name": name,
        "first_name": name.split()[0],
        "phone": f"+2317700000{number:02}",
        "language": language,
        "cadre": "nurse",
        "job": "nurse",
        "district": facility["district"],
        "supervisor": f"supervisor of {key}",
    }
    return Member(record, facility)


def facilities() -> dict[str, Record]:
    """The facilities where they work, by code."""
    kpando: Record = {**_CLINIC, "code": "NIM-02", "name": "Kpando Health Post", "district": "Nimba"}
    adama: Record = {**_CLINIC, "code": "ADM-11", "name": "Adama Clinic", "district": "Adama"}
    return {str(place["code"]): place for place in (dict(_CLINIC), kpando, adama)}


def cast() -> dict[str, Member]:
    """Moses (English), Fatou (French) and Abebe (Amharic), each with a facility and a supervisor."""
    places = facilities()
    members = [
        _member("moses", "Moses Flomo", "en", 1, dict(_CLINIC)),
        _member("fatou", "Fatou Diallo", "fr", 2, places["NIM-02"]),
        _member("abebe", "Abebe Bekele", "am", 3, places["ADM-11"]),
    ]
    return {str(member.record["id"]): member for member in members}


def supervisor_of(member: Member) -> Record:
    """The made-up supervisor of somebody of the cast."""
    return {
        "id": member.record["supervisor"],
        "name": "Grace Kollie",
        "first_name": "Grace",
        "phone": "+231770000099",
        "language": "en",
    }


def somebody(name: str) -> Record:
    """The one made-up person of a role or a group (RULES T9)."""
    return {"id": name, "name": name, "first_name": name, "phone": "+231770000098", "language": "en"}


def made_up(record: Record, colleague: Member) -> Member:
    """Somebody of whom only the record is known, in the facility of a colleague."""
    return Member({"supervisor": f"supervisor of {record['id']}", **record}, colleague.facility, zone=colleague.zone)


def facts_of(member: Member) -> Facts:
    """What a step may know of a member of the cast; the supervisor is the one other person known."""
    boss = supervisor_of(member)
    known = {str(boss["id"]): boss}
    return Facts(member.record, member.facility, known, member.groups, member.zone, has_pin=bool(member.pin))


def with_fields(member: Member, fields: Mapping[str, str]) -> Member:
    """The member with some fields otherwise, as `start with worker.language = fr` and `test worker` write them."""
    record, facility, pin, zone = dict(member.record), dict(member.facility), member.pin, member.zone
    for name, value in fields.items():
        if name == "pin":
            pin = value
        elif name == "zone":
            zone = value
        elif name.startswith("facility."):
            facility[name.removeprefix("facility.")] = value
        else:
            record[name] = value
    if "name" in fields and "first_name" not in fields:
        record["first_name"] = fields["name"].split()[0] if fields["name"].strip() else ""
    if "name" not in fields and {"first_name", "last_name"} & set(fields):
        record["name"] = " ".join(fields[part] for part in ("first_name", "last_name") if fields.get(part))
    return Member(record, facility, pin, member.groups, zone)

"""Whom `tell` means: a target is resolved to workers when the message goes, by the registry as it is then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select, bindparam, select

from engine import schema

_worker, _member = schema.worker, schema.membership
_asking = _worker.alias("asking")

_SUPERVISOR = select(_asking.c.supervisor).where(_asking.c.worker_id == bindparam("sender"), _asking.c.supervisor != "")
_GROUP = select(_member.c.worker_id).where(_member.c.group_name == bindparam("name")).order_by(_member.c.worker_id)
_AT = (
    select(_worker.c.worker_id)
    .where(_worker.c.job == bindparam("name"), _worker.c.facility == bindparam("facility"))
    .order_by(_worker.c.worker_id)
)
_IN = (
    select(_worker.c.worker_id)
    .where(_worker.c.job == bindparam("name"), _worker.c.district == bindparam("district"))
    .order_by(_worker.c.worker_id)
)
_HOME = select(_worker.c.facility, _worker.c.district).where(_worker.c.worker_id == bindparam("sender"))
_DISTRICT = select(schema.facility.c.district).where(schema.facility.c.code == bindparam("facility"))


def resolve(connection: Connection, target: Mapping[str, Any], sender: str | None) -> list[str]:
    """The ids of the workers whom the target means; none where there is no such person.

    A role is held at the facility that the target names, else at the sender's own, else in its district.
    """
    match target.get("kind"):
        case "worker":
            return [str(target["worker"])] if target.get("worker") else []
        case "supervisor":
            return _ids(connection, _SUPERVISOR, sender=sender)
        case "group":
            return _ids(connection, _GROUP, name=str(target.get("name", "")))
        case "role":
            return _holders(connection, target, sender)
        case _:
            return []


def _holders(connection: Connection, target: Mapping[str, Any], sender: str | None) -> list[str]:
    name = str(target.get("name", ""))
    facility, district = str(target.get("facility") or ""), ""
    home = (connection.execute(_HOME, {"sender": sender})).first()
    if home is not None and facility in ("", home.facility):
        facility, district = home.facility, home.district
    if facility and (found := _ids(connection, _AT, name=name, facility=facility)):
        return found
    district = district or connection.scalar(_DISTRICT, {"facility": facility}) or ""
    return _ids(connection, _IN, name=name, district=district) if district else []


def _ids(connection: Connection, statement: Select[str], **bound: str | None) -> list[str]:
    return list(connection.scalars(statement, bound))

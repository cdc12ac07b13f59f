"""A database of a server knows where it stands: what was copied there, by whatever program, is on hold once opened.

So a restore that was killed before its last word, a copy for training, and a database that moved send nothing by
themselves.
"""

from __future__ import annotations

from sqlalchemy import Connection, bindparam, select, text

from engine import held, schema
from engine.sets import put

_NAME = "stands"
_REASON = (
    "It stands on another server, or in another database, than when it was used last: it was restored or copied. "
    "Of two that are the same, only one may send."
)
_MAY_ASK = text("SELECT has_function_privilege('pg_control_system()', 'execute')")
_SERVER = text("SELECT system_identifier FROM pg_control_system()")
_HERE = text(
    "SELECT oid AS number, CAST(extract(epoch FROM now()) * 1000 AS bigint) AS now "
    "FROM pg_database WHERE datname = current_database()"
)
_KNOWN = select(schema.meta.c.value).where(schema.meta.c.name == bindparam("name"))
_PUT = put(schema.meta, ["name"], ["value"])


def look(connection: Connection) -> None:
    """Is it where it was?  Else it is on hold from now on; a file has no place that tells anything."""
    if connection.dialect.name != "postgresql":
        return
    here = connection.execute(_HERE).one()
    place = f"{connection.scalar(_SERVER) if connection.scalar(_MAY_ASK) else ''}/{here.number}"
    known = connection.scalar(_KNOWN, {"name": _NAME})
    if known == place:
        return
    now_held = held.state(connection).hold
    if known is not None and not (now_held and now_held.everything):
        held.hold(connection, held.RESTORED, _REASON, here.now)
    connection.execute(_PUT, {"name": _NAME, "value": place})

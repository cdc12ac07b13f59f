"""Lines that changed under their conversations: a timer that is due now lets the box look after each of them.

So whoever writes of a line needs to know nothing of conversations, and no crash in between loses one.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import BigInteger, Connection, literal_column, select

from engine import schema
from engine.box import TIDY
from engine.sets import BOX, each, listed, many, put

_session = schema.session
_lines = each("lines", {**BOX, "line_id": BigInteger})
_THERE = (
    select(_session.c.bucket, _session.c.box_id, _session.c.session_id)
    .join_from(
        _lines,
        _session,
        (_session.c.bucket == _lines.c.bucket)
        & (_session.c.box_id == _lines.c.box_id)
        & (_session.c.line_id == _lines.c.line_id),
    )
    .where(_session.c.status != literal_column("'ended'"))  # written out: so the index over open ones is used
)
_PUT = put(schema.timer, ["bucket", "box_id", "session_id", "name"], ["due_at"])


def look_after(connection: Connection, lines: Iterable[tuple[int, int, int]], now: int) -> None:
    """Let the open conversations on these lines (bucket, box, line) see whether they can go on there.

    Their boxes are locked.
    """
    keys = sorted(set(lines))
    if keys:
        rows = connection.execute(_THERE, {"lines": listed(keys)}).all()
        timer = {"name": TIDY, "guard": None, "after": None, "due_at": now}
        many(connection, _PUT, [{**row._asdict(), **timer} for row in rows])

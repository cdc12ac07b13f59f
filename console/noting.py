"""What a command did by itself, reading only, is noted in the audit by whoever may write."""

from __future__ import annotations

import msgspec

from console.errands import Desk, Errand
from engine import audit
from engine.audit import Entry


class Note(msgspec.Struct, frozen=True):
    """`what`: one word, like export.  `detail`: a sentence."""

    what: str
    detail: str = ""


class Noted(msgspec.Struct, frozen=True):
    """It stands there."""


async def _run(desk: Desk, note: Note) -> Noted:
    entry = Entry(desk.actor, note.what, note.detail)
    await desk.store.write(lambda c: audit.note(c, desk.store.vault, entry, desk.clock.now()))
    return Noted()


NOTE = Errand("note", Note, Noted, _run)

"""The disk is lost, and all goes on from a backup, on hold: what comes in is stored, and nothing leaves until a resume.

The backup and the restore are the engine's own, on real files; the simulated disk is written there and read back.
"""

from __future__ import annotations

import base64
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from engine import backup, held, restoring, schema, vault
from tests.simulation.acts.act import Act, expect
from tests.simulation.country import NUMBERS
from tests.simulation.disk import drive, replaced
from tests.simulation.processes import Process
from tests.simulation.witness import Witness

if TYPE_CHECKING:
    from tests.simulation.world import World

LOST_AFTER = (3.0, 20.0, 120.0, 400.0)
"""Seconds after the backup, at most, in which all goes on, and is lost."""
RESUMED_AFTER = (30.0, 200.0, 700.0)
"""Seconds on hold, at most."""
WRITTEN = 12
"""Texts that people send meanwhile."""
_KEY = bytes(32)
_BROUGHT_ABOUT = {
    "a message or a call left": "SELECT count(*) FROM attempt",
    "a timer fired": "SELECT count(*) FROM event WHERE kind IN ('fire', 'timed_out')",
    "a schedule came round": "SELECT count(*) FROM schedule_run",
}
"""What only time or an owner brings about."""


class Restoring(Act):
    """`restored`: the backup is in its place.  `resumed`: the hold has ended."""

    restored = False
    resumed = False

    def __init__(self, world: World, chance: Random) -> None:
        super().__init__(world, chance)
        self._image = b""
        self._known: Witness | None = None
        self._before: dict[str, int] = {}
        self._taken_in: set[str] = set()

    def plan(self, active: float) -> None:
        copied = self.chance.random() * active * 0.8
        self.world.later(copied, self._back_up)
        lost = min(copied + self.chance.choice(LOST_AFTER) * self.chance.random(), active)
        self.world.later(lost + 0.001, self._lose)

    def committed(self) -> None:
        if self.restored and not self.resumed:
            for what, many in _counted().items():
                expect(many <= self._before[what], f"hold: {what} on hold, {many - self._before[what]} times")

    def restless(self) -> bool:
        return not self.resumed

    def conclude(self) -> None:
        expect(bool(self._taken_in), "hold: nothing was taken in on hold")

    def _back_up(self) -> None:
        """As `dundun backup` does: a copy of one moment, while others write."""
        self.world.witness.look()
        with TemporaryDirectory() as folder:
            disk, copy = Path(folder, "dundun.sqlite"), Path(folder, "monday.backup")
            disk.write_bytes(_disk())
            backup.backup(disk, copy, self.world.now(), "This is a backup.")
            self._image = copy.read_bytes()
        self._known = self.world.witness.remembered()

    def _lose(self) -> None:
        """All processes end with the disk, and begin again with what `dundun restore` made."""
        assert self._known is not None
        for process in [*self.world.processes]:
            self.world.processes.crash(process)
        with TemporaryDirectory() as folder:
            disk, copy, key = (Path(folder, name) for name in ("dundun.sqlite", "monday.backup", "dundun.key"))
            copy.write_bytes(self._image)
            key.write_text(_key_file(), encoding="ascii")
            restoring.restore(copy, disk, key, self.world.now(), "20250303", backup.silent)
            replaced(disk)
        self.world.witness.restored(self._known)
        self._before = _counted()
        self.restored = True
        for number in range(WRITTEN):
            self.world.later(self.chance.random() * 60, lambda n=number: self._write(n))
        self.world.later(self.chance.choice(RESUMED_AFTER) * (1 + self.chance.random()) / 2, self._resume)

    def _write(self, number: int) -> None:
        self.world.write(self.world.phone(self.chance.choice(NUMBERS)), f"hold{number}")

    def _resume(self) -> None:
        """Somebody looks around first: was anything taken in?"""
        known = self._known.yes if self._known is not None else set()
        self._taken_in = self.world.witness.yes - known
        if not self._taken_in:
            self.world.later(30, self._resume)
            return

        async def resume(process: Process) -> None:
            def release(connection: Connection) -> None:
                found = held.state(connection).hold
                lifted = self.resumed or (found is not None and found.everything)
                expect(lifted, f"hold: it was restored, and is not on hold ({found})")
                held.release(connection, process.clock.now())
                self.resumed = True

            await process.store.write(release)
            process.runtime.wake()

        self.world.until_heard(resume)


def _counted() -> dict[str, int]:
    return {what: drive().raw.execute(sql).fetchone()[0] for what, sql in _BROUGHT_ABOUT.items()}


def _disk() -> bytes:
    """The simulated disk, with what every real one has had since it was made."""
    with closing(sqlite3.connect(":memory:")) as copy:
        copy.deserialize(drive().raw.serialize())
        proof = vault.Vault(_KEY).seal("meta", 0, "proof", b"dundun").hex()
        rows = [("schema", str(schema.VERSION)), ("proof", proof)]
        copy.executemany("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", rows)
        copy.commit()
        return copy.serialize()


def _key_file() -> str:
    return f"{vault._HEAD}{vault._KEY_ID}:{base64.b64encode(_KEY).decode()}\n"

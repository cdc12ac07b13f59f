"""Backups of a PostgreSQL database by its own programs; no password stands where other users of the machine see it."""

from __future__ import annotations

import asyncio
import os
import shutil
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping
from pathlib import Path

from sqlalchemy import Connection, inspect, make_url

from engine import anchoring, founding, held, schema, whereabouts
from engine.opening import name_of, once
from engine.postgres import heard
from engine.store import StoreError

DUMP, RESTORE = "pg_dump", "pg_restore"


def dump_command(url: str, file: Path) -> list[str]:
    """What makes the backup; its one part that is secret comes by the environment."""
    return [DUMP, "--format=custom", "--no-owner", f"--file={file}", *_where(url)]


def restore_command(url: str, file: Path) -> list[str]:
    """What reads it into an empty database: all of it, or nothing."""
    return [RESTORE, "--no-owner", "--single-transaction", "--exit-on-error", *_where(url), str(file)]


async def dump(url: str, file: Path) -> None:
    """A backup of one moment, while others write; StoreError where it cannot be made."""
    part = file.with_name(file.name + ".part")
    try:
        part.unlink(missing_ok=True)
        part.touch(0o600)
        await _run(dump_command(url, part), url)
        part.replace(file)
    except OSError as error:
        raise StoreError(f"{file} cannot be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)


async def restore(url: str, file: Path, key: Path, now: int, stamp: str) -> None:
    """Read a backup into an empty database, which is then on hold; StoreError where that fails.

    `stamp`: marks the anchors of the database that was used before.
    """
    name = name_of(url)

    def empty(connection: Connection) -> None:
        if set(inspect(connection).get_table_names()) & set(schema.metadata.tables):
            raise StoreError(f"{name} is not empty. Make a new database, set it in dundun.toml, and restore there.")

    def settle(connection: Connection) -> None:
        held.hold(connection, held.RESTORED, f"This database was restored from {file.name}.", now)
        whereabouts.look(connection)

    def check(connection: Connection) -> None:
        founding.version(connection, name)
        founding.unlock(connection, name, key)

    await once(url, empty)
    await _run(restore_command(url, file), url)
    await once(url, settle)  # whatever else is wrong, it sends nothing; killed before, whoever opens it sees to that
    anchoring.set_aside(key, stamp)
    await once(url, check)


def _where(url: str) -> list[str]:
    address = make_url(url)
    parts = {"host": address.host, "port": address.port, "username": address.username, "dbname": address.database}
    return [f"--{name}={value}" for name, value in parts.items() if value]


def _environment(url: str) -> Mapping[str, str]:
    address = make_url(url)
    given = {"PGPASSWORD": address.password, "PGSSLMODE": address.query.get("ssl")}
    return {**os.environ, **{name: str(value) for name, value in given.items() if value}}


async def _run(command: list[str], url: str) -> None:
    program = shutil.which(command[0])
    if program is None:
        raise StoreError(
            f"{command[0]} is not installed here. Install PostgreSQL's programs of your server's version, "
            f"or run this where they are: {' '.join(command)}"
        )
    process = await asyncio.create_subprocess_exec(
        program, *command[1:], env=_environment(url), stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
    )
    try:
        async with heard(url):
            said = (await process.communicate())[1].decode(errors="replace").strip()
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise StoreError(f"{command[0]} failed: {said.splitlines()[-1] if said else _silent(process.returncode)}")


def _silent(code: int) -> str:
    """How a program ended that said nothing; one that was ended by a signal has no word left."""
    if code > 0:
        return f"it ended with code {code} and no word. Run it by hand to see why."
    return f"it was ended from outside, by signal {-code}. If nobody did, look whether memory ran out; then try again."

"""What a database needs before anybody works on it: our tables of our version, and the key that it was written with."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, bindparam, insert, inspect, select, text

from engine import anchoring, schema, whereabouts
from engine.store import NothingError, StoreError
from engine.vault import Vault, VaultError, make_key_file, read_key_file

_PROOF = b"dundun"
_NAMED = 3
"""So many tables of another program are named: they tell whose it is."""

# What extensions make in every database, such as PostGIS, is no other program's.
_POSTGRES_TABLES = text(
    "SELECT relname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "WHERE nspname = current_schema() AND relkind IN ('r', 'p') "
    "AND NOT EXISTS (SELECT 1 FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"
)
_META = select(schema.meta.c.value).where(schema.meta.c.name == bindparam("name"))


def found(connection: Connection, name: str, key: Path) -> tuple[Vault, Path | None]:
    """Check the database, or make its tables; returns its vault, and the key file if one was made for it."""
    try:
        if has_tables(connection):
            vault = check(connection, name, key)
            whereabouts.look(connection)
            return vault, None
        nobody_elses(connection, name)
        _nothing_before(name, key)
        vault, made = (read_key_file(key), None) if key.exists() else (make_key_file(key), key)
    except VaultError as error:
        raise StoreError(str(error)) from None
    except OSError as error:
        raise StoreError(f"The key file {key} cannot be made: {error.strerror}. May we write there?") from None
    _make(connection, vault)
    return vault, made


def nobody_elses(connection: Connection, name: str) -> None:
    """StoreError where another program has its tables: ours would stand between them."""
    theirs = [] if has_tables(connection) else sorted(_tables(connection))
    if theirs:
        named = ", ".join(theirs[:_NAMED]) + (", …" if len(theirs) > _NAMED else "")
        raise StoreError(
            f"{name} belongs to another program: it holds the tables {named}. Nothing was changed there. "
            "Give Dundun a database of its own."
        )


def _tables(connection: Connection) -> list[str]:
    if connection.dialect.name == "postgresql":
        return list(connection.scalars(_POSTGRES_TABLES))
    return inspect(connection).get_table_names()


def _nothing_before(name: str, key: Path) -> None:
    """Where a database was that is gone, such as with a disk that is not there, none begins anew unasked."""
    file = anchoring.file_beside(key)
    if anchoring.kept(file):
        raise StoreError(
            f"{name} is empty or gone, but {file} shows that there was one. Put a backup in its place: dundun restore "
            f"FILE. To begin with nothing, move {file} away first."
        )


def check(connection: Connection, name: str, key: Path) -> Vault:
    """The vault of a database that is there; StoreError where it is not ours, or the key is not its own."""
    if version(connection, name) < schema.VERSION:
        raise StoreError(f"{name} was written by an older Dundun. Stop every server that uses it, then: dundun migrate")
    return unlock(connection, name, key)


def version(connection: Connection, name: str) -> int:
    """Which version its tables are of, today's or older; StoreError where a newer Dundun wrote them."""
    if not has_tables(connection):
        raise NothingError(f"{name} is not a database of Dundun, or it is empty. Give the right one.")
    found = int(connection.scalar(_META, {"name": "schema"}) or schema.VERSION + 1)
    if found > schema.VERSION:
        raise StoreError(f"{name} was written by a newer Dundun. Use that version, or a database of its own.")
    return found


def unlock(connection: Connection, name: str, key: Path) -> Vault:
    """The vault of a database of any version; StoreError where the key is not its own."""
    try:
        vault = read_key_file(key)
    except VaultError as error:
        raise StoreError(str(error)) from None
    try:
        vault.open("meta", 0, "proof", bytes.fromhex(connection.scalar(_META, {"name": "proof"}) or ""))
    except VaultError:
        raise StoreError(
            f"{name} was written with another key than the one in {key}. Put the right key back."
        ) from None
    return vault


def has_tables(connection: Connection) -> bool:
    """Has anybody made our tables here?"""
    seen = inspect(connection)
    if not seen.has_table(schema.meta.name):
        return False
    return {column["name"] for column in seen.get_columns(schema.meta.name)} >= set(schema.meta.c.keys())


def _make(connection: Connection, vault: Vault) -> None:
    schema.metadata.create_all(connection)
    proof = vault.seal("meta", 0, "proof", _PROOF).hex()
    rows = [{"name": "schema", "value": str(schema.VERSION)}, {"name": "proof", "value": proof}]
    connection.execute(insert(schema.meta), rows)
    whereabouts.look(connection)

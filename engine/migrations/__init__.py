"""From each version of the tables to the next, one module a version; a database that took them all is as a new one.

Alembic writes the statements.  Which version a database has stands in its table `meta` alone, and a new database is
made whole, from `engine.schema`.
"""

from __future__ import annotations

from collections.abc import Callable

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, MetaData, column, table, update

from engine import schema
from engine.migrations import v1, v2, v3
from engine.vault import Vault

STEPS: dict[int, Callable[[Operations, Vault], None]] = {1: v1.upgrade, 2: v2.upgrade, 3: v3.upgrade}
"""What makes each version out of the one before."""

_meta = table("meta", column("name"), column("value"))


def upgrade(connection: Connection, vault: Vault, have: int) -> None:
    """From version `have` to today's, in the transaction of the caller."""
    names = MetaData(naming_convention=schema.metadata.naming_convention)
    operations = Operations(MigrationContext.configure(connection, opts={"target_metadata": names}))
    for version in range(have + 1, schema.VERSION + 1):
        STEPS[version](operations, vault)
    connection.execute(update(_meta).where(_meta.c.name == "schema").values(value=str(schema.VERSION)))

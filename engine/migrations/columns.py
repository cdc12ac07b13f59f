"""Columns and indexes as migrations write them; what stands here means the same for ever, for old migrations use it."""

from __future__ import annotations

from typing import Any

from alembic.operations import Operations
from sqlalchemy import BigInteger, Column, Integer, text
from sqlalchemy.types import TypeEngine

_Kind = type[TypeEngine[Any]]


def key(name: str, kind: _Kind = BigInteger) -> Column[Any]:
    """A column of the primary key."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def need(name: str, kind: _Kind = BigInteger, default: str | None = None) -> Column[Any]:
    """A column that always has a value; a table that has rows already needs the default."""
    return Column(name, kind, nullable=False, server_default=default)


def may(name: str, kind: _Kind = BigInteger) -> Column[Any]:
    """A column that may be empty."""
    return Column(name, kind, nullable=True)


def box_key() -> tuple[Column[Any], Column[Any]]:
    """What the key of a hot table begins with."""
    return key("bucket", Integer), key("box_id")


def index(op: Operations, name: str, table: str, columns: list[str], *, where: str = "", unique: bool = False) -> None:
    """An index, over the rows that `where` says."""
    if not where:
        op.create_index(name, table, columns, unique=unique)
        return
    op.create_index(name, table, columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))

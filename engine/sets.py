"""Sets of keys in a statement: one bound list of rows, joined like a table, however many they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Integer, Subquery, Text, bindparam, func, select
from sqlalchemy.types import TypeEngine

BOX: dict[str, Any] = {"bucket": Integer, "box_id": BigInteger}
"""The columns that every hot key begins with."""


def each(name: str, columns: dict[str, type[TypeEngine[Any]]]) -> Subquery:
    """The rows that are bound to `name` by `listed`, as a table with these columns."""
    rows = func.json_each(bindparam(name, type_=Text)).table_valued("value", name=f"each_{name}")
    cells = (
        func.json_extract(rows.c.value, f"$[{place}]", type_=kind()).label(column)
        for place, (column, kind) in enumerate(columns.items())
    )
    return select(*cells).subquery(f"{name}_rows")


def listed(rows: Iterable[Sequence[int | str]]) -> str:
    """Rows of whole numbers and texts as the value of such a bound list."""
    return msgspec.json.encode(list(rows)).decode()

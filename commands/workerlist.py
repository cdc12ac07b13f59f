"""A list of workers in a CSV file: every spreadsheet's letters and separators are read, and no row is guessed at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from commands.errors import CommandError
from engine.facts import Record

FACILITY = "facility."
"""Columns that begin so are about the facility whose code stands in the column `facility`."""


@dataclass(frozen=True, slots=True)
class WorkerList:
    """Rows as the registry takes them: fields by name, empty ones left out; each facility once."""

    workers: list[Record]
    facilities: list[Record]


def read(file: Path, columns: Mapping[str, str]) -> WorkerList:
    """The rows of `file`; `columns`: what the file calls it → field.  Raises CommandError with all wrong rows."""
    table = _table(file)
    header = _header(file, next(table, []), columns)
    rows: list[dict[str, str]] = []
    faults: list[str] = []
    for number, cells in enumerate(table, 2):
        if any(cells) and len(cells) != len(header):
            faults.append(f"{file}, row {number}: {len(cells)} cells, where the first row has {len(header)}.")
        rows.append({name: cell.strip() for name, cell in zip(header, cells, strict=False) if name and cell.strip()})
    if faults:
        raise CommandError("\n".join(faults))
    return _divided([row for row in rows if row])


def _divided(rows: list[dict[str, str]]) -> WorkerList:
    facilities: dict[str, dict[str, str]] = {}
    for row in rows:
        about = {name.removeprefix(FACILITY): row.pop(name) for name in list(row) if name.startswith(FACILITY)}
        if "facility" in row:
            facilities.setdefault(row["facility"], {"code": row["facility"]}).update(about)
    return WorkerList([{**row} for row in rows], [{**facility} for facility in facilities.values()])


def _header(file: Path, cells: list[str], columns: Mapping[str, str]) -> list[str]:
    named = {_plain(written): field for written, field in columns.items()}
    header = [named.get(_plain(cell), _plain(cell)) for cell in cells]
    missing = sorted(set(named.values()) - set(header))
    if missing:
        raise CommandError(f"{file}: no column can be {' or '.join(missing)}. Its columns are: {', '.join(cells)}.")
    if "id" not in header:
        raise CommandError(
            f"{file} has no column id, by which a worker is known for good. If it has another name: --map NAME=id"
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        raise CommandError(f"{file}: there are two columns {twice[0]}. Rename one of them.")
    return header


def _plain(name: str) -> str:
    return "_".join(name.strip().lower().split())


def _table(file: Path) -> Iterator[list[str]]:
    text = _text(file)
    first = text.partition("\n")[0]
    separator = max(",;\t|", key=first.count)
    return csv.reader(io.StringIO(text, newline=""), delimiter=separator)


def _text(file: Path) -> str:
    try:
        data = file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None
    if data.startswith(b"PK"):
        raise CommandError(
            f"{file} is a workbook. In Excel or LibreOffice, save it as CSV (UTF-8), and give that file."
        )
    for encoding in ("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CommandError(f"{file} is not a text file. Save it as CSV (UTF-8).")

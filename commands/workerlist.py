"""A list of workers in a CSV file: every spreadsheet's letters and separators are read, and no row is guessed at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from commands.errors import CommandError
from engine.facts import Record

FACILITY = "facility."
"""Columns that begin so are about the facility whose code stands in the column `facility`."""


_WHO = {"id", "name", "first_name", "phone", "phones", "language", "pin"}
_WHERE = {"job", "cadre", "facility", "district", "supervisor", "groups", "zone"}
KNOWN = _WHO | _WHERE
"""Columns that everybody has; any other becomes a field of its own."""


@dataclass(frozen=True, slots=True)
class WorkerList:
    """Rows as the registry takes them: fields by name, empty ones left out; each worker and each facility once.

    `total`: how many rows there are.  `problems`: a sentence for each that is left out.  `own`: the columns, as the
    file calls them, that are no known words.
    """

    workers: list[Record]
    facilities: list[Record]
    total: int = 0
    problems: list[str] = field(default_factory=list)
    own: list[str] = field(default_factory=list)


def read(file: Path, columns: Mapping[str, str]) -> WorkerList:
    """The rows of `file`; `columns`: what the file calls it → field.  Raises CommandError with all wrong rows."""
    table = _table(file)
    written = next(table, [])
    header = _header(file, written, columns)
    rows: dict[int, dict[str, str]] = {}
    faults: list[str] = []
    for number, cells in enumerate(table, 2):
        if any(cells) and len(cells) != len(header):
            faults.append(f"{file}, row {number}: {len(cells)} cells, where the first row has {len(header)}.")
        row = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if name and cell.strip()}
        if row:
            rows[number] = row
    if faults:
        raise CommandError("\n".join(faults))
    whole, problems = _told_apart(rows)
    mapped = {*columns.values()}
    own = [cell for cell, name in zip(written, header, strict=True) if name and not _is_known(name, mapped)]
    workers, facilities = _divided(whole)
    return WorkerList(workers, facilities, len(rows), problems, own)


def _is_known(name: str, mapped: set[str]) -> bool:
    return name in KNOWN or name in mapped or name.startswith(FACILITY)


def _told_apart(rows: Mapping[int, dict[str, str]]) -> tuple[list[dict[str, str]], list[str]]:
    """Each worker once, by the last of his rows; and what is to be said of the others."""
    numbers: dict[str, list[int]] = {}
    problems = []
    for number, row in rows.items():
        if "id" in row:
            numbers.setdefault(row["id"], []).append(number)
        else:
            problems.append(f"Row {number} has no id, by which a worker is known for good: give it one.")
    for worker, those in numbers.items():
        if len(those) > 1:
            listed = " and ".join((", ".join(map(str, those[:-1])), str(those[-1])))
            problems.append(f"Worker {worker} stands in rows {listed}; row {those[-1]} counts. Take the others out.")
    return [rows[those[-1]] for those in numbers.values()], problems


def _divided(rows: list[dict[str, str]]) -> tuple[list[Record], list[Record]]:
    """The workers, and the facilities that their rows speak of."""
    facilities: dict[str, dict[str, str]] = {}
    for row in rows:
        about = {name.removeprefix(FACILITY): row.pop(name) for name in list(row) if name.startswith(FACILITY)}
        if "facility" in row:
            facilities.setdefault(row["facility"], {"code": row["facility"]}).update(about)
    return [{**row} for row in rows], [{**facility} for facility in facilities.values()]


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

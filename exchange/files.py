"""Tables as files: a file appears under its name when it is whole, and an export that fails leaves none behind."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Protocol, Self

import msgspec

from engine.values import Duration, Value
from exchange.cells import cell


class Rows(Protocol):
    """Writes the rows of one table, whose columns it was made with."""

    def write(self, row: Sequence[Value]) -> None:
        """One row; its values in the order of the columns."""
        ...


class CsvRows:
    """A spreadsheet's rows; a value that could do something there is made a text."""

    def __init__(self, file: IO[str], columns: Sequence[str]) -> None:
        self._writer = csv.writer(file)
        self._writer.writerow(columns)

    def write(self, row: Sequence[Value]) -> None:
        """One line."""
        self._writer.writerow([cell(value) for value in row])


class JsonRows:
    """One object a line, for programs: numbers are numbers, what is empty is null."""

    def __init__(self, file: IO[str], columns: Sequence[str]) -> None:
        self._file = file
        self._columns = columns

    def write(self, row: Sequence[Value]) -> None:
        """One line."""
        made = _json.encode(dict(zip(self._columns, map(_plain, row), strict=True)))
        self._file.write(made.decode() + "\n")


_json = msgspec.json.Encoder(decimal_format="number")


def _plain(value: Value) -> Value:
    return cell(value) if isinstance(value, Duration) else value


FORMATS: dict[str, tuple[Callable[[IO[str], Sequence[str]], Rows], str]] = {
    "csv": (CsvRows, "utf-8-sig"),  # the mark lets Excel see that it is UTF-8
    "jsonl": (JsonRows, "utf-8"),
}


class Files:
    """The files of one export in `folder`: written beside their names, and renamed when all went well."""

    def __init__(self, folder: Path, kind: str) -> None:
        self._folder = folder
        self._kind = kind
        self._open: dict[Path, IO[str]] = {}

    @property
    def paths(self) -> list[Path]:
        """The files, in the order in which they were begun."""
        return list(self._open)

    def table(self, name: str, columns: Sequence[str]) -> Rows:
        """Begin the file NAME.KIND with these columns."""
        make, encoding = FORMATS[self._kind]
        path = self._folder / f"{name}.{self._kind}"
        handle = os.open(_part(path), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)  # answers are for whoever exports
        file = os.fdopen(handle, "w", encoding=encoding, newline="")
        self._open[path] = file
        return make(file, columns)

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for file in self._open.values():
                file.close()
            if kind is None:
                for path in self._open:
                    _part(path).replace(path)
        finally:
            for path, file in self._open.items():
                with suppress(OSError):
                    file.close()
                _part(path).unlink(missing_ok=True)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")

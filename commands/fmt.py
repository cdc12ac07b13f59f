"""`dundun fmt`: flow files in their canonical form; a file with a mistake stays as it is, and its mistakes are told."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from rich.console import Console

from commands import findings
from commands.errors import FOUND, CommandError
from commands.rewriting import replace
from grammar.diagnostics import in_order
from grammar.formatter import ChangedError, Formatted, canonical
from grammar.loader import SUFFIX, flow_files

DONE = 0
_OLD_LETTERS = "W001"


class Counts(msgspec.Struct):
    """How many files would change, or did, and how many were left because of a mistake."""

    files: int = 0
    changed: int = 0
    left: int = 0


def fmt(paths: Annotated[tuple[Path, ...], Parameter(consume_multiple=True)], /, *, check: bool = False) -> int:
    """Flow files in their canonical form; what Word did to them is repaired.

    Parameters
    ----------
    paths
        Flow files, and folders with flow files.
    check
        Change nothing; only list the files that would change.
    """
    console = Console(highlight=False, markup=False)
    counts = Counts()
    for path in _files(paths):
        counts.files += 1
        data = _read(path)
        made = _canonical(data, path)
        _tell(console, path, made)
        if made.text is None:
            counts.left += 1
        elif made.text.encode() != data:
            counts.changed += 1
            if not check:
                replace(path, made.text.encode())
            console.print(f"{path} {'would change' if check else 'changed'}", soft_wrap=True)
    console.print(_summary(counts, check), style="bold red" if counts.left else "bold green")
    return FOUND if counts.left or (check and counts.changed) else DONE


def _files(paths: tuple[Path, ...]) -> list[Path]:
    files = flow_files(paths)
    if not files:
        raise CommandError(f"There is no {SUFFIX} file in {', '.join(str(path) for path in paths)}.")
    return files


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from None


def _canonical(data: bytes, path: Path) -> Formatted:
    try:
        return canonical(data, str(path))
    except ChangedError:
        raise CommandError(
            f"{path} cannot be put in order without changing what it says; it is as it was. "
            "Please report this, with the file: it is a mistake of this program, not yours.",
            FOUND,
        ) from None


def _tell(console: Console, path: Path, made: Formatted) -> None:
    """The mistakes because of which a file is left; of one that is not, that its letters were guessed."""
    kept = [found for found in made.findings if made.text is None or found.code == _OLD_LETTERS]
    findings.show(console, in_order(kept), {str(path): made.lines})


def _summary(counts: Counts, check: bool) -> str:
    changed = "would change" if check else "changed"
    said = [f"{counts.changed} {changed}"] if counts.changed else []
    if counts.left:
        said.append(f"{counts.left} left as {'it is' if counts.left == 1 else 'they are'}: mend the mistakes first")
    files = f"{counts.files} file{'' if counts.files == 1 else 's'}"
    return f"{files}: {', '.join(said) or 'all in order'}."

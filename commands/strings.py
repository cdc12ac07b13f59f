"""`dundun strings`: the texts of a flow go out to translators as a sheet, and their translations come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from cyclopts import App
from rich.console import Console

from commands import findings, flows
from commands.errors import FOUND, CommandError
from commands.rewriting import replace
from exchange import catalogues, sheets
from grammar.strings.importing import ChangedError, Taken, take
from grammar.strings.rows import Sheet, SheetError
from grammar.strings.sheet import MistakesError, Texts, lost, sheet_of, texts_of

DONE = 0

app = App(name="strings", help="The texts of a flow, for translators.")

READERS: dict[str, Callable[[bytes], Sheet]] = {
    ".xlsx": sheets.from_xlsx,
    ".csv": sheets.from_csv,
    ".po": catalogues.from_po,
}


@app.command(name="export")
def export(flow: Path, file: Path, /, *, language: str = "") -> int:
    """Write the texts of a flow file with their translations.

    Where FILE is there already, it is the sheet of an earlier export: translations of texts that were edited since
    then are marked as out of date.

    Parameters
    ----------
    flow
        The flow file.
    file
        The sheet: .xlsx, .csv or .po.
    language
        For a .po file, the language of the translations; needed where the flow has several.
    """
    reader = _reader(file)
    texts = _texts(flow)
    older = _sheet(reader, file) if file.exists() else None
    if older is not None and (count := lost(texts, older)):
        raise CommandError(
            f"{file} holds {_count(count, 'translation')} that the flow does not have so. "
            "Import it first, or give the new sheet another name.",
            FOUND,
        )
    sheet = sheet_of(texts, older)
    replace(file, _written(sheet, file, language))
    missing = sum(not text for row in sheet.rows for text in row.texts.values())
    outdated = sum(len(row.stale) for row in sheet.rows)
    _say(
        f"{file}: {_count(len(sheet.rows), 'text')}, {_count(missing, 'translation')} missing, {outdated} out of date."
    )
    return DONE


@app.command(name="import")
def import_(flow: Path, file: Path, /) -> int:
    """Write the translations of a sheet into a flow file; all other lines stay as they are.

    Parameters
    ----------
    flow
        The flow file.
    file
        The sheet, as `strings export` made it: .xlsx, .csv or .po.
    """
    sheet = _sheet(_reader(file), file)
    taken = _take(flow, sheet)
    for sentence in (*taken.problems, *taken.outdated, *taken.unsure):
        _say(sentence)
    if taken.problems:
        raise CommandError(f"{flow} is as it was: mend these rows of {file} first.", FOUND)
    if taken.written:
        replace(flow, taken.data)
    outdated = f", {len(taken.outdated)} out of date" if taken.outdated else ""
    unsure = f", {len(taken.unsure)} fuzzy" if taken.unsure else ""
    _say(f"{flow}: {_count(taken.written, 'translation')} written{outdated}{unsure}.")
    return _checked(flow)


def _checked(flow: Path) -> int:
    """What is wrong with the flow now, for instance a label that is another choice's number."""
    project = flows.read([flow])
    mistakes = [finding for finding in project.findings if finding.severity == "error"]
    findings.show(Console(highlight=False), mistakes, project.lines)
    return FOUND if mistakes else DONE


def _reader(file: Path) -> Callable[[bytes], Sheet]:
    reader = READERS.get(file.suffix.lower())
    if reader is None:
        raise CommandError(f"{file} must end in {', '.join(READERS)}: a spreadsheet, or a file of a translators' tool.")
    return reader


def _written(sheet: Sheet, file: Path, language: str) -> bytes:
    if file.suffix.lower() == ".xlsx":
        return sheets.to_xlsx(sheet)
    if file.suffix.lower() == ".csv":
        return sheets.to_csv(sheet)
    one = language.lower() or (sheet.languages[0] if len(sheet.languages) == 1 else "")
    if one not in sheet.languages:
        raise CommandError(f"Say which language the file is for: --language {' or '.join(sheet.languages)}.")
    return catalogues.to_po(sheet, one)


def _texts(flow: Path) -> Texts:
    try:
        return texts_of(_read(flow), str(flow))
    except SheetError as error:
        raise CommandError(str(error), FOUND) from None
    except MistakesError as error:
        raise _mistaken(error, flow) from None


def _take(flow: Path, sheet: Sheet) -> Taken:
    try:
        return take(_read(flow), str(flow), sheet)
    except SheetError as error:
        raise CommandError(str(error), FOUND) from None
    except MistakesError as error:
        raise _mistaken(error, flow) from None
    except ChangedError:
        raise CommandError(
            f"The translations cannot be written into {flow} as they are; it is as it was. "
            "Please report this, with both files: it is a mistake of this program, not yours.",
            FOUND,
        ) from None


def _mistaken(error: MistakesError, flow: Path) -> CommandError:
    findings.show(Console(stderr=True), error.findings, {str(flow): error.lines})
    return CommandError(f"{findings.counted(error.findings)}: mend the flow first.", FOUND)


def _sheet(reader: Callable[[bytes], Sheet], file: Path) -> Sheet:
    try:
        return reader(_read(file))
    except SheetError as error:
        raise CommandError(f"{file}: {error}", FOUND) from None


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.") from None


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


def _say(sentence: str) -> None:
    Console(highlight=False, markup=False).print(sentence, soft_wrap=True)

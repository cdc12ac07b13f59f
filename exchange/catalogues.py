"""Translation sheets as PO files: one language a file; what is out of date is fuzzy, with the older text beside it."""

from __future__ import annotations

import polib

from grammar.strings.rows import Row, Sheet, SheetError, digits

_BASE = "X-Base-Language"
_FUZZY = "fuzzy"


def to_po(sheet: Sheet, language: str) -> bytes:
    """The texts with their translations into one language; ids are contexts, so that equal texts stay apart."""
    made = polib.POFile(wrapwidth=0)
    made.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": language,
        _BASE: sheet.base,
    }
    for row in sheet.rows:
        text = row.texts.get(language, "")
        entry = polib.POEntry(msgctxt=row.id, msgid=row.base, msgstr=text)
        if row.is_stale(language, text):
            entry.flags.append(_FUZZY)
            entry.previous_msgid = row.before
        made.append(entry)
    return f"{made}\n".encode()


def from_po(data: bytes) -> Sheet:
    """Raises SheetError where this is no PO file that `to_po` could have made, or the ids of its texts were lost."""
    try:
        found = polib.pofile(data.decode("utf-8-sig") + "\n")  # the name of a file would be opened
    except (OSError, ValueError, UnicodeDecodeError):
        raise SheetError("The sheet is not a PO file in UTF-8 that can be read.") from None
    language, base = found.metadata.get("Language", ""), found.metadata.get(_BASE, "")
    if not language or not base:
        raise SheetError(
            f"The head of the PO file must name its `Language` and its `{_BASE}`, as the exported one does."
        )
    entries = _present(found)
    nameless = [entry for entry in entries if not entry.msgctxt]
    if nameless:
        raise SheetError(_without_ids(len(nameless), len(entries), nameless[0].linenum or 0))
    return Sheet(base.lower(), (language.lower(),), tuple(_row(entry, language.lower()) for entry in entries))


def _without_ids(lost: int, entries: int, line: int) -> str:
    """The tool that wrote the file dropped the ids: one sentence for all, and what to do."""
    which = f"{lost} of {entries} entries have" if lost > 1 else "An entry has"
    return (
        f"{which} no line `msgctxt` with the id of its text (the first: line {line}). Some translators' tools leave "
        "it out: have the translator keep those lines, or export an .xlsx file instead."
    )


def _present(found: polib.POFile) -> list[polib.POEntry]:
    """The entries that are in use."""
    return [entry for entry in found if not entry.obsolete]


def _row(entry: polib.POEntry, language: str) -> Row:
    stale = {language: digits(entry.msgstr)} if _FUZZY in entry.flags else {}
    before = (entry.previous_msgid or "") if stale else ""
    return Row(entry.msgctxt or "", entry.msgid, {language: entry.msgstr}, before, stale, f"Line {entry.linenum}")

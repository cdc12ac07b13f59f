"""Bytes become clean lines; what Word, Excel, Notepad and WhatsApp did is undone, and every line keeps its number."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

import msgspec

from grammar.diagnostics import Finding, finding
from grammar.nodes.base import Span

MAX_BYTES = 2_000_000
"""No flow is near this size (the largest known is 80 kB); a file that is was chosen by mistake."""

MAX_LINE = 4_000
"""A text of 4,000 letters is 26 SMS; a longer line is a file that lost its line ends."""

TAB = 4

_BREAK = re.compile(r"\r\n|\r|\n")
_SOFT_BREAK = re.compile("[\v\f\u0085\u2028\u2029]")
_SPACES = {
    ord(c): " " for c in "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
}
_MARKS = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
_LEAD = re.compile(f"[ \t{_MARKS}]*")
_LOST = re.compile(r"\ufffd|(?<![\w/=&?])[^\W\d_]*[A-Za-z]\?[a-zà-ÿ]+(?![\w/=&])|(?<!\S)\?{2,} +\?{2,}(?!\S)")
_WRITER_FILES = {
    b"PK\x03\x04": "Word or Excel",
    b"\xd0\xcf\x11\xe0": "Word or Excel",
    b"{\\rtf": "Word",
    b"%PDF": "PDF",
}


class Line(msgspec.Struct, frozen=True):
    """One clean line.

    `number` is the author's line, from 1; `shift` is what a column of `text` must gain to be the author's column;
    `indent` the width of the white space at the start.
    """

    number: int
    text: str
    indent: int
    shift: int = 0

    @property
    def words(self) -> str:
        """The line without its indentation."""
        return self.text[self.indent :]


class Source(msgspec.Struct, frozen=True):
    """A file: its clean lines, blank ones included, and the author's own lines for showing where a mistake is."""

    name: str
    lines: tuple[Line, ...]
    shown: tuple[str, ...]


def read(data: bytes, name: str) -> tuple[Source, list[Finding]]:
    """The clean lines of a file.  A file that cannot be read at all gives no lines and says why."""
    refused = refusal(data, name)
    if refused is not None:
        return Source(name, (), ()), [refused]
    text, findings = _decode(data, name)
    shown = tuple(rows_of(text))
    lines, judged = clean_rows(shown, name)
    findings += judged
    return Source(name, lines, shown), findings


def rows_of(text: str) -> list[str]:
    """The author's lines of a text, without their ends."""
    return _BREAK.split(text) if "\r" in text else text.split("\n")


def clean_rows(rows: Iterable[str], name: str) -> tuple[tuple[Line, ...], list[Finding]]:
    """Clean lines, numbered from 1, and what is wrong with their letters."""
    lines = tuple(line for number, row in enumerate(rows, 1) for line in _clean(number, row))
    return lines, [found for line in lines for found in _judge(line, name)]


def text_of(data: bytes) -> str | None:
    """The text of a file as the programs of an office write it, clean of marks; None where it is no text."""
    if refusal(data[:MAX_BYTES], "") is not None:
        return None
    return _BREAK.sub("\n", _decode(data, "")[0]).translate(_SPACES)


def clean(text: str) -> str:
    """A text of one or more lines as it would be read in a file: in plain spaces, none at the ends of lines."""
    lines = [line for number, row in enumerate(_BREAK.split(text.strip()), 1) for line in _clean(number, row)]
    return "\n".join(line.text for line in lines)


def lost_letters(text: str) -> re.Match[str] | None:
    """The first word of which letters were lost to a `?`."""
    return _LOST.search(text) if "?" in text or "\ufffd" in text else None


def refusal(data: bytes, name: str) -> Finding | None:
    """Why a file is not read at all; None where it is."""
    top = Span(1, 1, 1)
    if len(data) > MAX_BYTES:
        return finding("E101", name, top, size=len(data) // 1000, limit=MAX_BYTES // 1000)
    for head, program in _WRITER_FILES.items():
        if data.startswith(head):
            return finding("E102", name, top, program=program)
    if b"\0" in data and _sixteen_bits(data) is None:
        return finding("E103", name, top)
    return None


def _decode(data: bytes, name: str) -> tuple[str, list[Finding]]:
    encoding = _sixteen_bits(data)
    if encoding is not None:
        return data.decode(encoding, errors="replace").removeprefix("\ufeff"), []
    try:
        return data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = len(_BREAK.split(data[: error.start].decode("utf-8", errors="replace")))
        text = "".join(map(_windows_letter, data)) if data[:3] != b"\xef\xbb\xbf" else data.decode(errors="replace")
        return text, [finding("W001", name, Span(line, 1, 1))]


def _windows_letter(byte: int) -> str:
    """One letter of the Windows code page; the five bytes that it leaves out are lost letters."""
    return bytes([byte]).decode("cp1252", errors="replace")


def _sixteen_bits(data: bytes) -> str | None:
    """Which UTF-16 this is: by its first two bytes, or by a zero in every second byte of a plain beginning."""
    if data.startswith(codecs.BOM_UTF16_LE):
        return "utf-16-le"
    if data.startswith(codecs.BOM_UTF16_BE):
        return "utf-16-be"
    head = data[:64]
    if len(head) >= 4 and len(data) % 2 == 0:
        if not any(head[::2]) and all(head[1::2]):
            return "utf-16-be"
        if not any(head[1::2]) and all(head[::2]):
            return "utf-16-le"
    return None


def _clean(number: int, row: str) -> list[Line]:
    """The clean lines of one line: several where a soft line break of Word stands in it."""
    lines = []
    start = 0
    for part in _SOFT_BREAK.split(row):
        lines.append(_clean_part(number, start, part))
        start += len(part) + 1
    return lines


def _clean_part(number: int, start: int, part: str) -> Line:
    if part.isascii() and "\t" not in part:  # nearly every line: the marks and spaces of other letters are not in it
        text = part.rstrip(" ")
        return Line(number, text, len(text) - len(text.lstrip(" ")), start)
    text = part.translate(_SPACES).rstrip(" \t" + _MARKS)
    match = _LEAD.match(text)
    lead = match[0] if match else ""
    indent = 0
    for letter in lead:
        if letter == "\t":
            indent += TAB - indent % TAB
        elif letter == " ":
            indent += 1
    return Line(number, " " * indent + text[len(lead) :], indent, start + len(lead) - indent)


def _judge(line: Line, name: str) -> list[Finding]:
    if len(line.text) > MAX_LINE:
        return [finding("E104", name, Span(line.number, 1, 1), limit=MAX_LINE)]
    lost = lost_letters(line.text)
    if lost is None:
        return []
    column = lost.start() + 1 + line.shift
    return [finding("E105", name, Span(line.number, column, column + len(lost[0])), word=lost[0])]

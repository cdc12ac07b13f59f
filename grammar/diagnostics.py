"""What a mistake says comes from its page, `diagnostics/CODE-name.md`; a code without a page cannot be raised.

E001–E199 and W001–W099 are about reading, E200–E799, W100–W999 and N001–N999 about meaning.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import msgspec

from grammar.nodes.base import Span

Severity = Literal["error", "warning", "note"]

PAGES = Path(__file__).with_name("diagnostics")
SEVERITIES: dict[str, Severity] = {"E": "error", "W": "warning", "N": "note"}


class Finding(msgspec.Struct, frozen=True):
    """One mistake: its place (line, column from 1), a stable code, one plain sentence, what to do ("" if unknown)."""

    file: str
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    hint: str


class Example(msgspec.Struct, frozen=True):
    """An example of a page: the bytes of a flow file, or of a part of one; `settings`: those beside it, if any."""

    data: bytes
    settings: str | None = None


class Page(msgspec.Struct, frozen=True):
    """One page: `message` and `hint` hold `{placeholders}`; `why` is for people."""

    code: str
    title: str
    message: str
    hint: str
    why: str
    wrong: Example
    right: Example


def finding(code: str, file: str, span: Span, /, hint: str | None = None, **values: object) -> Finding:
    """The finding `code` at `span`.

    `values` fill the placeholders of the page's message and hint; `hint` replaces the page's, where the place
    allows a better one.  Raises KeyError where a value or the page lacks: a mistake of ours, not of the author.
    """
    page = read_page(code)
    advice = page.hint.format(**values) if hint is None else hint
    return Finding(file, span.line, span.column, code, SEVERITIES[code[0]], page.message.format(**values), advice)


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Most serious first, then by place; what is said twice of one place is said once."""
    ranks = list(SEVERITIES)
    return sorted(dict.fromkeys(findings), key=lambda f: (ranks.index(f.code[0]), f.file, f.line, f.column, f.code))


@functools.cache
def read_page(code: str) -> Page:
    """The page of `code`, read when it is first needed; KeyError where there is none."""
    return _cut(code, page_file(code).read_text(encoding="utf-8"))


def page_file(code: str) -> Path:
    """Where the page of `code` is; KeyError where there is none."""
    path = next(PAGES.glob(f"{code}-*.md"), None)
    if path is None:
        raise KeyError(f"no page for {code} in {PAGES.name}")
    return path


def codes() -> list[str]:
    """Every code that has a page, in order."""
    return sorted(path.name.partition("-")[0] for path in PAGES.glob("*.md"))


_PAGE = re.compile(
    r"# (?P<code>[EWN]\d{3}): (?P<title>[^\n]+)\n\n"
    r"> (?P<message>[^\n]+)\n\n"
    r"(?:\*\*What to do:\*\* (?P<hint>[^\n]+)\n\n)?"
    r"(?P<why>.+?)\n\n"
    r"## Wrong\n\n```flow(?P<wrong_kind>[^\n]*)\n(?P<wrong>.*?)```\n\n"
    r"(?:```toml\n(?P<wrong_settings>.*?)```\n\n)?"
    r"## Right\n\n```flow(?P<right_kind>[^\n]*)\n(?P<right>.*?)```\n"
    r"(?:\n```toml\n(?P<right_settings>.*?)```\n)?",
    re.DOTALL,
)


def _cut(code: str, text: str) -> Page:
    match = _PAGE.fullmatch(text)
    if match is None or match["code"] != code:
        raise KeyError(f"the page of {code} does not have the shape of a page")
    return Page(
        code=code,
        title=match["title"],
        message=match["message"],
        hint=match["hint"] or "",
        why=match["why"],
        wrong=Example(_data(match["wrong"], match["wrong_kind"]), match["wrong_settings"]),
        right=Example(_data(match["right"], match["right_kind"]), match["right_settings"]),
    )


def _data(text: str, kind: str) -> bytes:
    """What a page cannot show: in `flow bytes` \\x93 is one byte; `flow 900 times` is its text, that often in a row."""
    match kind.split():
        case ["bytes"]:
            return re.sub(rb"\\x([0-9a-f]{2})", lambda m: bytes([int(m[1], 16)]), text.encode())
        case [count, "times"]:
            return text.removesuffix("\n").encode() * int(count)
        case _:
            return text.encode()

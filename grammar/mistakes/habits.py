"""Values as people write them elsewhere: `2,000`, `50%`, `=>`, the label of a choice for its code."""

from __future__ import annotations

import re

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble

_THOUSANDS = re.compile(r"(?<![\w.,])\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+(?![\w,])")
_COMMA = re.compile(r"(?<![\w.,])(\d+),(\d{1,2})(?![\w,])")
_MEASURE = re.compile(r"(?<=\d)\s*(?:[°º˚]\s*[CF]?|[℃℉]|(?:kg|mg|ml|mm|cm|degrees?)(?!\w))", re.IGNORECASE)
_CONDITION = re.compile(r"\s*(?:if|otherwise\s+if|else\s+if|check|confirm\s+if|only\s+if|expect)(?!\w)", re.IGNORECASE)
_BEFORE_TEXT = re.compile(r"(?:\"[^\"]*\"|[^\":]|:(?=\S))*:(?!\S)")
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%(?:\s*of\s+(\w+))?")
_HALF = re.compile(r"\b(?:one\s+)?half\s+(?:of\s+)?(?:the\s+)?(\w+)", re.IGNORECASE)
_EXPECT_NO = re.compile(r"\s*expect\s+(?:no|not|none)\s+[^:]*", re.IGNORECASE)
_SEVERAL = re.compile(r"(\s*tell\s+(?:urgent\s+)?)((?:(?!where\s)[^:])+?)\s*(:.*)", re.IGNORECASE)
_BESIDE = re.compile(r"\s*(?:,|&|\band\b)\s*", re.IGNORECASE)
_ONE_OF = re.compile(r".*\w\([^()]*\bis\s+(?:not\s+)?one", re.IGNORECASE)
_COMPARED = r"(?:[<>=≤≥≠]|\b(?:is|includes)\b)"
_AFTER_IF = re.compile(r"(\s*after\s+[^:\"]*?\s)(if|when)\s+([\w.]+\s+is\s+)(not\s+)?empty\s*:\s*", re.IGNORECASE)
_SET = re.compile(r"(\s*set\s+[\w.]+)\s*:?=\s*(?!=)", re.IGNORECASE)
_CORRECT = re.compile(r"\s*correct\s*:\s*(.+?)\s*", re.IGNORECASE)
_CHOICE = re.compile(r"(?:\d{1,3}[.)]|[-–—•*])\s*(?:(\w+)\s*:)?\s*(.+?)(?:\s*(?:->|=>|→).*)?", re.IGNORECASE)

_SPOKEN = (
    (r"=>", ">="),
    (r"=<", "<="),
    (r"\bis\s+(?:at\s+least|no\s+less\s+than|not\s+less\s+than)\b", ">="),
    (r"\bis\s+(?:at\s+most|no\s+more\s+than|not\s+more\s+than|up\s+to)\b", "<="),
    (r"\b(?:is\s+)?(?:more|greater|higher|larger|bigger)\s+than\s+or\s+equal\s+to\b", ">="),
    (r"\b(?:is\s+)?(?:less|fewer|lower|smaller)\s+than\s+or\s+equal\s+to\b", "<="),
    (r"\b(?:is\s+)?(?:more|greater|higher|larger|bigger|above|over)\s+than\b", ">"),
    (r"\b(?:is\s+)?(?:less|fewer|lower|smaller)\s+than\b", "<"),
    (r"\bis\s+(?:more|greater|higher|larger|bigger)\s+(?=\d)", "> "),
    (r"\bis\s+(?:less|fewer|lower|smaller)\s+(?=\d)", "< "),
    (r"([\w.]+)\s*<\s*([a-z_]\w*)\s*<\s*(?=[\w.])", r"\2 > \1 and \2 < "),
    (r"([\w.]+)\s*<=\s*([a-z_]\w*)\s*<=\s*(?=[\w.])", r"\2 >= \1 and \2 <= "),
    (r"\b(?:is\s+)?in\s+\(?\s*((?:[\w.]+\s*,\s*)+[\w.]+)\s*\)?", r"is one of \1"),
    (r"\b(worker|facility)(?:['’]s)?\s+(?=(?:name|phone|language|cadre|district|sex|code|id)(?!\w))", r"\1."),
    (r"\s*\{$", ":"),
    (r"\bis\s+(?:above|over)\b", ">"),
    (r"\bis\s+(?:below|under)\b", "<"),
    (r"\b(?:contains?|include|has)\s+(?=\w)", "includes "),
    (r"\{\s*([\w.]+)\s*\}", r"\1"),
    (r"\s+then\s*:", ":"),
    (r"\s+then$", ":"),
    (r"&&", "and"),
    (r"\|\|", "or"),
    (rf"({_COMPARED}[^&]*?)\s*&\s*(?=\S.*{_COMPARED})", r"\1 and "),
    (rf"({_COMPARED}[^|]*?)\s*\|\s*(?=\S.*{_COMPARED})", r"\1 or "),
    (r"^(\s*check)\s+(?:that|if|whether)\b", r"\1"),
    (r"([a-z_][\w.]*)(\s*(?:[<>]=?|=)\s*[\w.]+\s+(?:or|and)\s+)(?=[<>=])", r"\1\2\1 "),
)
"""How a condition is said or written elsewhere, and how here."""


def thousands(trouble: Trouble) -> Explanation | None:
    """`2,000`: one number, which would be read as two."""
    if trouble.kind != "word":
        return None
    for match in _THOUSANDS.finditer(trouble.line.text):
        if match.start() < trouble.column <= match.end():
            number = re.sub(r"\D", "", match[0])
            right = trouble.line.text[: match.start()] + number + trouble.line.text[match.end() :]
            mark = span(trouble.line, match.start() + 1, match.end() + 1)
            found = finding("E037", trouble.file, mark, f"Write `{right.strip()}`", number=match[0], right=number)
            return Explanation(found, right)
    return None


def decimal_comma(trouble: Trouble) -> Explanation | None:
    """`8,5`: here a comma stands between values."""
    text = trouble.line.text
    at = next((m for m in _COMMA.finditer(text) if m.start() < trouble.column <= m.end()), None)
    if at is None or trouble.kind != "word":
        return None
    return _instead(trouble, f"{text[: at.start()]}{at[1]}.{at[2]}{text[at.end() :]}")


def measure(trouble: Trouble) -> Explanation | None:
    """`8 °C`: a number has no unit here, the text of the question names it."""
    text = trouble.line.text
    if trouble.kind != "word" or not any(m.start() < trouble.column <= m.end() for m in _MEASURE.finditer(text)):
        return None
    condition, message = _condition_and_message(text)
    return _instead(trouble, _MEASURE.sub("", condition) + message)


def _instead(trouble: Trouble, right: str) -> Explanation:
    return Explanation(finding("E034", trouble.file, trouble.place(), line=right.strip()), right)


def semicolon(trouble: Trouble) -> Explanation | None:
    """`say "Hello";`, `set x = n * 2;`: lines as programs have them."""
    text = trouble.line.text.rstrip()
    right = _SET.sub(r"\1 to ", text.rstrip("; "))
    if trouble.kind not in ("word", "end") or not text.endswith(";"):
        return None
    right = re.sub(r"^(\s*say)\s+([\"“'])(.*)[\"”']$", r"\1: \3", right, flags=re.IGNORECASE)
    return Explanation(finding("E034", trouble.file, span(trouble.line), line=right.strip()), right)


def wide_colon(trouble: Trouble) -> Explanation | None:
    """The colon of another script, as some keyboards write it."""
    before, *after = re.split("[：︰﹕]", trouble.line.text, maxsplit=1)
    if trouble.kind == "indent" or not after:
        return None
    right = f"{before.rstrip()}: {after[0].lstrip()}".rstrip()
    return Explanation(finding("E034", trouble.file, span(trouble.line), line=right.strip()), right)


def other_signs(trouble: Trouble) -> Explanation | None:
    """A condition in the words of everyday speech, or in the signs of another tool."""
    if trouble.kind == "indent" or not _CONDITION.match(trouble.line.text):
        return None
    condition, message = _condition_and_message(trouble.line.text)
    right, _ = _halves(condition)
    for pattern, instead in _SPOKEN:
        right = re.sub(pattern, instead, right, flags=re.IGNORECASE)
    right = re.sub(r"(?<=\S)  +", " ", right)
    if right == condition or "%" in right:
        return None
    right += message
    return Explanation(finding("E034", trouble.file, trouble.place(), line=right.strip()), right)


def _condition_and_message(text: str) -> tuple[str, str]:
    """`check a => b:` and ` The text`: what workers read is the author's, and stays as it is."""
    found = _BEFORE_TEXT.match(text) if _CONDITION.match(text) else None
    return (found[0], text[found.end() :]) if found else (text, "")


def after_if(trouble: Trouble) -> Explanation | None:
    """`after 4 hours if x is empty:`. The word here is `unless`, so the condition turns round with it."""
    match = _AFTER_IF.fullmatch(trouble.line.text)
    if match is None or trouble.word.lower() != match[2].lower():
        return None
    return _instead(trouble, f"{match[1]}unless {match[3]}{'' if match[4] else 'not '}empty:")


def _halves(text: str) -> tuple[str, int]:
    """`half of tested` and `50% of tested` as sums."""
    text, halves = _HALF.subn(r"\1 / 2", text)
    text, parts = _PERCENT.subn(_part, text)
    return text, halves + parts


def _part(match: re.Match[str]) -> str:
    if match[2] is None:
        return match[0]
    return f"{match[2]} / 2" if match[1] == "50" else f"{match[2]} * {match[1]} / 100"


def part_of_a_whole(trouble: Trouble) -> Explanation | None:
    """`70%`, of which nobody knows what it is a part."""
    match = _PERCENT.search(trouble.line.text)
    if match is None or trouble.kind != "word" or not match.start(1) <= trouble.column <= match.end():
        return None
    mark = span(trouble.line, match.start() + 1, match.end() + 1)
    return Explanation(finding("E038", trouble.file, mark, part=match[0], number=match[1]))


def nothing_expected(trouble: Trouble) -> Explanation | None:
    """`expect no alert`."""
    if trouble.kind not in ("word", "end") or not _EXPECT_NO.fullmatch(trouble.line.text):
        return None
    hint = (
        "That nothing is sent is `expect nothing`, that nobody is told `expect nothing to supervisor`, "
        "and that a text is not sent `expect not: the text`."
    )
    return Explanation(finding("E034", trouble.file, span(trouble.line), hint, line=""))


def several_receivers(trouble: Trouble) -> Explanation | None:
    """`tell supervisor, group lab: …`: each of them gets a line (RULES A7)."""
    match = _SEVERAL.fullmatch(trouble.line.text)
    people = _BESIDE.split(match[2]) if match is not None else []
    if match is None or trouble.kind != "word" or not people[1:] or not _BESIDE.match(trouble.rest):
        return None
    hint = f"Write a line for each of them: {', '.join(f'`{match[1].strip()} {who}: …`' for who in people)}"
    return Explanation(
        finding("E034", trouble.file, trouble.place(), hint, line=""), f"{match[1]}{people[0]}{match[3]}"
    )


def list_in_brackets(trouble: Trouble) -> Explanation | None:
    """`if(q is one of a, b, 1, 2)`: where the list ends is said by brackets of its own (RULES A7)."""
    if trouble.kind != "word" or trouble.word.lower() != "of" or not _ONE_OF.fullmatch(trouble.before):
        return None
    hint = "Inside the brackets of a function, put `… is one of …` in brackets of its own."
    return Explanation(finding("E034", trouble.file, trouble.place(), hint, line=""))


def label_for_code(trouble: Trouble) -> Explanation | None:
    """`correct: Before and after`, which is the text of a choice."""
    match = _CORRECT.fullmatch(trouble.line.text)
    if match is None or trouble.kind != "word":
        return None
    labels = {_plain(choice[2]): choice[1] for choice in map(_CHOICE.fullmatch, trouble.beside) if choice and choice[1]}
    code = labels.get(_plain(match[1]))
    if code is None:
        return None
    right = f"correct: {code}"
    mark = span(trouble.line, match.start(1) + 1, match.end(1) + 1)
    return Explanation(
        finding("E039", trouble.file, mark, label=match[1], line=right), " " * trouble.line.indent + right
    )


def _plain(label: str) -> str:
    return " ".join(label.lower().strip(" .").split())

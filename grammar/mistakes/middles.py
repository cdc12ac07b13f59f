"""Mistakes inside a line: names, misspelled words, colons, numbers, times, and what follows a line that is whole."""

from __future__ import annotations

import re

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.mistakes.words import described, phrases
from grammar.slips import as_code, nearest

_NAMED = re.compile(r"\s*(?:ask|quiz|verify|section|flow|table|test\s+worker)\s+([^:]*[^:\s])\s*(?::|$)", re.IGNORECASE)
_NAMED_LATE = re.compile(r"\s*(?:go\s+to|run|set|stop\s+as)\s+(.+?)(?:\s+(?:to|with)\s.*)?$", re.IGNORECASE)
_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_HOUR = re.compile(r"(\d{1,2})(?:[.hH](\d{2})?)?\s*([ap]m)?(?!\w)", re.IGNORECASE)
_QUOTES = "\"'“”„«»‘’"
_COUNTS = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def name(trouble: Trouble) -> Explanation | None:
    """A name of several words, or with letters that names cannot have."""
    match = _NAMED.match(trouble.line.text)
    if match is None or trouble.column > match.end(1) or trouble.kind != "word":
        return None
    written = match[1]
    right = as_code(written)
    if _PLAIN_NAME.fullmatch(written) or not right:
        return None
    code = "E004" if re.fullmatch(r"[A-Za-z0-9_ ]+", written) else "E005"
    repaired = trouble.line.text[: match.start(1)] + right + trouble.line.text[match.end(1) :]
    mark = span(trouble.line, match.start(1) + 1, match.end(1) + 1)
    return Explanation(finding(code, trouble.file, mark, name=written, right=right), repaired)


def late_name(trouble: Trouble) -> Explanation | None:
    """The same, where the name is used and not made."""
    match = _NAMED_LATE.match(trouble.line.text)
    if match is None or not match.start(1) < trouble.column <= match.end(1) or not re.search(r"[^\x00-\x7f]", match[1]):
        return None
    right = as_code(match[1])
    mark = span(trouble.line, match.start(1) + 1, match.end(1) + 1)
    return Explanation(finding("E005", trouble.file, mark, name=match[1], right=right)) if right else None


def misspelled(trouble: Trouble) -> Explanation | None:
    """A word that is one slip from one that could stand here."""
    if trouble.kind != "word" or not trouble.before:
        return None
    words = trouble.rest.split()
    for phrase in phrases(trouble.accepted):
        count = len(phrase.split())
        if count > 1 and _nearly(words, phrase):
            wrong = _as_written(trouble.rest, phrase)
            return _say_misspelled(trouble, wrong, phrase)
    meant = nearest(trouble.word, [phrase for phrase in phrases(trouble.accepted) if " " not in phrase])
    if meant is None or meant == trouble.word.lower():
        return None
    return _say_misspelled(trouble, trouble.word, meant)


def _say_misspelled(trouble: Trouble, wrong: str, right: str) -> Explanation:
    mark = span(trouble.line, trouble.column, trouble.column + len(wrong))
    repaired = trouble.with_word(right, wrong)
    return Explanation(finding("E003", trouble.file, mark, word=wrong, right=right), repaired)


def _nearly(words: list[str], phrase: str) -> bool:
    """Whether the words begin like the phrase, with one of its words missing or wrong."""
    wanted = phrase.split()
    found = [word.lower() for word in words[: len(wanted)]]
    hits = sum(1 for word in wanted if nearest(word, found) is not None)
    return bool(found) and found[0] == wanted[0] and hits >= len(wanted) - 1


def _as_written(rest: str, phrase: str) -> str:
    """The words of the line that stand for the phrase."""
    known = phrase.split()
    end = 0
    for match in re.finditer(r"\S+", rest):
        if nearest(match[0], known) is None:
            break
        end = match.end()
    return rest[:end] or rest.split()[0]


def colon_before(trouble: Trouble) -> Explanation | None:
    """A text without the colon before it, or a line that ends without its colon."""
    if "COLON" not in trouble.accepted or trouble.kind not in ("word", "end"):
        return None
    if trouble.kind == "end":
        return _colon_at_end(trouble)
    if ":" in trouble.rest or trouble.rest[:1] in _QUOTES + "<>=!≤≥+*/&([{#":
        return None
    if re.match(r"\s*(?:if|otherwise|else|for|check|after)\b", trouble.line.text, re.IGNORECASE):
        return None
    right = f"{trouble.before}: {trouble.rest}"
    return trouble.explain("E002", " " * trouble.line.indent + right, line=right, where=f"before `{trouble.word}`")


def _colon_at_end(trouble: Trouble) -> Explanation:
    words = trouble.line.words
    said = re.fullmatch(r"(say)\s+(\S.*)", words, re.IGNORECASE)
    if said:
        right = f"{said[1]}: {said[2]}"
        column = trouble.line.indent + len(said[1]) + 1
        mark = span(trouble.line, column, column + 1)
        found = finding("E002", trouble.file, mark, line=right, where=f"after `{said[1]}`")
        return Explanation(found, " " * trouble.line.indent + right)
    right = f"{words}:"
    return trouble.explain("E002", " " * trouble.line.indent + right, line=right, where="at the end of this line")


def quoted_say(trouble: Trouble) -> Explanation | None:
    """A text in quotes behind `say`, as other tools write it."""
    match = re.fullmatch(r"\s*((?:say|ask\s+\w+|tell\s+\w+))\s+([\"“«'].*)", trouble.line.text, re.IGNORECASE)
    if match is None or "COLON" not in trouble.accepted:
        return None
    right = f"{match[1]}: {match[2].strip(_QUOTES)}"
    return trouble.explain("E002", " " * trouble.line.indent + right, line=right, where=f"after `{match[1]}`")


def number(trouble: Trouble) -> Explanation | None:
    """A word where only a number can stand."""
    if "NUMBER" not in trouble.accepted or "NAME" in trouble.accepted or trouble.kind == "indent":
        return None
    if trouble.kind == "end":
        return trouble.explain("E011", word=trouble.last, hint="Write the number in digits.")
    digits = str(_COUNTS.index(trouble.word.lower())) if trouble.word.lower() in _COUNTS else ""
    repaired = trouble.with_word(digits or "1")
    hint = f"Write `{repaired.strip()}`" if digits else "Write the number in digits."
    return trouble.explain("E011", repaired, hint, word=trouble.word)


def length_of_time(trouble: Trouble) -> Explanation | None:
    """A unit that lacks or that nobody knows."""
    if "UNIT" not in trouble.accepted or trouble.kind not in ("word", "end"):
        return None
    if {"_NL", "CMP"} & trouble.accepted and trouble.kind == "end":
        return None
    if trouble.accepted - {"UNIT"}:
        return None
    number_before = trouble.last
    wrong = f"{number_before} {trouble.word}".strip()
    unit = nearest(trouble.word, phrases(["UNIT"])) or "hours"
    repaired = trouble.with_word(unit) if trouble.kind == "word" and trouble.word != ":" else ""
    return trouble.explain("E015", repaired, wrong=wrong, right=f"{number_before} {unit}")


def clock(trouble: Trouble) -> Explanation | None:
    """`at 9`, `at 9h30`, `at 9am`: a time without its minutes."""
    if "TIME" not in trouble.accepted or "NAME" in trouble.accepted or trouble.kind != "word":
        return None
    match = _HOUR.match(trouble.rest)
    if match is None:
        return None
    hour = int(match[1]) + (12 if (match[3] or "").lower() == "pm" and int(match[1]) < 12 else 0)
    right = f"{hour:0>2}:{match[2] or '00'}"
    mark = span(trouble.line, trouble.column, trouble.column + len(match[0]))
    return Explanation(
        finding("E012", trouble.file, mark, word=match[0].strip(), right=right), trouble.with_word(right, match[0])
    )


def quotes(trouble: Trouble) -> Explanation | None:
    """Quotation marks that are opened and not closed."""
    if trouble.kind != "word" or trouble.rest[:1] not in _QUOTES:
        return None
    if any(mark in _QUOTES for mark in trouble.rest[1:]):
        return None
    return trouble.explain("E020", word=trouble.rest)


def equals(trouble: Trouble) -> Explanation | None:
    """`set x = 5`."""
    if not trouble.rest.startswith(("=", ":=")) or "_K_TO" not in trouble.accepted:
        return None
    sign = ":=" if trouble.rest.startswith(":=") else "="
    repaired = trouble.with_word("to", sign)
    mark = span(trouble.line, trouble.column, trouble.column + len(sign))
    return Explanation(finding("E003", trouble.file, mark, word=sign, right="to"), repaired)


def comment(trouble: Trouble) -> Explanation | None:
    """A comment at the end of a line."""
    if trouble.kind != "word" or not trouble.rest.startswith("#"):
        return None
    return trouble.explain("E025", " " * trouble.line.indent + trouble.before)


def too_much(trouble: Trouble) -> Explanation | None:
    """The line is whole, and something follows."""
    if trouble.kind != "word" or "_NL" not in trouble.accepted:
        return None
    mark = trouble.place(len(trouble.rest))
    others = [d for d in described(trouble.accepted - {"_NL"}) if d.startswith("`")]
    hint = f"After `{trouble.last}` there may follow {' or '.join(others[:4])}." if others else "Take it away."
    return Explanation(finding("E021", trouble.file, mark, hint, rest=trouble.rest, last=trouble.last))


def too_little(trouble: Trouble) -> Explanation | None:
    """The line ends, and something is missing."""
    if trouble.kind != "end":
        return None
    if "RPAR" in trouble.accepted:
        return trouble.explain("E022", trouble.line.text + ")")
    if "NAME" in trouble.accepted:
        what = "a value" if {"NUMBER", "STRING"} & trouble.accepted else "a name"
    else:
        what = _choices(trouble)
    return trouble.explain("E013", last=trouble.last, what=what)


def anything(trouble: Trouble) -> Explanation:
    """What is said when nothing better is known: where reading stopped, and what could stand there."""
    word = trouble.word or trouble.last
    return trouble.explain("E030", word=word, what=_choices(trouble))


def _choices(trouble: Trouble) -> str:
    known = described(trouble.accepted)
    if not known:
        return "something else"
    shown = known[:5]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"

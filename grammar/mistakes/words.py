"""What an author could have written: the words of each terminal, where each kind of line belongs, and its stub."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grammar import lalr

PHRASES = {
    "_K_SMS": ("sms letters",),
    "PART_KEY": ("sms", "voice", "audio"),
    "MAP_KEY": ("dhis2", "fhir"),
    "_OTHERWISE": ("otherwise",),
    "_OTHERWISE_IF": ("otherwise if",),
    "_AGAIN": ("again",),
    "_NOTHING": ("nothing",),
    "_VOICE": ("voice",),
    "_EXPECT_TO": ("to",),
    "NOT_FUTURE": ("not in the future",),
    "NOT_PAST": ("not in the past",),
    "UNIT": ("seconds", "minutes", "hours", "days", "weeks", "months", "day", "hour", "minute", "week", "month"),
}
"""Terminals that are no plain keyword, as an author writes them."""

PLAIN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "TIME": "a time like 09:00",
    "DATE": "a date like 2025-12-25",
    "TEXT": "a text",
    "WORD": "a word",
    "STRING": "a text in quotes",
    "COLON": 'a colon ":"',
    "EQ": '"="',
    "LPAR": 'a bracket "("',
    "RPAR": 'a bracket ")"',
    "ORDINAL": "a day like 1st",
    "_COMMA": "a comma",
    "_NL": "the end of the line",
    "LABEL": "a label",
    "CMP": "a comparison like <",
}
"""How the other terminals are called in a sentence; what lacks here is never proposed."""

FLOW, QUESTION, TEST = "in the header of a flow", "under a question", "in a test"
MARGIN, TEXT, LINE = "at the beginning of a line", "under a text", "among the lines of the conversation"

PLACES = {
    **dict.fromkeys(("languages", "channels", "sensitive", "short", "inputs", "quiet", "allow", "moved"), FLOW),
    **dict.fromkeys(("answer", "points", "correct", "check", "confirm", "optional", "secret", "hint"), QUESTION),
    **dict.fromkeys(("dhis2", "fhir", "choices", "only"), QUESTION),
    **dict.fromkeys(("remind", "give", "tries"), f"{QUESTION}, or {FLOW}"),
    **dict.fromkeys(("sms", "voice", "audio"), TEXT),
    **dict.fromkeys(("reply", "press", "hang", "expect"), TEST),
    **dict.fromkeys(("section", "include", "after", "on", "test", "flow", "table"), MARGIN),
    **dict.fromkeys(("say", "ask", "quiz", "verify", "tell", "if", "for", "wait", "go", "stop", "set", "add"), LINE),
    **dict.fromkeys(("remove", "do", "run", "start", "submit", "take", "choose"), LINE),
    "unless": "below `start every`",
}
"""Where a line that begins with the word belongs."""

_ONLY_FOR = re.compile(r"only\s+for(?!\w)", re.IGNORECASE)


def place_of(line: str) -> str | None:
    """Where a line belongs, by its first word; None where that is none of ours."""
    if _ONLY_FOR.match(line):
        return "below `start on word`"
    return PLACES.get(re.split(r"[ :]", line, maxsplit=1)[0].lower())


FOREIGN = {
    "goto": "go to",
    "elif": "otherwise if",
    "elseif": "otherwise if",
    "then": "",
    "endif": "",
    "{": "",
    "}": "",
    "end": "stop",
    "exit": "stop",
    "quit": "stop",
    "print": "say",
    "send": "say",
    "message": "say",
    "note": "say",
    "write": "say",
    "show": "say",
    "display": "say",
    "alert": "tell",
    "notify": "tell",
    "begin": "start",
    "text": "say",
    "question": "ask",
    "input": "ask",
    "let": "set",
    "var": "set",
    "calculate": "set",
    "foreach": "for each",
    "loop": "for each",
    "repeat": "for each",
    "sleep": "wait",
    "pause": "wait",
    "call": "run",
    "language": "languages",
    "lang": "languages",
    "channel": "channels",
    "choice": "1.",
    "option": "1.",
    "type": "answer",
    "range": "answer",
    "reminder": "remind after",
    "translation": "fr",
    "title": "flow",
    **dict.fromkeys(("lesson", "module", "chapter", "unit"), "section"),
    **dict.fromkeys(("demander", "preguntar", "perguntar", "uliza"), "ask"),
    **dict.fromkeys(("dire", "decir", "dizer", "sema"), "say"),
    **dict.fromkeys(("réponse", "reponse", "respuesta", "resposta", "jibu"), "answer"),
    **dict.fromkeys(("sinon", "sino", "senão", "senao"), "otherwise"),
    **dict.fromkeys(("attendre", "esperar", "subiri"), "wait"),
    **dict.fromkeys(("//", "--", "rem"), "#"),
}
"""Words of other tools and of everyday speech, and what they are called here ("" for nothing)."""

TYPED = frozenset({"send", "message", "text", "input", "type", "write"})
"""What a worker does in a test, as it is said elsewhere."""

ANSWERS = {
    **dict.fromkeys(("integer", "int", "whole"), "whole number"),
    **dict.fromkeys(("string", "str", "letters", "free"), "text"),
    **dict.fromkeys(("boolean", "bool", "y/n", "yes/no", "yesno"), "yes or no"),
    **dict.fromkeys(("float", "real", "double"), "decimal"),
    **dict.fromkeys(("numeric", "numbers"), "number"),
    **dict.fromkeys(("multiple", "multi", "many", "several", "select_multiple"), "one or more"),
    **dict.fromkeys(("phone", "tel", "telephone", "mobile"), "phone number"),
    **dict.fromkeys(("audio", "voice"), "recording"),
    "pin": "4 digits",
    "day": "date",
    **dict.fromkeys(("word", "words", "sentence", "name", "names", "characters"), "text"),
}
"""Kinds of answers as other tools call them, and as they are called here."""

STUBS = (
    (r"(?:otherwise|else)\s+if", "otherwise if x:", "otherwise if x: stop"),
    (r"otherwise|else", "otherwise:", "otherwise: stop"),
    (r"if\s+(?:failed|too\s+many)", "if failed:", "if failed: stop"),
    (r"if\s+nobody", "if nobody:", "if nobody: stop"),
    (r"if\s+(?:invalid|right|wrong)", "if invalid: x", "if invalid: x"),
    (r"if", "if x:", "if x: stop"),
    (r"for", "for each x in x:", "for each x in x: stop"),
    (r"ask|quiz|verify", "ask x: x", "ask x: x"),
    (r"say", "say: x", "say: x"),
    (r"tell", "tell x: x", "tell x: x"),
    (r"after", "after 1 day:", "after 1 day: stop"),
    (r"on", "on word x:", "on word x: stop"),
    (r"take", "take x:", "take x: stop"),
    (r"flow", "flow x", "flow x"),
    (r"section", "section x: x", "section x: x"),
    (r"test\s+worker", "test worker x:", ""),
    (r"test", "test: x", ""),
    (r"table", "table x:", ""),
    (r"give", "give up after 1 day:", "give up after 1 day"),
    (r"inputs", "inputs:", ""),
    (r"remind", "remind after 1 day: x", ""),
    (r"check|confirm", "confirm: x", ""),
    (r"hint", "hint: x", ""),
    (r"reply", "reply: x", ""),
    (r"start\s+flow", "start flow x for x", ""),
    (r"start\s+every", "start every day for group x", ""),
    (r"start\s+on", "start on word x", ""),
    (r"do", "do x", ""),
    (r"submit", "submit to x", ""),
    (r"choose", "choose language", ""),
    (r"choices", "choices from x: x", ""),
    (r"\d+[.)]|[-–—•*]", "1. x: x", ""),
    (r"sms|voice|audio|[a-z]{2,3}(?=\s*:)", "fr: x", ""),
)
"""How a line begins, what stands for it above a block, and what where nothing is below it ("" to leave it out)."""

OWNERS = ("say: x", "ask x: x", "if x:", "flow x", "test: x")
"""What may have owned a block whose first line says nothing."""


def stub(words: str, has_block: bool) -> str:
    """The line that stands for one that could not be read; "" where nothing fits."""
    for pattern, above, alone in STUBS:
        if re.match(rf"(?:{pattern})(?!\w)", words, re.IGNORECASE):
            return above if has_block else alone
    return ""


def phrases(terminals: Iterable[str]) -> list[str]:
    """What an author could write for these terminals, in order; those that are free (names, texts) give nothing."""
    keywords = lalr.keywords()
    found: list[str] = []
    for name in sorted(terminals):
        if name in PHRASES:
            found += PHRASES[name]
        elif name in keywords:
            found.append(keywords[name])
    return found


def described(terminals: Iterable[str]) -> list[str]:
    """The same and the free ones, for a sentence: a name, `to`, the end of the line."""
    free = [PLAIN[name] for name in sorted(terminals) if name in PLAIN]
    return free + [f"`{phrase}`" for phrase in phrases(terminals)]

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
}
"""Kinds of answers as other tools call them, and as they are called here."""

_DAYS = r"(?:day|weekday|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_SENDS = r"(?:sends?|texts?|writes?|types?)"
_WHO = r"(?:(?:the|a|an|any)\s+)?(?:worker|nurse|user|person|somebody|someone|anybody|anyone|they|he|she)s?"
_RANGED = r"(answer\s*:\s*(?:(?:whole\s+)?number|decimal))\s*,?\s+"

_FEW = (("(?:one|an?)", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6))

HABITS = (
    (r"send\s+(?:an?\s+|the\s+)?(?:sms|text|message)\s*:\s*", "say: "),
    (r"(?:si|se)\s+(?=\w+\s*(?:=|<|>|is\s))", "if "),
    (r"for\s+(?!each\s)(\w+)\s+in\s+(\w+)$", r"for each \1 in \2:"),
    (r"(?:relevant|relevance|skip\s+unless|show\s+if)\s*:?\s+(?=\w)", "only if "),
    (r"(?:error|error\s+message|constraint[_ ]message)\s*:\s*", "if invalid: "),
    (r"answer\s*:\s*(?:oui\s*(?:ou|/)\s*non|sim\s*(?:ou|/)\s*n[ãa]o|s[íi]\s*(?:o|/)\s*no)$", "answer: yes or no"),
    (r"answer\s*:\s*(?:nombre\s+entier|n[úu]mero\s+(?:entero|inteiro))(?!\w)", "answer: whole number"),
    (
        _RANGED + r"(?:between|from)\s+(\d+)\s+(?:and|to)\s+(\d+),?\s+(?:inclusive|both\s+included)$",
        r"\1 from \2 to \3",
    ),
    (_RANGED + r"min(?:imum)?\s*[=:]?\s*(\d+)\s*,?\s*(?:and\s+)?max(?:imum)?\s*[=:]?\s*(\d+)$", r"\1 from \2 to \3"),
    (_RANGED + r"(?:>=|≥|min(?:imum)?\s*[=:]?)\s*(\d+)$", r"\1 at least \2"),
    (_RANGED + r"(?:<=|≤|max(?:imum)?\s*[=:]?)\s*(\d+)$", r"\1 at most \2"),
    (r"(?:send|message|alert|notify|inform)(?:\s+to)?\s+(?=\w+\s*:)", "tell "),
    (r"tell\s+(?:to\s+)?(?:the\s+|my\s+)(?=\w+\s*:)", "tell "),
    (r"(?:write|print|message|show|display)\s*:\s*", "say: "),
    (r"(?:score|marks?|grade)\s*:\s*(?=\d)", "points: "),
    (r"(?:attempts?|retries|max(?:imum)?\s+tries)\s*:\s*(?=\d)", "tries: "),
    (r"(?:right|good)\s*:\s*", "if right: "),
    (r"(?:wrong|incorrect)\s*:\s*", "if wrong: "),
    (r"(correct|answer|points|hint|tries)\s*=\s*", r"\1: "),
    (r"outcome\s*[:=]\s*(\w+)$", r"stop as \1"),
    (r"give\s+up\s+after\s+(\d+\s+\w+)\s*(?:->|→|=>)\s*(\w+)$", r"give up after \1: stop as \2"),
    (r"(?:timeout|time\s+out|stop|expires?)\s*:?\s*(?:after\s+)?(?=\d+\s+\w+$)", "give up after "),
    (r"wait\s+till\s+", "wait until "),
    (r"wait\s+(\d+)\s*h(?:rs?)?$", r"wait \1 hours"),
    (r"wait\s+(\d+)\s*mins?$", r"wait \1 minutes"),
    (r"wait\s+(\d+)\s*d$", r"wait \1 days"),
    (r"(?:or\s+else|other\s+wise)\s*:?$", "otherwise:"),
    (r"if\s+correct(?=\s*:)", "if right"),
    (r"if\s+(?:false|incorrect|not\s+right|not\s+correct)(?=\s*:)", "if wrong"),
    (r"(?:correct|right)\s+answer\s*:\s*", "correct: "),
    (r"answer\s*:\s*(?:multiple\s+choices?|many\s+choices|select\s+multiple)$", "answer: one or more"),
    (r"answer\s*:\s*(?:single\s+choice|select\s+one)$", "answer: one of"),
    (r"answer\s*:\s*(?:yes\s*,\s*no|yes\s+and\s+no)$", "answer: yes or no"),
    (r"answer\s*:\s*date\s+(?:in\s+the\s+past|before\s+today|until\s+today)$", "answer: date not in the future"),
    (r"answer\s*:\s*date\s+(?:in\s+the\s+future|after\s+today|from\s+today)$", "answer: date not in the past"),
    (
        r"(answer\s*:\s*(?:(?:whole\s+)?number|decimal))\s+(?:from\s+)?(?:up\s+to|not\s+more\s+than|no\s+more\s+than)\s+",
        r"\1 at most ",
    ),
    (r"(answer\s*:\s*(?:(?:whole\s+)?number|decimal))\s+(?:not|no)\s+less\s+than\s+", r"\1 at least "),
    (r"wait\s+until\s+(?:the\s+)?(?:next|following)\s+day(?!\w)", "wait until tomorrow"),
    (r"wait\s+for\s+(?=\d)", "wait "),
    *((rf"wait\s+(?:for\s+)?{said}\s+(?=(?:minute|hour|day|week)s?(?!\w))", f"wait {n} ") for said, n in _FEW),
    (r"wait\s+(?:for\s+)?(?!until\b)([a-z_]\w*)\s+(minute|hour|day|week)s?$", r"wait until now + \1 * 1 \2"),
    (
        r"wait\s+(?:for\s+)?(?!until\b)([a-z_]\w*)\s+(day|week)s?\s+(at\s+\d\d:\d\d)$",
        r"wait until today + \1 * 1 \2 \3",
    ),
    (r"(do|run)\s+(\w+)\s*\(([^()]+)\)$", r"\1 \2 with \3"),
    (r"(optional|secret)\s*:.*$", r"\1"),
    (r"start\s+(?:when|with|by)\s+(?=word|event)", "start on "),
    (
        rf"start\s+(?:when|if)\s+{_WHO}\s+{_SENDS}\s+[\"'“]?(\w+)[\"'”]?$",
        r"start on word \1",
    ),
    (r"(?:keyword|trigger)s?\s*:?\s+(\w+)$", r"start on word \1"),
    (rf"every\s+(?={_DAYS}(?!\w))", "start every "),
    (r"sms\s+(?:to\s+)?(?=(?:supervisor|group\s+\w+)\s*:)", "tell "),
    (
        r"answer\s*:\s*(?:integer|int)\s+(?:from\s+)?(-?\d+)\s*(?:-|–|to|\.\.)\s*(-?\d+)$",
        r"answer: whole number from \1 to \2",
    ),
    (r"answer\s*:\s*decimal\s+number(?!\w)", "answer: decimal"),
    (r"([a-z_]\w*)\s*:?=\s*(?=[^\s=])", r"set \1 to "),
    (r"(?:on|if)\s+error\s*:", "if failed:"),
    (r"if\s+(?:no|not)\s+answer\s*:?$", "give up after 1 day:"),
)
"""What authors of other tools write, and what it is here: patterns of the beginning of a line."""

ADVICE = (
    (
        r"tell\s+(?!urgent\s|group\s|workers?\s)\w+\s+supervisors?\s*:",
        "`supervisor` is the worker's own. Others are a group of their own: `tell group district_supervisors: …`.",
    ),
    (r"feedback\s*:", "What is said of an answer is `if right: …` and `if wrong: …`."),
    (r"choices?\s*:", "Write each choice in a line of its own, like `1. yes: Yes`."),
    (
        r"required(?!\w)",
        "Take the line away: every question is to be answered where `optional` does not stand below it.",
    ),
    (r"end\s+(?:if|for|loop|each|while)(?!\w)", "Take the line away: a block ends where the lines stand further left."),
    (
        r"start\s+every\s+(?:\d|two|second|other|third|fort|few)",
        (
            "A flow begins by itself every day, every weekday, every Monday or every month: "
            "`start every Monday at 08:00 for …`, `start every month on the 1st at 08:00 for …`. "
            "For other weeks give each day a line: `start on 5 January 2026 at 09:00 for …`."
        ),
    ),
)
"""What has no line here that says the same, and what to do instead."""

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

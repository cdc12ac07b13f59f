"""Lines as authors of other tools write them, and what each is here; each is proposed only where it can be read."""

from __future__ import annotations

import re
from collections.abc import Callable

from grammar.tags import LANGUAGES

_DAYS = r"(?:day|weekday|month|monday|tuesday|wednesday|thursday|friday|saturday|sunday)"
_SENDS = r"(?:sends?|texts?|writes?|types?)"
_WHO = r"(?:(?:the|a|an|any)\s+)?(?:worker|nurse|user|person|somebody|someone|anybody|anyone|they|he|she)s?"
_RANGED = r"(answer\s*:\s*(?:(?:whole\s+)?number|decimal))\s*,?\s+"

_FEW = (("(?:one|an?)", 1), ("two", 2), ("three", 3), ("four", 4), ("five", 5), ("six", 6))

_TEST_OF = r"(?:(?:otherwise\s+)?if|only\s+if|after\s+[^:]+?\s+unless)\s+"
_ANSWERED = r"(?:answered|filled(?:\s+in)?|given|known|there)"
_AT_MOST = r"(?:(?:max(?:imum)?|up\s+to|at\s+most|(?:no|not)\s+(?:more|longer)\s+than|of|limit)\s*[:=]?\s*)"
_SIGNS = r"(?:characters?|chars?|letters?|signs?)"
_UP_TO = r"answer: text up to \1 letters"
_FROM, _UNTIL = r"(?:from|between)?\s*", r"(?:-|–|to|till?|until|and)"
_CLOCK = r"(\d{1,2}[:h.]\d\d)"
_DAY_OF_MONTH = {"first": "1st", "second": "2nd", "third": "3rd", "last": "last day"}
_NAMED = r"(?:words?|keywords?|sms|texts?|messages?|codes?)"
_NUMERO = r"(?:nombre(?:\s+entier)?|n[úu]mero(?:\s+(?:entero|inteiro))?)"
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_QUIET = r"quiet hours \1 to \2"
_LONG_MONTHS = (
    *("", "January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _listed(words: str) -> list[str]:
    """`SMS and IVR`, `en fr`: the words without what stands between them."""
    return [word for word in re.split(r"[\s,;/&+]+", words) if word.lower() not in ("and", "or", "")]


def _more(name: str, sign: str, number: str | None) -> str:
    """`increase n by 2` → `set n to n + 2`."""
    return f"set {name} to {name} {sign} {number or 1}"


def _day(said: str) -> str:
    """`1`, `first` → `1st`."""
    if said in _DAY_OF_MONTH:
        return _DAY_OF_MONTH[said]
    endings = {"1": "st", "2": "nd", "3": "rd"}
    return said + ("th" if said.startswith("1") and len(said) > 1 else endings.get(said[-1], "th"))


IN_TESTS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (r"(?:wait|after)\s+(?:for\s+)?(\d+\s+(?:minute|hour|day|week)s?)\s*:?$", r"no reply for \1"),
    (r"(?:answers?|(?:the\s+)?(?:worker|user|nurse)\s+\w+|sends?|types?)\s*:\s*", "reply: "),
    (r"(?:say|expect\s+(?:message|text|sms|reply|answer))\s*:\s*", "expect: "),
    (r"start\s+with\s+(?:(?:word|text)\s*[=:]?\s*)?((?-i:[A-Z])[\w .]*)$", r'start with text = "\1"'),
)
"""The same below `test: …`, where some of these words mean something else."""

HABITS: tuple[tuple[str, str | Callable[[re.Match[str]], str]], ...] = (
    (
        r"expect\s+(outcome|score|max_score)(?:\s+is\s+|\s*:\s*|\s+)(\w+)$",
        r"expect \1 = \2",
    ),
    (r"expect\s+(\w+\.\w+)\s*:\s*\"?([^\"]+)\"?$", r'expect \1 = "\2"'),
    (r"(?:start\s+(?:as|with|for|by)|worker\s*:|user\s*:)\s*(?:worker\s+)?([a-z_]\w*)$", r"start with worker = \1"),
    (r"(?:correct|edit|change|fix)\s+([a-z_]\w*(?:\s+for\s+\w+\s+\w+)?)$", r"ask again \1"),
    (r"(set\s+[\w.]+\s+to\s+.*)\b(sum|count|min|max)\s+of\s+(?:all\s+)?(\w+)$", r"\1\2(\3)"),
    (r"else\s*:?$", "otherwise:"),
    (r"say\s+to\s+(?:the\s+)?(?=\w+(?:\s+\w+)?\s*:)", "tell "),
    (r"for\s+each\s+in\s+(\w+)\s*:?$", r"for each item in \1:"),
    (r"table\s*:\s*([a-z_]\w*)\s*$", r"table \1:"),
    (r"table\s+(\w+)\s*:\s*(\S+\.csv)$", r"table \1 from \2"),
    (r"go\s+to\s+(?:the\s+)?(?:section|question|line)\s+(\w+)$", r"go to \1"),
    (r"start\s+(?!flow\s)(?:the\s+)?(\w+)\s+flow\s+for\s+", r"start flow \1 for "),
    (
        r"(do|run)\s+([a-z]\w*(?:[ -]+(?!with\b|as\b|and\b)\w+)+)(?=\s+(?:with|as)\s|$)",
        lambda found: f"{found[1].lower()} " + re.sub(r"[ -]+", "_", found[2]),
    ),
    (r"(optional|secret)\s+\w+$", r"\1"),
    (r"add\s+(\d+|[a-z_]\w*)\s+to\s+([a-z_]\w*)$", r"set \2 to \2 + \1"),
    (r"(?:increase|increment)\s+([a-z_]\w*)(?:\s+by\s+(\d+))?$", lambda found: _more(found[1], "+", found[2])),
    (r"(?:decrease|decrement|reduce)\s+([a-z_]\w*)(?:\s+by\s+(\d+))?$", lambda found: _more(found[1], "-", found[2])),
    (r"set\s+([a-z_]\w*)\s*([-+])\s*=?\s*(\d+)$", r"set \1 to \1 \2 \3"),
    (r"start\s+on\s+word\s*:\s*", "start on word "),
    (
        rf"start\s+(?:on|with|by)\s+(?:the\s+)?{_NAMED}\s*:?\s+(\w+(?:(?:\s*[,;/]\s*|\s+(?:or|and)\s+)\w+)*)$",
        lambda found: "start on word " + " or ".join(_listed(found[1])),
    ),
    (
        r"(language|channel)(?:\s*[:=]|s(?=\s+[a-z]))\s*([a-z-]+(?:[\s,;/&+]+[a-z-]+)*)$",
        lambda found: (
            f"{found[1].lower()}s: "
            + ", ".join(LANGUAGES.get(word.lower(), word.lower()) for word in _listed(found[2]))
        ),
    ),
    (
        r"start\s+every\s+month\s+on\s+(?:the\s+)?(\d{1,2}|first|second|third|last)(?:\s+day)?(?!\w)",
        lambda found: f"start every month on the {_day(found[1].lower())}",
    ),
    (
        r"start\s+on\s+(\d{4})-(\d\d)-(\d\d)(?!\d)",
        lambda found: f"start on {int(found[3])} {_LONG_MONTHS[int(found[2]) % 13]} {found[1]}",
    ),
    (
        rf"(?!quiet hours: ?\d\S* to )quiet\s+(?:hours?|times?)\s*:?\s*{_FROM}{_CLOCK}\s*{_UNTIL}\s*{_CLOCK}$",
        _QUIET,
    ),
    (rf"no\s+messages?\s+(?:from|between)\s+{_CLOCK}\s+(?:to|and|till?|until)\s+{_CLOCK}$", _QUIET),
    (r"allow\s+(?:(?:workers?|users?)\s+)?(?:going|to\s+go|go)\s+back$", "allow back"),
    (
        r"start\s+on\s+event\s+(\w+(?:[ -]\w+)+)$",
        lambda found: "start on event " + re.sub(r"[ -]+", "_", found[1]),
    ),
    (r"((?:give\s+up|stop|wait|go\s+to|run|do)\s.*\w)\s*[.;,]$", r"\1"),
    (r"((?:ask|quiz|verify)\s+\w+)\s*[;=]\s*(?=\S)", r"\1: "),
    (r"(say|voice|sms|hint)\s*;\s*", r"\1: "),
    (rf"({_TEST_OF}\w[\w.]*\s+)(?:is\s+|was\s+|are\s+)?{_ANSWERED}\s*:?$", r"\1is not empty:"),
    (
        rf"({_TEST_OF}\w[\w.]*\s+)(?:(?:is|was|are)\s+)?(?:not\s+{_ANSWERED}|un(?:answered|known)|missing)\s*:?$",
        r"\1is empty:",
    ),
    (r"if\s+(?:wrong|invalid|bad|incorrect)\s+(?:pin|password|secret)(?=\s*:)", "if failed"),
    (r"if\s+(?:wrong|invalid|bad|incorrect)\s+(?:answer|number|value|input)(?=\s*:)", "if invalid"),
    (rf"start\s+on\s+(?:an?\s+|every\s+|each\s+)?({_DAYS})s?(?!\w)", r"start every \1"),
    (r"(?:claim|update|change|save|correct|edit|record)\s+(worker\.\w+)\s*(?:=|:|to|as|is|with)\s*", r"set \1 to "),
    (r"set\s+(?:the\s+)?worker(?:['’]s)?\s+(\w+)\s*(?:=|to)\s*", r"set worker.\1 to "),
    (r"answer\s*:\s*(?:tele?phone|mobile|cell|phone|tel)(?:\s+(?:phone|numbers?|no\.?))*$", "answer: phone number"),
    (rf"answer\s*:\s*(?:text\s*,?\s*)?{_AT_MOST}?(\d+)\s*{_SIGNS}(?:\s+(?:max\.?|long))?$", _UP_TO),
    (rf"answer\s*:\s*text\s*,?\s*{_AT_MOST}(\d+)$", _UP_TO),
    (r"tell\s+((?:group\s+)?[\w.]+)\s+(?:urgent(?:ly)?|immediately|now|at\s+once)(?=\s*:)", r"tell urgent \1"),
    (r"(add|remove)\s+(to|from)\s+(?:the\s+)?group\s+(\w+)$", r"\1 worker \2 group \3"),
    (
        r"(answer\s*:\s*whole\s+number)\s+(?:above|over|(?:more|greater|higher|larger)\s+than|>)\s*(\d+)$",
        lambda found: f"{found[1]} at least {int(found[2]) + 1}",
    ),
    (
        r"(answer\s*:\s*whole\s+number)\s+(?:below|under|(?:less|lower|smaller|fewer)\s+than|<)\s*(\d+)$",
        lambda found: f"{found[1]} at most {int(found[2]) - 1}",
    ),
    (_RANGED + r"(?:from\s+)?(-\d+)\s*(?:-|–|\.\.+|till?|until)\s*(-?\d+)$", r"\1 from \2 to \3"),
    (
        rf"answer\s*:\s*{_NUMERO}\s+(?:entre|de|desde)\s+(-?\d+)\s+(?:à|a|et|y|e|hasta|até)\s+(-?\d+)$",
        r"answer: whole number from \1 to \2",
    ),
    (
        r"(?:pour\s+chaque|p(?:ara|or)\s+cada|kwa\s+kila)\s+(\w+)\s+(?:in|dans|de|en|em|katika)\s+(\w+)\s*:?$",
        r"for each \1 in \2:",
    ),
    (r"(check|confirm\s+if|only\s+if)\s*:\s*(?=\S)", r"\1 "),
    (r"answer\s*:\s*(date|time)\s+\(?[dmyhs/.:\- ]+\)?$", r"answer: \1"),
    (r"answer\s*:\s*((?:whole\s+)?number|decimal|text|date|time|phone\s+number)s?\s+only$", r"answer: \1"),
    (r"answer\s*:\s*only\s+(?:an?\s+)?((?:whole\s+)?number|decimal|text|date|time)s?$", r"answer: \1"),
    (r"answer\s*:\s*(?:choose|select|pick|choice\s+of|choices?)\s+(?=one\s+(?:of|or\s+more)\s)", "answer: "),
    (
        r"answer\s*:\s*((?:[a-z_]\w*\s*/\s*){2,}[a-z_]\w*)$",
        lambda found: "answer: one of " + ", ".join(re.split(r"\s*/\s*", found[1])),
    ),
    (r"remind\s+(?:me|them|him|her|again|(?:the\s+)?workers?)\s+after\s+", "remind after "),
    (
        rf"wait\s+until\s+(?:the\s+)?(\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?({'|'.join(_MONTHS)})\w*,?\s+(\d{{4}})",
        lambda found: f"wait until {found[3]}-{_MONTHS.index(found[2][:3].lower()) + 1:02}-{int(found[1]):02}",
    ),
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
        r"(stop(?:\s+as\s+\w+)?)\s*[:,]\s*(\S.*)$",
        r"Say it in a line of its own above: `say: \2`, and below it `\1`.",
    ),
    (
        r"wait\s+for\s+(?:an?\s+|the\s+)?(?:reply|answer|response|worker|user)",
        "Take the line away: a question waits for its answer by itself.",
    ),
    (
        r"wait\s*$",
        "Say for how long, or until when: `wait 2 hours`, `wait 1 day at 09:00`, `wait until Monday at 08:00`.",
    ),
    (
        r"(?:while|until|repeat)\s+(?:\w+\s*(?:<|>|=|is\b)|\d+\s+times)",
        (
            "Here one goes through rows, `for each product in products:`, or goes back to a question under a "
            "condition: `if cases < 3:`, and below it `go to cases`."
        ),
    ),
    (
        r"(tell\s+(?:urgent\s+)?\w+(?:\s+\w+)?|say)\s+(?:if|when)\s+([^:]+?)\s*:\s*(.+)$",
        r"Write `if \2:`, and in the line below it, further in, `\1: \3`.",
    ),
    (
        rf"remind(?:er)?\s+(?:on\s+|every\s+|each\s+|at\s+)*(?:{_DAYS}|\d{{1,2}}:\d\d)(?!\w)",
        (
            "A reminder counts from its question: `remind after 2 days: …`. On a certain day the flow itself begins "
            "once more: `start every Wednesday at 08:00 for group …`, and below it `unless done since Monday`."
        ),
    ),
    (
        rf"after\s+(?:{_DAYS}|\d{{1,2}}:\d\d)(?!\w)",
        "`after` counts from the beginning of the conversation: `after 4 days unless …:`.",
    ),
    (
        rf"on\s+{_DAYS}(?!\w)",
        "The conversation goes on at a certain time by a line of its own: `wait until Friday at 16:00`.",
    ),
    (
        r"test\s+worker\s+(\w+)\s*:\s*(\S.*)$",
        r"Write `test worker \1:`, and in lines of their own below it what is known, like `name: \2`.",
    ),
    (
        r"for\s+each\s+\w+\s+in\s+(?:the\s+)?group\s+(\w+)",
        (
            r"A group is told or begins a flow as a whole: `tell group \1: …`, `start every … for group \1`. "
            "People one by one are found by what is known of them: `for each person in workers where cadre is nurse:`."
        ),
    ),
    (
        r"if\s+(?:there\s+is\s+)?no\s+(?:answer|reply|response)\s+(?:after|in|within|for)\s+(\d+\s+\w+)",
        r"Write `give up after \1:` below the question, and what comes then further in.",
    ),
    (
        r"if\s+(?:the\s+)?worker\s+(?:is\s+|has\s+)?(?:stopped|opted\s+out|unsubscribed)(?!\w)",
        "Who sends STOP has no conversation any more. Who falls silent: `give up after 2 days:` below the question.",
    ),
    (
        r"start\s+on\s+\d{1,2}[/.]\d{1,2}[/.]\d{4}",
        "Write the month as a word: `start on 5 January 2027 at 09:00 for …`.",
    ),
    (
        r"start\s+every\s+[^:]*\bat\s+\d{1,2}:\d\d$",
        "Say for whom at its end: `… for group nurses`, or `… for workers where cadre is nurse`.",
    ),
    (
        r"start\s+.*\bfor\s+(?:all|every)\s*(?:workers?|one|body|of\s+them)?$",
        (
            "Who is meant is a group or a condition: `… for group nurses`, `… for workers where cadre is nurse`; "
            "all of them are `… for workers where name is not empty`."
        ),
    ),
    (
        r"inputs\s*:\s*\w",
        "Write each in a line of its own below `inputs:`, further in and with its type, like `result: text`.",
    ),
    (
        r"answer\s*:\s*-?\d+(?:[.,]\d+)?$",
        "What is right is `correct: …`; `answer: …` says what kind of answer it is, like `answer: whole number`.",
    ),
    (
        r"if\s+(?:yes|no|y|n|true|false|oui|non)\s*:",
        "Write it after the question, no further in than its first line: `if ready is yes:`, with the question's name.",
    ),
    (
        r"answer\s*:\s*(?:(?:one|any|list)\s+of|choices?|options?|select|list|multiple\s+choice)\s*:?$",
        (
            "Take the line away: the choices below the question, like `1. yes: Yes`, say that it takes one of them. "
            "For several at once write `answer: one or more`."
        ),
    ),
    (
        rf"start\s+every\s+{_DAYS}s?\s*(?:,|&|/|and\b|or\b)",
        "Write a line for each day: `start every Monday at 08:00 for …`, `start every Friday at 08:00 for …`.",
    ),
    (
        r"remind\s+after\s+\d+\s+\w+\s*(?:,|&|/|and\b|then\b)",
        "Write a line for each reminder: `remind after 4 hours: …`, `remind after 8 hours: …`.",
    ),
    (
        r"give\s+up\s+after\s+\w+\s+(?:tries|attempts|times|wrong\s+answers)",
        "How often a wrong answer is asked again is `tries: 3`; what comes then is `if too many tries:` with a block.",
    ),
    (
        r"(go\s+to\s+\w+|stop(?:\s+as\s+\w+)?|run\s+\w+)\s*,?\s+(?:if|when)\s+([^:]+?)\s*:?$",
        r"Write `if \2:`, and in the line below it, further in, `\1`.",
    ),
    (
        rf"wait\s+until\s+(?:the\s+)?\d{{1,2}}(?:st|nd|rd|th)?\s+(?:of\s+)?(?:{'|'.join(_MONTHS)})",
        "Write the date with its year, the year first: `wait until 2027-01-05 at 09:00`.",
    ),
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
"""What has no line here that says the same, and what to do instead; `\\1` stands for what the brackets hold."""

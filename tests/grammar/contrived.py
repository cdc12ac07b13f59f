"""Files of 100 kB that nobody writes: each is one construct, or one mistake, again and again, or one in another."""

from __future__ import annotations

from collections.abc import Callable, Iterator

SIZE = 100_000
HEAD = "flow clinic: Clinic survey\n    languages: en, fr\n    channels: sms, ivr\n    start on word CLINIC\n\n"
ASK = "ask well: Are you well?\n    answer: yes or no\n\n"
TABLE = "table products:\n    code | name\n    act | ACT\n    ors | ORS\n\n"


def filled(one: Callable[[int], str], head: str = HEAD, tail: str = "") -> str:
    """`one(0) one(1) …` between head and tail, as much of it as makes up the size."""
    parts, length = [head], len(head) + len(tail)
    number = 0
    while length < SIZE:
        part = one(number)
        parts.append(part)
        length += len(part)
        number += 1
    return "".join(parts) + tail


def word(number: int) -> str:
    """A name, unlike the one of the next number; near to that of many others."""
    letters = ""
    for _ in range(6):
        number, rest = divmod(number * 7 + 3, 26)
        letters += chr(97 + rest)
    return letters


ONE_AFTER_ANOTHER: dict[str, Callable[[int], str]] = {
    "questions": lambda i: f"ask q{i}: How many?\n    answer: whole number from 0 to 9\n",
    "choices": lambda i: f"ask q{i}: Well?\n    1. yes: Yes\n    2. no: No\n",
    "bare questions": lambda i: f"ask q{i}: Well?\n",
    "quizzes": lambda i: f"quiz q{i}: Well?\n    1. yes: Yes\n    2. no: No\n    correct: yes\n",
    "reminders": lambda i: f"ask q{i}: Well?\n    answer: number\n    remind after {i + 1} hours\n",
    "give up": lambda i: f"ask q{i}: Well?\n    answer: number\n    give up after 2 days: stop as gone{i}\n",
    "optional": lambda i: f"ask q{i}: Well?\n    answer: number\n    optional\n    only if well is yes\n",
    "checks": lambda i: f"ask q{i}: Well?\n    answer: number\n    check q{i} < {i + 5}: Less.\n",
    "gaps": lambda i: f"{('tell', 'after', 'quiet hours', '1. a', 'x', 'go to', 'set n to')[i % 7]}{' ' * 3_900}!\n",
    "gaps below a question": lambda i: f"ask q{i}: Well?\n" + f"    {'1. a: A' if i % 2 else '- b'}{' ' * 3_900}!\n",
    "long numbers": lambda i: f"{('if', 'start on word', 'answer:', 'wait')[i % 4]} {'1' * 3_900} !\n",
    "long words": lambda i: f"{('if', 'short form:', 'if no answer', 'tell')[i % 4]} {'a' * 3_900} !\n",
    "texts": lambda i: f"say: Hello {i}\n",
    "named texts": lambda i: f"say t{i}: Hello {i}\n",
    "translations": lambda i: f"say: Hello {i}\n    fr: Bonjour {i}\n",
    "inserts": lambda i: f"say: {{worker.first_name}} {{well}} {i}\n",
    "ifs": lambda i: f"if well is yes:\n    say: Hello {i}\n",
    "other ifs": lambda i: f"otherwise if well is yes:\n    say: {i}\n" if i else "if well is no:\n    say: No\n",
    "long conditions": lambda i: "if " + " or ".join(["well is yes"] * 20) + f":\n    say: {i}\n",
    "sets": lambda i: f"set v{i} to {i}\n",
    "sets of one": lambda i: f"set v to v + {i}\n",
    "chains of sets": lambda i: f"set v{i + 1} to v{i} + 1\n",
    "sections": lambda i: f"section s{i}: Part {i}\nsay: {i}\n",
    "jumps ahead": lambda i: f"if well is yes:\n    go to s{i}\nsection s{i}: Part {i}\nsay: {i}\n",
    "jumps back": lambda i: f"section s{i}: Part\nask q{i}: Well?\n    1. a: A -> s{i // 2}\n    2. b: B\n",
    "jumps to one place": lambda i: "if well is yes:\n    go to well\n",
    "jumps that end nowhere": lambda i: f"section s{i}: P\nif q is 1:\n    go to s{i}\n",
    "tells": lambda i: f"tell supervisor: Hello {i}\n",
    "waits": lambda i: "wait 1 day\n",
    "loops": lambda i: "for each p in products:\n    say: {p.name}\n",
    "questions in loops": lambda i: f"for each p in products:\n    ask q{i}: {{p.name}}?\n        answer: number\n",
    "timers": lambda i: f"after {i + 1} hours unless well is yes:\n    say: Hello {i}\n",
    "words": lambda i: f"on word {word(i)}{i}:\n    say: Hello {i}\n",
    "events": lambda i: f"on event e{i} with same x:\n    say: Hello {i}\n",
    "runs": lambda i: f"run clinic as r{i}\n",
    "starts": lambda i: f"start flow other{i} for supervisor\n",
    "actions": lambda i: f"do act with a = {i} as r{i}\n    if failed:\n        say: No\n",
    "submits": lambda i: f'submit to dhis2 with dataset = "lyLU2wR22tC", period = last_week, unit = {i}\n',
    "groups": lambda i: f"add worker to group g{i}\n",
    "claims": lambda i: f'set worker.f{i} to "x"\n',
    "takes": lambda i: "take well:\n    say: {taker.name}\n",
    "ask again": lambda i: "ask again well\n",
    "people": lambda i: f'for each p in workers where cadre is "c{i}":\n    say: {{p.name}}\n',
    "data elements": lambda i: f"ask q{i}: Well?\n    answer: number\n    dhis2: a{i:010}\n",
    "stops": lambda i: f"if well is yes:\n    stop as o{i}\n",
    "tables": lambda i: f"table t{i}:\n    code | name\n    a | A\n",
    "tests": lambda i: f"test: Number {i}\n    start\n    expect: Hello\n    reply: yes\n",
    "test workers": lambda i: f"test worker w{i}:\n    cadre = nurse\n",
    "includes": lambda i: f"include part{i}.flow\n",
    "table files": lambda i: f"table t{i} from t{i}.csv\n",
    "flows": lambda i: f"flow f{i}: F\n",
    "flows that speak": lambda i: f"flow f{i}: F\n    start on word W{i}\nsay: Hello\n",
    "comments": lambda i: f"# {i}\n",
    "blank lines": lambda i: "\n",
    # mistakes
    "unknown names": lambda i: f"set x to {word(i)}{i} + 1\n",
    "unknown names in texts": lambda i: f"say: {{{word(i)}{i}}}\n",
    "names that nearly are": lambda i: f"ask {word(i)}{i}: N?\n    answer: number\nsay: {{{word(i)}{i}x}}\n",
    "unknown codes": lambda i: f"if well is {word(i)}{i}:\n    say: Hello\n",
    "unknown codes of many": lambda i: f"if q is {word(i)}{i}:\n    say: Hello\n",
    "unknown columns": lambda i: f"say: {{each products: {word(i)}{i}}}\n",
    "unknown fields": lambda i: f"say: {{worker.{word(i)}{i}}}\n",
    "unknown functions": lambda i: f"set x to {word(i)}{i}(1)\n",
    "unknown tables": lambda i: f"for each p in {word(i)}{i}:\n    say: Hello\n",
    "unknown lookups": lambda i: f"set x to lookup({word(i)}{i}, 1).name\n",
    "unknown questions": lambda i: f"ask again {word(i)}{i}\n",
    "unknown receivers": lambda i: f"tell {word(i)}{i}: Hello\n",
    "unknown languages": lambda i: f"say: Hello\n    {word(i)[:2]}: Bonjour\n",
    "unknown parts": lambda i: f"say: {{well.{word(i)}{i}}}\n",
    "unknown starts": lambda i: f"{word(i)}{i}: Hello\n",
    "lost jumps": lambda i: f"go to {word(i)}{i}\n",
    "lost choices": lambda i: f"ask q{i}: Well?\n    1. a: A -> {word(i)}{i}\n    2. b: B\n",
    "lost jumps among sections": lambda i: f"section {word(i)}{i}: S\ngo to {word(i + 1)}{i}x\n",
    "jumps into blocks": lambda i: f"if well is yes:\n    ask q{i}: N?\n        answer: number\ngo to q{i}\n",
    "one name": lambda i: "ask same: Well?\n    answer: number\n",
    "taken names": lambda i: "ask worker: Well?\n    answer: number\n",
    "misspelled words": lambda i: f"sya: Hello {i}\n",
    "missing colons": lambda i: f"if well is yes\n    say: {i}\n",
    "open quotes": lambda i: f'set x to "{i}\n',
    "open brackets": lambda i: f"set x to ({i}\n",
    "open braces": lambda i: f"say: Hello {{{i}\n",
    "kinds compared": lambda i: f'if well > "{i}":\n    say: Hello\n',
    "dates and numbers": lambda i: f"set x to today + {i}\n",
    "or without is": lambda i: f"if well is yes or no{i}:\n    say: Hello\n",
    "questions without answers": lambda i: f"if q{i} is 1:\n    say: Hello\nask q{i}: N?\n    answer: number\n",
    "short forms": lambda i: "    short form: well\n",
    "header lines": lambda i: f"    remind after {i + 1} hours\n",
    "margins": lambda i: " " * (i % 9) + f"say: {i}\n",
    "nothing below": lambda i: "if well is yes:\n",
    "curly quotes": lambda i: f"say: “Hello” – {i}…\n",
    "unlike letters": lambda i: f"say: ሰላም {i} 👍\n",
    "signs": lambda i: "!@#$%^&*()\n",
}
"""A line, or a few, as often as there is room."""


def _many(i: int) -> str:
    return f"    {i + 1}. c{i}: L{i}\n"


ALL_IN_ONE: dict[str, Callable[[], str]] = {
    "one question with choices": lambda: filled(_many, HEAD + "ask q: Which?\n"),
    "choices and unknown codes": lambda: filled(
        ONE_AFTER_ANOTHER["unknown codes of many"],
        HEAD + "ask q: Which?\n" + "".join(_many(i) for i in range(90)),
    ),
    "choices that jump": lambda: filled(
        lambda i: f"    {i + 1}. c{i}: L{i} -> end\n", HEAD + "ask q: Which?\n", "section end\n"
    ),
    "bullets": lambda: filled(lambda i: f"    - label{i}\n", HEAD + "ask q: Which?\n"),
    "one of": lambda: filled(lambda i: f"c{i}, ", HEAD + "ask q: Which?\n    answer: one of ", "z\n"),
    "languages": lambda: filled(
        lambda i: f", {word(i)[:3]}", "flow clinic: Clinic\n    languages: en", "\nsay: Hello\n"
    ),
    "languages of a text": lambda: filled(lambda i: f"    {word(i)[:3]}: T{i}\n", HEAD + "say: Hello\n"),
    "start words": lambda: filled(lambda i: f" or W{i}", "flow clinic: Clinic\n    start on word A", "\nsay: Hello\n"),
    "inputs": lambda: filled(lambda i: f"        i{i}: number\n", "flow clinic: Clinic\n    inputs:\n", "say: Hello\n"),
    "sensitive": lambda: filled(lambda i: f", s{i}", "flow clinic: Clinic\n    sensitive: well", "\n" + ASK),
    "moved": lambda: filled(lambda i: f"    moved a{i} -> well\n", HEAD.rstrip("\n") + "\n", ASK),
    "short form": lambda: filled(lambda i: f", q{i}", "flow clinic: Clinic\n    short form: well", "\n" + ASK),
    "rows": lambda: filled(lambda i: f"    r{i} | Row {i}\n", HEAD + "table t:\n    code | name\n"),
    "columns": lambda: filled(lambda i: f" | c{i}", HEAD + "table t:\n    code", "\n    a | b\n"),
    "text of lines": lambda: filled(lambda i: f"    > Line {i}\n", HEAD + "say:\n"),
    "text of values": lambda: filled(lambda i: "{well} ", HEAD + ASK + "say: ", "\n"),
    "text": lambda: filled(lambda i: "a", HEAD + "say: ", "\n"),
    "name": lambda: filled(lambda i: "a", HEAD + "ask ", ": Well?\n"),
    "number": lambda: filled(lambda i: "9", HEAD + "set x to ", "\n"),
    "sum": lambda: filled(lambda i: f" + {i}", HEAD + "set x to 1", "\n"),
    "brackets": lambda: HEAD + "set x to " + "(" * 50_000 + "1" + ")" * 50_000 + "\n",
    "open brackets in a line": lambda: HEAD + "set x to " + "(" * 100_000 + "\n",
    "not": lambda: filled(lambda i: "not ", HEAD + ASK + "if ", "well:\n    say: Hello\n"),
    "quotes": lambda: filled(lambda i: '"', HEAD + "set x to ", "\n"),
    "braces": lambda: filled(lambda i: "{", HEAD + "say: ", "\n"),
    "calls in calls": lambda: HEAD + "set x to " + "sum(" * 20_000 + "1" + ")" * 20_000 + "\n",
    "spaces before lines": lambda: filled(lambda i: " " * 3_900 + "say: Hello\n"),
    "spaces in lines": lambda: filled(lambda i: "go" + " " * 3_900 + "to well\n"),
    "words in lines": lambda: filled(lambda i: "x " * 1_990 + "\n"),
    "spaces": lambda: filled(lambda i: " ", HEAD, "say: Hello\n"),
    "words without a line": lambda: filled(lambda i: "go to ", HEAD, "\n"),
    "blocks": lambda: HEAD + ASK + "".join(" " * i + "if well is yes:\n" for i in range(440)),
    "branches": lambda: filled(lambda i: f"    if well is yes:\n        say: {i}\n", HEAD + ASK + "if well is yes:\n"),
    "unknown names in a block": lambda: filled(
        lambda i: f"    say: {{{word(i)}{i}}}\n", HEAD + ASK + "if well is yes:\n"
    ),
    "unknown lines in a block": lambda: filled(lambda i: f"    {word(i)} {i}\n", HEAD + ASK + "if well is yes:\n"),
    "unknown lines in a question": lambda: filled(lambda i: f"    {word(i)} {i}\n", HEAD + "ask q: Well?\n"),
    "misspelled lines in a block": lambda: filled(lambda i: f"    sya: {i}\n", HEAD + ASK + "if well is yes:\n"),
    "margins in a block": lambda: filled(lambda i: " " * (2 + i % 7) + f"say: {i}\n", HEAD + ASK + "if well is yes:\n"),
    "one test": lambda: filled(lambda i: "    reply: yes\n    expect: Well?\n", HEAD + ASK + "test: T\n    start\n"),
    "one row": lambda: filled(lambda i: " | x", HEAD + "table t:\n    code | name\n    a", "\n"),
    "conditions of many": lambda: filled(
        lambda i: f"if q{i % 900} is yes:\n    say: {{q{i % 900}}}\n",
        HEAD + "".join(f"ask q{i}: Well?\n    answer: yes or no\n" for i in range(900)),
    ),
    "sections and lost jumps": lambda: filled(
        lambda i: f"go to {word(i)}{i}\n", HEAD + "".join(f"section {word(i)}{i}x: S\n" for i in range(2000))
    ),
    "names and unknown names": lambda: filled(
        lambda i: f"say: {{{word(i)}{i}}}\n", HEAD + "".join(f"set {word(i)}{i}x to 1\n" for i in range(2000))
    ),
}
"""One thing, as long as there is room."""


NAMES = (*ONE_AFTER_ANOTHER, *ALL_IN_ONE)


def file(name: str) -> str:
    """One file of the family."""
    if name in ALL_IN_ONE:
        return ALL_IN_ONE[name]()
    in_header = name in ("short forms", "header lines")
    return filled(ONE_AFTER_ANOTHER[name], HEAD.rstrip("\n") + "\n" if in_header else HEAD + ASK + TABLE)


def files() -> Iterator[tuple[str, str]]:
    """Every file of the family with its name."""
    return ((name, file(name)) for name in NAMES)

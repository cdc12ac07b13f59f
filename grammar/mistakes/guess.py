"""One word is put in, changed or taken away; what lets the line be read furthest is what the author meant."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec
from lark import Token
from lark.exceptions import UnexpectedToken

from grammar import lalr
from grammar.chunks import span
from grammar.diagnostics import Finding, finding
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.mistakes.words import PHRASES, phrases
from grammar.nodes.base import Span
from grammar.slips import nearest, slips

AHEAD = 5
"""How many words a guess must look ahead: enough to tell two guesses apart, and cheap."""

LONG = 4
"""A word of this length that is one slip from a keyword is hardly a name."""

_PIECE = re.compile(r"\"[^\"]*\"|\d+:\d\d|\d+(?:\.\d+)?|[^\W\d]\w*|\S")
_SIGNS = {":": "COLON", ",": "_COMMA", "=": "EQ", ")": "RPAR", "(": "LPAR", "<": "CMP", ">": "CMP", "&": "AMPERSAND"}
_INSERTED = {"COLON": ":", "_COMMA": ",", "EQ": "="}
_EXCHANGED = frozenset(
    ["of", "in", "by", "with", "when", "and", "to", "for", "at", "on", "from", "into", "as", "until"]
) | {"within", "if", "or", "is", "are", "equals", "be", "every", "all", ":", "=", "/", ">"}
"""Words and signs that authors take for one another."""

_JOINING = frozenset({"and", "or"})
"""Words that stand between the last two of several values, where a comma stands here."""

_FILLERS = frozenset(["the", "a", "an", "back", "then", "times", "time", "tries", "points", "please", "up", ":"])
"""Words without which a line says the same."""

_LIKELY = ("is", "to", "as", "after", "on", "each", "in", "if", "from", "with", "for")
"""Words that are left out most often, the likeliest first."""


_ORDER = {f"_K_{word.upper()}": place for place, word in enumerate(_LIKELY)} | {"COLON": 90, "_COMMA": 91}


class Guess(msgspec.Struct, frozen=True):
    """`terminal` is put before the next piece, in the place of `taken` pieces ("" : nothing is put in)."""

    terminal: str
    taken: int
    read: int


def one_word(trouble: Trouble) -> Explanation | None:
    """The line with one word more, another word, or one word less, where that can be read."""
    if trouble.kind != "word" or trouble.parser is None or not trouble.before:
        return None
    pieces = list(_PIECE.finditer(trouble.rest))[:AHEAD]
    words = [piece[0] for piece in pieces]
    best = _best(list(_guesses(trouble, words)))
    if best is None:
        return None
    after = pieces[best.taken].start() if best.taken < len(pieces) else len(trouble.rest)
    return _say(trouble, best, words[0], trouble.rest[after:])


def _best(guesses: Sequence[Guess]) -> Guess | None:
    """The guess that is read furthest; none where several are and nothing speaks for one of them."""
    if not guesses:
        return None
    best = max(guesses, key=lambda guess: guess.read)
    rivals = [guess for guess in guesses if guess.read == best.read and guess.taken == best.taken and guess.terminal]
    if best.read <= best.taken or (len(rivals) > 1 and best.terminal not in _ORDER and best.terminal):
        return None
    return best


def _guesses(trouble: Trouble, words: Sequence[str]) -> Iterator[Guess]:
    """The guesses, the likelier before the less likely where both are read as far."""
    terminals = _candidates(trouble.accepted)
    for taken in (0, 1):
        for terminal in terminals:
            if not (_stands_for(words[0].lower(), terminal) if taken else terminal != "_K_OF"):
                continue  # of a missing `of`: two names side by side are no role of somebody
            yield Guess(terminal, taken, taken + _read(trouble, [terminal], words[taken:]))
    if words[0].lower() in _FILLERS:
        yield Guess("", 1, 1 + _read(trouble, [], words[1:]))


def _stands_for(piece: str, terminal: str) -> bool:
    """Whether another word may stand instead: only of one that says by itself little, or of a sign taken for a word."""
    if terminal == "_COMMA":
        return piece in _JOINING
    return piece in _EXCHANGED and (piece != "=" or terminal in ("_K_TO", "_K_IS"))


def _candidates(accepted: frozenset[str]) -> list[str]:
    keywords = lalr.keywords()
    found = [name for name in sorted(accepted) if name in keywords or name in _INSERTED]
    return sorted(found, key=lambda name: _ORDER.get(name, len(_ORDER)))


def _read(trouble: Trouble, terminals: Sequence[str], words: Sequence[str]) -> int:
    """How many of the words can be read after the terminals; one more where the line may end there."""
    parser = trouble.parser.copy()
    try:
        for terminal in terminals:
            parser.feed_token(Token(terminal, ""))
    except UnexpectedToken:
        return -1
    for count, word in enumerate(words):
        kind = next((kind for kind in _kinds(word) if kind in parser.accepts()), None)
        if kind is None:
            return count
        if kind == "TEXT":
            return len(words) + 1
        parser.feed_token(Token(kind, word))
    return len(words) + ("_NL" in parser.accepts())


def _kinds(word: str) -> Iterator[str]:
    """What the word could be, the most certain first."""
    if f"_K_{word.upper()}" in lalr.keywords():
        yield f"_K_{word.upper()}"
    if word in _SIGNS:
        yield _SIGNS[word]
    if word.lower() in PHRASES["UNIT"]:
        yield "UNIT"
    if word[0].isdigit():
        yield "TIME" if ":" in word else "NUMBER"
    if word[0] == '"':
        yield "STRING"
    if word.isidentifier():
        yield from ("NAME", "WORD")
    yield "TEXT"


def _say(trouble: Trouble, guess: Guess, word: str, after: str) -> Explanation:
    before = trouble.line.text[: trouble.column - 1].rstrip()
    written = _INSERTED.get(guess.terminal) or "".join(phrases([guess.terminal])[:1])
    space = "" if written in (":", ",", "") else " "
    line = f"{before}{space}{written} {after.lstrip()}".rstrip()
    mark = span(trouble.line, trouble.column, trouble.column + len(word))
    found = _finding(trouble, guess, mark, word, written, line.strip())
    return Explanation(found, line)


def _finding(trouble: Trouble, guess: Guess, mark: Span, word: str, written: str, line: str) -> Finding:
    if not guess.taken and written == ":":
        return finding("E002", trouble.file, mark, where=f"before `{word}`", line=line)
    if not guess.taken:
        return finding("E028", trouble.file, mark, written=written, word=word, line=line)
    if written:
        return finding("E003", trouble.file, mark, f"Write `{line}`", word=word, right=written)
    return finding("E021", trouble.file, mark, f"Write `{line}`", rest=word, last=trouble.last)


def misspelled(trouble: Trouble) -> Explanation | None:
    """A word that is one slip from one that could stand here."""
    if trouble.kind != "word" or not trouble.before:
        return None
    words = trouble.rest.split()
    earlier = _misspelled_before(trouble)
    if earlier is not None:
        return earlier
    for phrase in phrases(trouble.accepted):
        if " " in phrase and _nearly(words, phrase.split()):
            return _say_misspelled(trouble, _as_written(trouble.rest, phrase.split()), phrase)
    meant = nearest(trouble.word, [phrase for phrase in phrases(trouble.accepted) if " " not in phrase])
    if meant is None or meant == trouble.word.lower():
        return None
    return _say_misspelled(trouble, trouble.word, meant)


def _misspelled_before(trouble: Trouble) -> Explanation | None:
    """The word before was taken for a name, and is one slip from a word of the language: `start wiht a = 1`."""
    wrong = trouble.last
    known = [word for word in lalr.keywords().values() if len(word) >= LONG] if len(wrong) >= LONG else []
    known += [word for word in phrases(trouble.accepted) if len(word) >= LONG > len(wrong)]
    meant = nearest(wrong, known) if wrong.isalpha() else None
    if meant is None or slips(wrong, meant) != 1 or meant in trouble.before.lower().split():
        return None
    begin = trouble.line.text.rindex(wrong, 0, trouble.column - 1)
    mark = span(trouble.line, begin + 1, begin + 1 + len(wrong))
    repaired = trouble.line.text[:begin] + meant + trouble.line.text[begin + len(wrong) :]
    return Explanation(finding("E003", trouble.file, mark, word=wrong, right=meant), repaired)


def _say_misspelled(trouble: Trouble, wrong: str, right: str) -> Explanation:
    mark = span(trouble.line, trouble.column, trouble.column + len(wrong))
    return Explanation(finding("E003", trouble.file, mark, word=wrong, right=right), trouble.with_word(right, wrong))


def _nearly(words: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the words begin like the phrase, with one of its words missing or wrong."""
    found = [word.lower() for word in words[: len(wanted)]]
    hits = sum(1 for word in wanted if nearest(word, found) is not None)
    return bool(found) and found[0] == wanted[0] and hits >= len(wanted) - 1


def _as_written(rest: str, wanted: Sequence[str]) -> str:
    """The words of the line that stand for the phrase."""
    end = 0
    for match in re.finditer(r"\S+", rest):
        if nearest(match[0], wanted) is None:
            break
        end = match.end()
    return rest[:end] or rest.split()[0]

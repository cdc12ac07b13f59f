"""Mistakes in the first word of a line: misspelled, of another tool, or right but in the wrong place."""

from __future__ import annotations

import re
from collections.abc import Iterable

from grammar.chunks import span
from grammar.diagnostics import finding
from grammar.mistakes import margins
from grammar.mistakes.elsewhere import ADVICE, HABITS, IN_TESTS
from grammar.mistakes.trouble import Explanation, Trouble
from grammar.mistakes.words import FOREIGN, LINE, MARGIN, PLACES, TYPED, phrases, place_of
from grammar.nodes import Span
from grammar.slips import nearest

_OTHERWISE = re.compile(r"(?:otherwise|else)(?!\w)", re.IGNORECASE)
_BULLET = re.compile(r"(?:\d{1,3}[.)]|[-–—•*])[ \t]*\w")
_REACTION = re.compile(r"if\s+(?:invalid|right|wrong|failed|too\s+many)(?!\w)", re.IGNORECASE)
_UNDOTTED = re.compile(r"[\[(]?(\d{1,3})(?:\s*[-–:=\])]\s*|\s+)(?=[^\W\d])")
_LETTERED = re.compile(r"\(?[a-z][.)]\s+(?=\w)", re.IGNORECASE)
_LABEL = re.compile(r"[^\W\d]\w*(?:\s+\w+)?")
_CODED = re.compile(r"(\w+)\s*=\s*(?=\w)")
_COLONED = re.compile(r"[a-z]\w*\s*:\s*\w", re.IGNORECASE)
_IN_A_TEST = re.compile(r"test\s*:", re.IGNORECASE)
_ROW = re.compile(r"[^|:]*\|")
_TAG = re.compile(r"[a-z]{2}", re.IGNORECASE)
_QUESTION = re.compile(r"(?:ask|quiz)\s", re.IGNORECASE)
_FIRST = re.compile(r"[^\s:]+")
_TEXT_OWNERS = re.compile(r"(?:say|ask|quiz|verify|tell|voice|sms|hint|[a-z]{2,3}(?:-[a-z]+)?)(?!\w).*:", re.IGNORECASE)


def first_word(trouble: Trouble) -> Explanation | None:
    """What is wrong with the beginning of the line; None where reading stopped further on."""
    if trouble.kind != "word" or trouble.before:
        return None
    words = trouble.line.words
    if _is_below_a_choice(trouble):
        return margins.beside_owner(trouble)
    if trouble.owner is not None and _BULLET.match(trouble.owner.words) and place_of(words) == LINE:
        return Explanation(finding("E034", trouble.file, span(trouble.line), _AFTER_AN_ANSWER, line=""))
    if _UNDOTTED.match(words) and "BULLET" in trouble.accepted:
        return _undotted(trouble)
    if "BULLET" in trouble.accepted and (_LETTERED.match(words) or _CODED.match(words)):
        return _unnumbered(trouble)
    if _OTHERWISE.match(words):
        return trouble.explain("E008")
    if trouble.owner is None and _ROW.match(words):
        return _misplaced(trouble, margins.shortened(words), "under a table")
    if words.startswith(">"):
        return _misplaced(trouble, ">", "below a text")
    if _BULLET.match(words) and "BULLET" not in trouble.accepted:
        return _misplaced(trouble, words.split()[0], "under a question")
    match = _FIRST.match(words)
    return _word(trouble, match[0] if match else words)


_AFTER_AN_ANSWER = (
    "What is done after one answer stands behind the question, no further in than it: `if ready is yes:`, with the "
    "question's own name and code, and this line below that."
)


def habit(trouble: Trouble) -> Explanation | None:
    """A line as other tools write it."""
    if trouble.kind not in ("word", "end"):
        return None
    in_a_test = trouble.owner is not None and _IN_A_TEST.match(trouble.owner.words)
    for pattern, instead in (*IN_TESTS, *HABITS) if in_a_test else HABITS:
        right, count = re.subn(rf"^{pattern}", instead, trouble.line.words, flags=re.IGNORECASE)
        if count and right != trouble.line.words:
            return _written(trouble, right)
    for pattern, advice in ADVICE:
        match = re.match(pattern, trouble.line.words, re.IGNORECASE)
        if match is not None:
            return Explanation(finding("E034", trouble.file, span(trouble.line), match.expand(advice), line=""))
    return None


def _written(trouble: Trouble, right: str) -> Explanation:
    found = finding("E034", trouble.file, span(trouble.line), line=right)
    return Explanation(found, " " * trouble.line.indent + right)


def _is_below_a_choice(trouble: Trouble) -> bool:
    """A choice, or another line of a question, that is further in than the choice above it."""
    if trouble.owner is None or not _BULLET.match(trouble.owner.words):
        return False
    words = trouble.line.words
    if _BULLET.match(words) or _REACTION.match(words):
        return True
    return "under a question" in (place_of(words) or "")


def _undotted(trouble: Trouble) -> Explanation:
    line = _UNDOTTED.sub(r"\1. ", trouble.line.words, count=1)
    return trouble.explain("E031", " " * trouble.line.indent + line, line=line)


def _unnumbered(trouble: Trouble) -> Explanation:
    """A choice that begins with a letter, as in a printed form, or with `m = `, or with nothing."""
    words = _LETTERED.sub("", trouble.line.words, count=1)
    line = "- " + _CODED.sub(r"\1: ", words, count=1)
    return trouble.explain("E034", " " * trouble.line.indent + line, line=line)


def _word(trouble: Trouble, word: str) -> Explanation:
    if word.lower() in FOREIGN:
        return (_continued(trouble) if not FOREIGN[word.lower()] else None) or _foreign(trouble, word)
    place = place_of(trouble.line.words)
    if place is not None:
        return _misplaced(trouble, word.lower(), place)
    if _TAG.fullmatch(word) and trouble.rest[len(word) :].lstrip().startswith(":"):
        return _misplaced(trouble, word, "under a text")
    here = phrases(trouble.accepted)
    meant = _near(word, {phrase.split()[0]: None for phrase in here})
    if meant is not None and word.lower() != meant:
        return _misspelled(trouble, word, meant, trouble.with_word(meant, word))
    owner = trouble.owner
    may_be_choice = owner is not None and "BULLET" in trouble.accepted and _QUESTION.match(owner.words)
    if may_be_choice and not trouble.has_block and _LABEL.fullmatch(trouble.line.words):
        return _unnumbered(trouble)
    meant = _near(word, PLACES)
    if meant is not None:
        hint = f"Do you mean `{meant}`? It belongs {PLACES[meant]}."
        return Explanation(finding("E001", trouble.file, _mark(trouble, word), hint, word=word))
    if may_be_choice and _COLONED.match(trouble.line.words):
        return _unnumbered(trouble)
    return _continued(trouble) or _unknown(trouble, word, here)


def _near(word: str, known: Iterable[str]) -> str | None:
    """The nearest word; one with the same letters before all others, and for two letters nothing else."""
    found = list(known)
    same = [other for other in found if sorted(other) == sorted(word.lower())]
    return same[0] if same else nearest(word, found) if len(word) > len("fr") else None


def _misspelled(trouble: Trouble, word: str, meant: str, repaired: str) -> Explanation:
    right = trouble.with_word(meant, word).strip()
    return Explanation(finding("E001", trouble.file, _mark(trouble, word), word=word, line=right), repaired)


def _mark(trouble: Trouble, word: str) -> Span:
    return span(trouble.line, trouble.column, trouble.column + len(word))


def _foreign(trouble: Trouble, word: str) -> Explanation:
    meant = "reply" if word.lower() in TYPED and "reply" in phrases(trouble.accepted) else FOREIGN[word.lower()]
    hint = (
        f"Here it is called `{meant}`."
        if meant
        else "Take the line away: a block ends where the lines stand further left."
    )
    return Explanation(finding("E001", trouble.file, _mark(trouble, word), hint, word=word))


def _misplaced(trouble: Trouble, word: str, place: str) -> Explanation:
    owner = trouble.owner
    hint: str | None
    if owner is None:
        where = "at the left margin"
        hint = f"It belongs {place}: indent it, so that it stands below the line it belongs to."
    else:
        where = f"below `{margins.shortened(owner.words)}`"
        outward = place in (LINE, MARGIN)
        hint = "Remove the spaces at its beginning, so that it stands further left." if outward else None
    return trouble.explain("E007", word=word, where=where, place=place, hint=hint)


def _continued(trouble: Trouble) -> Explanation | None:
    """A text that goes on in the next line, without its sign."""
    owner = trouble.owner
    if owner is None or trouble.has_block or "QUOTE" not in trouble.accepted or not _TEXT_OWNERS.match(owner.words):
        return None
    if ":" in trouble.line.words.split(" ")[0]:
        return None
    text = f"{' ' * trouble.line.indent}> {trouble.line.words}"
    return Explanation(finding("E027", trouble.file, span(trouble.line), line=text.strip()), text)


def _unknown(trouble: Trouble, word: str, here: list[str]) -> Explanation:
    firsts = [w for w in dict.fromkeys(phrase.split()[0] for phrase in here) if w in PLACES or w == "flow"]
    hint = f"A line here begins with one of these: {', '.join(firsts)}." if firsts else ""
    return Explanation(finding("E001", trouble.file, _mark(trouble, word), hint, word=word))

"""Which letters count when two writings are compared: equal to people means equal here, in every script.

`clean` keeps what was written and only removes what nobody sees; `fold` keeps words alone: no case, no accents, no
punctuation.  Both are idempotent.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_SPACES = re.compile(r"\s+")
_ETHIOPIC_NUMERAL = re.compile("[\u1369-\u137c]+")
_ETHIOPIC_VALUES = (*range(1, 10), *range(10, 100, 10), 100, 10_000)
_MARKS_OF_SIGNS = re.compile("[\u0300-\u036f\u0640\u064b-\u0655\u0670]+")

# Dashes of every length, quotes and commas of other scripts: one sign each.
_ALIKE = str.maketrans(
    {
        **dict.fromkeys("‐‑‒–—―−﹣－", "-"),
        **dict.fromkeys("’‘ʼʻ´`＇", "'"),
        **dict.fromkeys("،，፣", ","),
        **dict.fromkeys("。．", "."),
        "／": "/",
        "：": ":",
        "٫": ".",
        "٬": "'",
        "٪": "%",
        "＃": "#",
        "＊": "*",
        "＋": "+",
        "\u20e3": None,
    }
)
_ASCII_WORDS = str.maketrans(
    {**{chr(n): " " for n in range(33, 127) if not chr(n).isalnum()}, "'": None, "`": None},
)
_RARE = "ıɓɗƙøłđىة"
_COMMON = "ibdkoldيه"


def _letters() -> dict[int, str | int]:
    """Letters that people write for each other.  In Amharic some sound alike: each to the commonest of its family."""
    families = ((0x1210, 0x1200), (0x1280, 0x1200), (0x1220, 0x1230), (0x12D0, 0x12A0), (0x1340, 0x1338))
    same_sound = {rare + order: common + order for rare, common in families for order in range(7)}
    # In the two throaty families the fourth order sounds like the first: ዓመት is አመት.
    same_sound |= {first + 3: common for first, common in (*families[:2], families[3])}
    same_sound |= {0x1203: 0x1200, 0x12A3: 0x12A0}
    return {**str.maketrans(_RARE, _COMMON), **same_sound, ord("œ"): "oe", ord("æ"): "ae"}


_LETTERS = _letters()


def clean(text: str) -> str:
    """What was written, on one line, with ASCII digits and plain dashes, quotes and spaces; nothing invisible."""
    if text.isascii():
        return _SPACES.sub(" ", text).strip() if text.isprintable() else _visible(text)
    return _visible(_ETHIOPIC_NUMERAL.sub(_ethiopic_number, text.translate(_ALIKE)))


@lru_cache(maxsize=16)  # one message is folded six times on its way; no message stays here for longer
def fold(text: str) -> str:
    """The words alone, joined by one space: "It’s FINE!" and "its fine" give the same."""
    if not text.isascii():
        text = _plain_letters(clean(text))
    return " ".join(text.casefold().translate(_ASCII_WORDS).split())


def squash(text: str) -> str:
    """`fold` without the spaces: how labels are compared."""
    return fold(text).replace(" ", "")


def _visible(text: str) -> str:
    kept = (_seen(sign) for sign in text)
    return _SPACES.sub(" ", "".join(kept)).strip()


def _seen(sign: str) -> str:
    if sign.isascii():
        return sign if sign.isprintable() else " "
    if sign.isspace():
        return " "
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    return "" if kind in ("Cf", "Cc") or "\ufe00" <= sign <= "\ufe0f" else sign


def _plain_letters(text: str) -> str:
    split = unicodedata.normalize("NFKD", text.casefold())
    bare = _MARKS_OF_SIGNS.sub("", split).translate(_LETTERS)
    return "".join(sign if unicodedata.category(sign)[0] in "LMN" else _between(sign) for sign in bare)


def _between(sign: str) -> str:
    return sign if sign.isascii() else " "


def _ethiopic_number(match: re.Match[str]) -> str:
    """፲፪ is 12, ፪፻ is 200: units, tens, then a hundred or ten thousand that multiplies what stands before it."""
    total = group = 0
    for sign in match.group():
        value = _ETHIOPIC_VALUES[ord(sign) - 0x1369]
        if value < 100:
            group += value
        elif value == 100:
            group = (group or 1) * 100
        else:
            total, group = (total + group or 1) * value, 0
    return str(total + group)

"""What a text costs as SMS: its encoding, its parts, and the same text in plain letters; a pure function of the text.

GSM-7 (3GPP 23.038): 160 septets in one part, 153 in each of several; a character of the extension table costs two.
Anything else makes the whole text UCS-2: 70 units of 16 bits, or 67 in each of several; a character beyond U+FFFF
costs two.  A pair is never split between two parts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = "\f^{}\\[~]|€"

_basic = re.compile(f"[{re.escape(BASIC)}]*").fullmatch
_gsm7 = re.compile(f"[{re.escape(BASIC + EXTENSION)}]*").fullmatch
_known = frozenset(BASIC + EXTENSION)
_double = frozenset(EXTENSION)


def measure(text: str) -> tuple[str, int]:
    """("gsm7" or "ucs2", number of SMS parts); an empty text is one part."""
    if _basic(text):
        return "gsm7", 1 if len(text) <= 160 else -(-len(text) // 153)
    if _gsm7(text):
        return "gsm7", _parts((2 if letter in _double else 1 for letter in text), 160, 153)
    if text.isascii() or max(text) <= "\uffff":
        return "ucs2", 1 if len(text) <= 70 else -(-len(text) // 67)
    return "ucs2", _parts((2 if letter > "\uffff" else 1 for letter in text), 70, 67)


def _parts(widths: Iterable[int], single: int, room: int) -> int:
    """How many parts these widths fill: one of `single`, or several of `room`."""
    parts, used, total = 1, 0, 0
    for width in widths:
        total += width
        used += width
        if used > room:
            parts += 1
            used = width
    return 1 if total <= single else parts


_PLAIN = {
    **dict.fromkeys("‘’‚‛′ʼʹʻ´`", "'"),
    **dict.fromkeys("“”„‟«»″", '"'),
    **dict.fromkeys("‐‑‒–—―−•·", "-"),
    **dict.fromkeys("‹", "<"),
    **dict.fromkeys("›", ">"),
    **dict.fromkeys("\u200b\u200c\u200d\ufeff\u00ad", ""),
    "\t": " ",
    "⁄": "/",
    "×": "x",
    "÷": "/",
    "≤": "<=",
    "≥": ">=",
    "≠": "<>",
    "→": "->",
    "œ": "oe",
    "Œ": "OE",
    "ı": "i",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "ɓ": "b",
    "Ɓ": "B",
    "ɗ": "d",
    "Ɗ": "D",
    "ɖ": "d",
    "Ɖ": "D",
    "ɛ": "e",
    "Ɛ": "E",
    "ƒ": "f",
    "ɣ": "g",
    "Ɣ": "G",
    "ƙ": "k",
    "Ƙ": "K",
    "ŋ": "n",
    "Ŋ": "N",
    "ɲ": "ny",
    "Ɲ": "Ny",
    "ɔ": "o",
    "Ɔ": "O",
    "ʋ": "v",
    "Ʋ": "V",
    "ƴ": "y",
    "Ƴ": "Y",
}


class _Letters(dict[int, str]):
    """The plain form of each letter, found at its first use."""

    def __missing__(self, code: int) -> str:
        self[code] = plain = _plain_letter(chr(code))
        return plain


_letters = _Letters()


def plain(text: str) -> str:
    """The text with every letter outside GSM-7 as its plain one, where it has one: ê → e, ’ → ', but ሰ stays."""
    if _gsm7(text):
        return text
    return unicodedata.normalize("NFC", text).translate(_letters)


def _plain_letter(letter: str) -> str:
    if letter in _known:
        return letter
    pieces = [_PLAIN.get(piece, piece) for piece in unicodedata.normalize("NFKD", letter) if not _is_accent(piece)]
    found = "".join(pieces)
    return found if _gsm7(found) else letter


def _is_accent(piece: str) -> bool:
    return "\u0300" <= piece <= "\u036f"

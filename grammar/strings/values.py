"""What stands in the braces of a text: a translation has the same values, in any order."""

from __future__ import annotations

import re
from collections import Counter

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|([{}])")


def values(text: str) -> Counter[str] | None:
    """How often each value is put in; None where a brace is open or closes nothing."""
    found: Counter[str] = Counter()
    for match in _PIECE.finditer(text):
        if match[2]:
            return None
        if match[1] is not None:
            found["".join(match[1].split()).lower()] += 1
    return found


def misfit(base: str, text: str) -> str:
    """Why a translation does not fit its text, as the end of a sentence; "" where it fits."""
    wanted, given = values(base), values(text)
    if given is None:
        return "a brace is open or closes nothing"
    missing, more = set(wanted or ()) - set(given), set(given) - set(wanted or ())
    said = [f"{{{name}}} is missing" for name in sorted(missing)]
    said += [f"{{{name}}} is not in the text" for name in sorted(more)]
    return ", and ".join(said)

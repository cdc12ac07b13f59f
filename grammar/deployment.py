"""What dundun.toml names and flows may call: its actions and its systems; where there is none, nothing is claimed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

FILE = "dundun.toml"


@dataclass(frozen=True, slots=True)
class Deployment:
    """`file`: how the settings are called in a sentence; `systems`: the names that they give.

    `actions`: each with the names of the values that it takes; None where these are not given.
    """

    file: str
    actions: Mapping[str, frozenset[str] | None] = field(default_factory=dict)
    systems: frozenset[str] = frozenset()


def above(folder: Path) -> Deployment | None:
    """What the nearest settings in a folder or above it name."""
    here = folder.absolute()
    found = next((place / FILE for place in (here, *here.parents) if (place / FILE).is_file()), None)
    return None if found is None else named_in(found)


def named_in(file: Path) -> Deployment | None:
    """What settings name.  None where they cannot be read: whoever starts the server hears why."""
    try:
        return of_text(file.read_text(encoding="utf-8-sig"), file.name)
    except (OSError, ValueError):
        return None


def of_text(text: str, file: str) -> Deployment:
    """What the text of settings names.  ValueError where it is not written as TOML is."""
    import tomllib  # only now: most files that are checked have no settings above them

    written = tomllib.loads(text)
    actions = {name: _takes(keys) for name, keys in _table(written.get("actions")).items()}
    return Deployment(file, actions, frozenset(_table(written.get("systems"))))


def _table(written: object) -> dict[str, object]:
    return written if isinstance(written, dict) else {}


def _takes(keys: object) -> frozenset[str] | None:
    takes = _table(keys).get("takes")
    return frozenset(map(str, takes)) if isinstance(takes, list) else None

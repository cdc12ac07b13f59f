"""The catalogue that comes with the engine: one file a language, read once, by whoever composes the parts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

from engine.phrases.catalogue import Phrases

LANGUAGES = ("en", "fr", "pt", "es", "sw", "am", "ar")


def load(languages: Iterable[str] = LANGUAGES) -> Phrases:
    """The phrases of these languages; about 1 ms a language.  FileNotFoundError for one that does not exist."""
    folder = Path(__file__).parent
    return Phrases({tag: tomllib.loads((folder / f"{tag}.toml").read_text(encoding="utf-8")) for tag in languages})

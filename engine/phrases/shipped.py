"""The catalogue that comes with the engine: one file a language, read once, by whoever composes the parts."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from engine.phrases.catalogue import Phrases

LANGUAGES: tuple[str, ...] = ("en", "fr", "pt", "es", "sw", "am", "ar")


def load(languages: Iterable[str] = LANGUAGES, own: Mapping[str, str] | None = None) -> Phrases:
    """The phrases of these languages; about 1 ms a language.  FileNotFoundError for one that does not exist.

    `own`: what a deployment says instead, by key, in whatever language.
    """
    folder = Path(__file__).parent
    sources = {tag: tomllib.loads((folder / f"{tag}.toml").read_text(encoding="utf-8")) for tag in languages}
    for source in sources.values():
        source["says"] |= own or {}
    return Phrases(sources)

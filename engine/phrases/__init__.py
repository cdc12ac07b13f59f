"""The engine's own words: `Phrases`, a value of the pure layer, and `load`, which reads the files that come with it."""

from __future__ import annotations

from engine.phrases.catalogue import Phrases, Tongue
from engine.phrases.shipped import LANGUAGES, load

__all__ = ["LANGUAGES", "Phrases", "Tongue", "load"]

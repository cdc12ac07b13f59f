"""What people type or press, read as typed values; pure, and the same for every channel but for keys in a call."""

from __future__ import annotations

from engine.answers.question import Option, ReadAs
from engine.answers.reader import read
from engine.answers.result import Result, Right, Wrong

__all__ = ["Option", "ReadAs", "Result", "Right", "Wrong", "read"]

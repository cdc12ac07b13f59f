"""What a text costs as SMS, for channels: the tables stand with the language, which warns authors by the same ones."""

from __future__ import annotations

from grammar.gsm7 import BASIC, EXTENSION, measure, plain

__all__ = ["BASIC", "EXTENSION", "measure", "plain"]

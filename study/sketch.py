"""A file whose lines could all be read, and mean something wrong, as programs to be looked at: they are never run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from grammar import parser, reader
from grammar.compiler import compile_file
from grammar.including import whole
from grammar.loader import Loaded, Project
from grammar.names import names_of

MEANING = "E200"
"""Codes below are about reading: where a line could not be read, a picture would leave out what it says."""


def is_readable(project: Project) -> bool:
    """Could all lines be read, whatever they mean?"""
    return all(found.code >= MEANING for found in project.findings if found.severity == "error")


def sketch(project: Project) -> Project:
    """The project with the programs of every file, also of those with mistakes.  OSError."""
    files = (_sketched(file) if file.compiled is None else file for file in project.files)
    return replace(project, files=tuple(files))


def _sketched(file: Loaded) -> Loaded:
    source, _ = reader.read(Path(file.name).read_bytes(), file.name)
    read = whole(parser.parse(source)[0], file.folder).file
    names = [names_of(flow, read.loose) for flow in read.flows]
    return replace(file, compiled=compile_file(read, names, source.shown).compiled)

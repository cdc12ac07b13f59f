"""`dundun graph`: a flow as a picture that a supervisor can read, or as Mermaid; what is drawn is what runs."""

from __future__ import annotations

import sys
from dataclasses import replace as but
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from rich.console import Console

from commands import flows
from commands.errors import FOUND, CommandError
from commands.rewriting import replace
from grammar import program as p
from grammar.loader import Project
from study.graph.mermaid import mermaid
from study.graph.model import Picture
from study.graph.picture import picture
from study.graph.svg import svg
from study.sketch import is_readable, sketch
from study.written import Written

Format = Literal["svg", "mermaid"]
_HERE = Path("-")
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".gif", ".webp", ".pdf", ".bmp"})
_ENDINGS: dict[str, Format] = {".svg": "svg", ".mmd": "mermaid", ".mermaid": "mermaid"}


def graph(
    file: Path,
    flow: str = "",
    /,
    *,
    out: Annotated[Path | None, Parameter(alias="-o", allow_leading_hyphen=True)] = None,
    kind: Annotated[Format | None, Parameter(name="--format")] = None,
    language: str = "",
) -> int:
    """Draw a flow: questions as boxes, choices on the arrows, from top to bottom.

    Parameters
    ----------
    file
        A flow file, or a folder with flow files.
    flow
        Which flow, where there are several.
    out
        The file to write, or - to show it here. Without it, the flow's name with .svg or .mmd, in this folder.
    kind
        svg: a picture for every browser, for paper too. mermaid: a text that wikis draw.
    language
        Which of the flow's languages; its first, where none is named.
    """
    if out is not None and out.suffix.lower() in _PICTURES:
        raise CommandError(
            f"A picture is written as .svg, which every browser shows and prints, or as .mmd, not {out.suffix}."
        )
    project, program, wrong = _found(file, flow)
    _check(program, language)
    kind = kind or (_ENDINGS.get(out.suffix.lower(), "svg") if out is not None else "svg")
    shown = picture(program, Written(project.lines), language)
    if wrong:
        shown.title += f" ({wrong}: not sound yet)"
    drawn = _drawn(shown, kind)
    if out == _HERE:
        sys.stdout.write(drawn)
        return FOUND if wrong else 0
    path = out or Path(f"{program.flow}.{'svg' if kind == 'svg' else 'mmd'}")
    replace(path, drawn.encode())
    Console(highlight=False, markup=False).print(_said(path, program, wrong), soft_wrap=True)
    return FOUND if wrong else 0


def _found(file: Path, flow: str) -> tuple[Project, p.Program, str]:
    """The flow that is meant, and how many mistakes are in its file, which were shown then: "" where there is none."""
    project = flows.read([file])
    drawable = sketch(project) if is_readable(project) else flows.sound(project)
    program = flows.program(drawable, flow, file)
    if any(program is each for each in project.programs):
        return drawable, program, ""
    own = next(each for each in drawable.files if each.compiled and program in each.compiled.programs)
    here = [found for found in project.findings if found.file in (own.name, *own.others)]
    return drawable, program, flows.tell_mistakes(but(project, findings=tuple(here)))


def _said(path: Path, program: p.Program, wrong: str) -> str:
    return f"{path} shows {program.flow}" + (f", with {wrong} that must be mended before it can run." if wrong else ".")


def _drawn(shown: Picture, kind: Format) -> str:
    return svg(shown) if kind == "svg" else mermaid(shown)


def _check(program: p.Program, language: str) -> None:
    if language and language not in program.languages:
        raise CommandError(f"{program.flow} is not written in {language}. It is in: {', '.join(program.languages)}.")

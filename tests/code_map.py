"""The code map of ARCHITECTURE.md, made of what each module says of itself; `python -m tests.code_map` writes it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "ARCHITECTURE.md"
BEGIN = "<!-- The code map: written by `python -m tests.code_map`, from the first sentence of each module. -->\n"
ROOMS = {
    "The roof": ("settings.py", "server.py", "cli.py"),
    "commands/": ("commands",),
    "console/": ("console",),
    "channels/": ("channels",),
    "exchange/": ("exchange",),
    "editor/": ("editor",),
    "study/": ("study",),
    "engine/": ("engine",),
    "grammar/": ("grammar",),
}


def code_map() -> str:
    """The map as it should be."""
    return BEGIN + "".join(f"\n### {title}\n\n{''.join(_rows(paths))}" for title, paths in ROOMS.items())


def written() -> str:
    """The map as it stands on the page: from its mark to the end."""
    page = PAGE.read_text(encoding="utf-8")
    return page[page.index(BEGIN) :]


def _rows(paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        place = ROOT / path
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            yield f"- `{_name(file)}`: {_invariant(file)}\n"


def _name(file: Path) -> str:
    name = file.relative_to(ROOT)
    return f"{name.parent}/" if name.name == "__init__.py" else str(name)


def _invariant(file: Path) -> str:
    """The first sentence, without its full stop."""
    said = (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n\n")[0]
    return " ".join(said.split()).partition(".  ")[0].partition(". ")[0].rstrip(".")


if __name__ == "__main__":
    page = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(page.partition(BEGIN)[0] + code_map(), encoding="utf-8")

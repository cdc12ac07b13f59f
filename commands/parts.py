"""A file that only others include, on its way into a check: it is looked at as a part of the flows that include it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from commands import flows
from grammar import loader
from grammar.deployment import Deployment
from grammar.folder import NAMES, folder_of
from grammar.loader import SUFFIX, Loaded, Project


def read(paths: Iterable[Path], deployment: Deployment | None = None) -> tuple[Project, list[str]]:
    """The flow files at and under the paths, and a sentence for each that is read with others, which include it.

    Raises CommandError where there is no file, or one cannot be opened.
    """
    paths = list(paths)
    project = flows.read(paths, deployment)
    owners = {file.name: _owners(Path(file.name)) for file in project.files if _is_alone(file)}
    if not any(owners.values()):
        return project, []
    every = dict.fromkeys(path.absolute() for path in [*paths, *(each for found in owners.values() for each in found)])
    return flows.read(every, deployment), [_sentence(name, found) for name, found in owners.items() if found]


def _is_alone(file: Loaded) -> bool:
    return not file.places and any(found.code == "E299" for found in file.findings)


def _owners(part: Path) -> list[Path]:
    """The flow files of its folder that include it.  Only a folder called flows is searched with what is below it."""
    root, own = folder_of(part.absolute()).root, part.resolve()
    if root is None:
        return []
    inside = root.rglob(f"*{SUFFIX}") if root.name in NAMES else root.glob(f"*{SUFFIX}")
    try:
        files = loader.load_folder(path for path in sorted(inside) if path.resolve() != own).files
    except OSError:  # somebody else's file: whoever checks that one reads why
        return []
    return [Path(file.name) for file in files if own in {Path(name).resolve() for name in file.parts}]


def _sentence(part: str, owners: list[Path]) -> str:
    names = [owner.name for owner in owners]
    said = " and ".join([*([", ".join(names[:-1])] if names[:-1] else []), names[-1]])
    verb = "include" if names[1:] else "includes"
    return f"{Path(part).name} is a part of {said}, which {verb} it: it is checked there.\n"

"""A picture as Mermaid, for wikis and repositories that draw it themselves: nothing of a text can end its box."""

from __future__ import annotations

import json
from collections.abc import Iterator

from study.graph.model import Box, Picture

_SHAPES = {
    "start": '(["{}"])',
    "entry": '>"{}"]',
    "section": '["{}"]',
    "say": '("{}")',
    "ask": '["{}"]',
    "tell": '[/"{}"/]',
    "system": '[["{}"]]',
    "wait": '{{{{"{}"}}}}',
    "loop": '(["{}"])',
    "either": '{{"{}"}}',
    "end": '(["{}"])',
    "on": '("{}")',
}
_CLASSES = {
    "start": "fill:#f4f6f8,stroke:#2f3b46,color:#1d2733",
    "entry": "fill:#ffffff,stroke:#2f3b46,color:#1d2733",
    "section": "fill:#3a4855,stroke:#3a4855,color:#ffffff",
    "say": "fill:#ffffff,stroke:#a9b4bf,color:#1d2733",
    "ask": "fill:#dcebfa,stroke:#1d5b99,color:#1d2733",
    "tell": "fill:#fdeccd,stroke:#a86508,color:#1d2733",
    "system": "fill:#eceef1,stroke:#6c7681,color:#1d2733",
    "wait": "fill:#efe6f7,stroke:#70509a,color:#1d2733",
    "loop": "fill:#e3f1e4,stroke:#3f7a49,color:#1d2733",
    "either": "fill:#ffffff,stroke:#5b6875,color:#1d2733",
    "on": "fill:#ffffff,stroke:#a9b4bf,color:#1d2733",
    "done": "fill:#23702b,stroke:#23702b,color:#ffffff",
    "named": "fill:#1a4f8a,stroke:#1a4f8a,color:#ffffff",
    "given_up": "fill:#96600a,stroke:#96600a,color:#ffffff",
    "stopped": "fill:#a3241c,stroke:#a3241c,color:#ffffff",
}
_SIGNS = str.maketrans({sign: f"#{ord(sign)};" for sign in '"#&<>;`\\|[]{}()'} | {"\n": "<br/>"})


def mermaid(picture: Picture) -> str:
    """The picture as the text of a Mermaid flowchart."""
    return "\n".join([*_lines(picture), ""])


def _lines(picture: Picture) -> Iterator[str]:
    yield from ("---", f"title: {json.dumps(picture.title, ensure_ascii=False)}", "---", "flowchart TD")
    for box in picture.boxes.values():
        yield f"    {_name(box.key)}{_SHAPES[box.kind].format(_words(box))}:::{box.colour or box.kind}"
    for arrow in picture.arrows:
        label = f'|"{_safe(arrow.label)}"|' if arrow.label else ""
        yield f"    {_name(arrow.source)} -->{label} {_name(arrow.target)}"
    used = {box.colour or box.kind for box in picture.boxes.values()}
    yield from (f"    classDef {name} {style}" for name, style in _CLASSES.items() if name in used)


def _name(key: int) -> str:
    return f"n{key}" if key >= 0 else f"b{-key}"


def _words(box: Box) -> str:
    parts = [box.head if box.kind not in ("end", "entry") else "", box.text, *box.notes]
    return "<br/>".join(_safe(part) for part in parts if part) or " "


def _safe(text: str) -> str:
    """Every sign that means something to Mermaid, by its number."""
    return text.translate(_SIGNS)

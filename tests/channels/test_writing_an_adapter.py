"""The example of docs/channels/writing-an-adapter.md passes its own test: both are read from the page."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).parents[2] / "docs" / "channels" / "writing-an-adapter.md"
_adapter, _test = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)

sys.modules["beacon"] = ModuleType("beacon")
exec(compile(_adapter, str(PAGE), "exec"), sys.modules["beacon"].__dict__)
exec(compile(_test, str(PAGE), "exec"), globals())


def test_the_page_brought_a_test() -> None:
    assert [name for name in globals() if name.startswith("Test")] == ["TestBeacon"]

"""Tests of a browser are looked at only where `make real` has installed what drives it."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore = [] if find_spec("playwright") else ["test_demo.py", "test_mermaid.py", "test_pictures.py"]

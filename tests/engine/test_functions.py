"""The functions with Excel's names, as a table."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from engine import functions as f
from engine.values import Duration

SOME = (120, None, 0, 5)


@pytest.mark.parametrize(
    ("call", "args", "result"),
    [
        (f.total, (SOME,), 125),
        (f.total, ((),), 0),
        (f.total, (1, Decimal("0.5")), Decimal("1.5")),
        (f.total, (("3", "x"),), 3),
        (f.count, (SOME,), 3),
        (f.count, ((),), 0),
        (f.count, ((Duration(0, 5), None),), 1),
        (f.countif, (SOME, 0), 1),
        (f.countif, (SOME, "<10"), 2),
        (f.countif, (SOME, ">= 5"), 2),
        (f.countif, (SOME, "<>0"), 2),
        (f.countif, (("Bong", "nimba"), "BONG"), 1),
        (f.smallest, (SOME,), 0),
        (f.greatest, (SOME,), 120),
        (f.smallest, ((),), None),
        (f.smallest, (("Ama", "AMA"),), "Ama"),
        (f.greatest, ((3, "many"),), 3),
        (f.greatest, (date(2025, 1, 2), date(2025, 1, 3)), date(2025, 1, 3)),
        (f.days, (date(2025, 3, 10), date(2025, 3, 3)), 7),
        (f.days, (None, date(2025, 3, 3)), None),
        (f.length, ("ORS ",), 4),
        (f.length, (None,), 0),
        (f.joined, ("a", None), "a"),
        (f.joined, (1, Decimal("2.50")), "12.50"),
        (f.written, (True,), "yes"),
        (f.written, (date(2025, 12, 5),), "2025-12-05"),
    ],
)
def test_functions(call: Any, args: tuple[Any, ...], result: Any) -> None:
    assert call(*args) == result

"""What became of a program of PostgreSQL's is told also where it had no word itself."""

from __future__ import annotations

import pytest

from engine import dumping
from engine.store import StoreError


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("kill -9 $$", "sh failed: it was ended from outside, by signal 9."),
        ("exit 3", "sh failed: it ended with code 3 and no word."),
        ("echo first >&2; echo no space left >&2; exit 1", "sh failed: no space left"),
    ],
)
async def test_how_it_ended_is_told(script: str, said: str) -> None:
    with pytest.raises(StoreError) as told:
        await dumping._run(["sh", "-c", script], "postgresql://nobody@localhost/nothing")
    assert str(told.value).startswith(said)

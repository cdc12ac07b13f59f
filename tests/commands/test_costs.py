"""`dundun costs`: a table with a line in all, and a sentence where there is nothing."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from engine.opening import open_store
from tests.commands.conftest import Dundun

MONDAY = 1_740_992_400_000


@pytest.fixture(autouse=True)
def home(dundun: Dundun, tmp_path: Path) -> None:
    """A message of 2 parts went out on a Monday; its provider said what it cost."""
    (tmp_path / "dundun.toml").write_text('currency = "USD"\n', encoding="utf-8")
    store = open_store(tmp_path / "dundun.sqlite")
    asyncio.run(store.close())
    with create_engine(f"sqlite:///{tmp_path / 'dundun.sqlite'}").begin() as connection:
        connection.execute(
            text(
                "INSERT INTO outbox (bucket, box_id, out_id, line_id, channel, class, status, parts, tries, retries,"
                " doubtful, queued_at, not_before, expires_at, body, flow, cost)"
                " VALUES (1, 1, 1, 1, 'main', 1, 'sent', 2, 1, 0, 0, :at, :at, :at, '', 'survey', 25000)"
            ),
            {"at": MONDAY},
        )
        connection.execute(
            text(
                'INSERT INTO attempt (bucket, box_id, out_id, "try", process, started_at, outcome, cost)'
                " VALUES (1, 1, 1, 1, 1, :at, 'sent', '0.03')"
            ),
            {"at": MONDAY},
        )


def test_a_line_for_each_day_channel_and_flow(dundun: Dundun) -> None:
    lines = [line.split() for line in dundun("costs", "--since", "2025-03-01").out.splitlines()]
    assert lines == [
        ["Day", "Channel", "Flow", "Sent", "Parts", "Estimated", "Reported"],
        ["2025-03-03", "main", "survey", "1", "2", "0.0250", "USD", "0.0300", "USD"],
        ["In", "all", "1", "2", "0.0250", "USD", "0.0300", "USD"],
    ]


def test_nothing_is_said_so(dundun: Dundun) -> None:
    assert dundun("costs", "--since", "2025-03-04").out == "Nothing was sent since 2025-03-04.\n"


def test_a_day_that_is_none(dundun: Dundun) -> None:
    done = dundun("costs", "--since", "March")
    assert (done.code, done.err) == (2, "March: a day like 2026-11-01 is expected.\n")

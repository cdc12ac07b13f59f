"""`dundun send`: who would be reached, what would be sent, and that it waits where no server runs."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from engine.addresses import Addresses
from engine.clock import SystemClock
from engine.library import Library
from engine.opening import open_store
from engine.phrases import load
from engine.versions import Versions
from grammar.loader import load_folder
from tests.commands.conftest import Dundun

LIST = (
    "id,name,phone,job,groups\nmoses,Moses,0590000101,nurse,stock\nhawa,Hawa,0590000102,clerk,stock\nawa,Awa,,nurse,\n"
)
NURSES = ("--to", "workers where job is nurse")
STOCK = ("--to", "group stock")


@pytest.fixture(autouse=True)
def home(dundun: Dundun) -> None:
    """Three workers, of whom one has no phone; the flow survey is published."""
    Path("dundun.toml").write_text('country = "LR"\nzone = "Africa/Monrovia"\n', encoding="utf-8")
    Path("workers.csv").write_text(LIST, encoding="utf-8")
    assert dundun("workers", "import", "workers.csv").code == 0
    asyncio.run(publish())


async def publish() -> None:
    store = open_store(Path("dundun.sqlite"))
    for program in load_folder([Path("flows")]).programs:
        await Versions(store, Library(load()), SystemClock()).publish(program)
    await store.close()


def stored() -> list[tuple[str, str, int]]:
    engine = create_engine("sqlite:///dundun.sqlite")
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT flow, state, due_at FROM broadcast ORDER BY broadcast_id")).all()
    engine.dispose()
    return [(row.flow, row.state, row.due_at) for row in rows]


def test_a_dry_run_says_how_many_and_what_and_sends_nothing(dundun: Dundun) -> None:
    done = dundun("send", "survey", *STOCK, "--dry-run")
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "2 workers would be reached.",
        "Each gets 1 message of 1 SMS part at once, so 2 SMS parts in all:",
        "  Do you have ORS?",
        "  1. Yes",
        "  2. No",
    ]
    assert stored() == []


def test_a_long_text_costs_more(dundun: Dundun) -> None:
    out = dundun("send", "--text", "The store is closed. " * 20, *NURSES, "--dry-run").out
    assert "1 worker would be reached." in out
    assert "Each gets 1 message of 3 SMS parts at once, so 3 SMS parts in all:" in out


def test_without_a_server_it_waits_for_one_and_can_be_stopped(dundun: Dundun) -> None:
    done = dundun("send", "survey", *STOCK)
    number = re.findall(r"broadcast (\d+)", done.out)[0]
    assert "No server runs here" in done.out
    assert [row[:2] for row in stored()] == [("survey", "waiting")]
    stopped = dundun("send", "--stop", number)
    assert (stopped.code, "Nobody more is reached." in stopped.out) == (0, True)
    assert [row[:2] for row in stored()] == [("survey", "stopped")]
    assert "over already" in dundun("send", "--stop", number).out


def test_it_can_be_for_later_in_the_zone_of_the_server(dundun: Dundun) -> None:
    done = dundun("send", "survey", *STOCK, "--at", "2030-01-05 08:00")
    assert "goes out on 2030-01-05 08:00." in done.out
    assert stored()[0][2] == 1_893_830_400_000
    dundun("send", "survey", *STOCK, "--at", "08:00")
    wait = stored()[1][2] - SystemClock().now()
    assert 0 < wait <= 24 * 3_600_000


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((), 2, 'Say what to send: a flow, or --text "…".'),
        (("survey", "--text", "Hello", *STOCK), 2, 'Say what to send: a flow, or --text "…".'),
        (("survey",), 2, 'Say who is meant: --to "group stock_managers"'),
        (("survey", "--to", "nurses"), 2, "--to nurses: "),
        (("survey", "--to", "group stock\nstart on word X"), 2, "--to group stock"),
        (("surwey", *STOCK), 1, "There is no flow surwey. There are: survey."),
        (("survey", *STOCK, "--at", "soon"), 2, "--at soon: a time like 08:00 is expected"),
        (("survey", *STOCK, "--at", "2026-02-30 08:00"), 2, "--at 2026-02-30 08:00: a time like"),
        (("--stop", "17"), 1, "There is no broadcast 17."),
    ],
)
def test_what_cannot_be_done_is_one_sentence(dundun: Dundun, words: tuple[str, ...], code: int, says: str) -> None:
    done = dundun("send", *words)
    assert (done.code, says in done.err) == (code, True), done.err
    assert stored() == []


def test_a_time_that_is_over_is_no_time_to_send(dundun: Dundun, tmp_path: Path) -> None:
    (tmp_path / "dundun.toml").write_text('database = "answers.sqlite"\n')
    done = dundun("send", "--text", "Come.", "--to", "group lab", "--at", "2020-01-05 08:00")
    assert done.code == 2
    assert done.err.startswith("--at 2020-01-05 08:00: that is over. Leave --at out to send it now")


@pytest.mark.parametrize(
    ("to", "says"),
    [
        ("group stok", "Nobody is in a group stok. Did you mean stock?"),
        ("group lab", "Nobody is in a group lab. There are: stock."),
        ("workers where cadre is nurse", "No worker has a field cadre. There are: district, "),
        ("workers where jobb is nurse", "No worker has a field jobb. Did you mean job?"),
    ],
)
@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_a_name_that_nothing_has_is_no_audience(dundun: Dundun, to: str, says: str, dry: tuple[str, ...]) -> None:
    done = dundun("send", "survey", "--to", to, *dry)
    assert (done.code, says in done.err) == (1, True), done.err
    assert stored() == []


def test_a_dry_run_shows_what_is_published_whatever_stands_in_the_folder(dundun: Dundun) -> None:
    for file in Path("flows").glob("*.flow"):
        file.write_text("flow survey\nsay Hello\n", encoding="utf-8")
    assert "  Do you have ORS?" in dundun("send", "survey", *STOCK, "--dry-run").out.splitlines()


def test_a_dry_run_says_what_it_costs(dundun: Dundun) -> None:
    settings = Path("dundun.toml").read_text(encoding="utf-8")
    channel = "[channels.sms]\ntype = 'http'\nsend_url = 'http://127.0.0.1:1/'\ntoken = 'long-enough-to-be-one'\n"
    Path("dundun.toml").write_text(f"currency = 'USD'\n{settings}{channel}cost_per_part = 0.012\n", encoding="utf-8")
    assert "Over sms that costs 0.0240 USD." in dundun("send", "survey", *STOCK, "--dry-run").out


async def wrote(phone: str, channel: str) -> None:
    """A worker came to be known to a channel."""
    store = open_store(Path("dundun.sqlite"))
    key = Addresses(store.vault, "LR").phone(phone).key
    await store.write(
        lambda c: c.execute(text("UPDATE line SET channel = :c WHERE address_key = :k"), {"c": channel, "k": key})
    )
    await store.close()


def test_each_language_and_each_channel_has_its_own_price(dundun: Dundun) -> None:
    flow = Path("flows/survey.flow")
    flow.write_text(
        "flow survey: Stock\n    languages: en, am\n    channels: sms\n"
        f"say: {'Please count your ORS packets tonight. ' * 3}\n    am: {'እባክዎ ይቁጠሩ። ' * 8}\n",
        encoding="utf-8",
    )
    asyncio.run(publish())
    more = "id,phone,language,groups\nhawa,,am,stock\nfatou,0590000103,en,stock\n"
    Path("workers.csv").write_text(more, encoding="utf-8")
    assert dundun("workers", "import", "workers.csv").code == 0
    asyncio.run(wrote("0590000102", "dear"))
    channel = "type = 'http'\nsend_url = 'http://127.0.0.1:1/'\ntoken = 'long-enough-to-be-one'\ncost_per_part = "
    with Path("dundun.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"[channels.cheap]\n{channel}0.01\n[channels.dear]\n{channel}0.05\n")
    out = dundun("send", "survey", *STOCK, "--dry-run").out.splitlines()
    assert [line for line in out if not line.startswith("  ")] == [
        "3 workers would be reached.",
        "2 workers: each gets 1 message of 1 SMS part at once, so 2 SMS parts:",
        "1 worker: each gets 1 message of 2 SMS parts at once, so 2 SMS parts:",
        "4 SMS parts in all.",
        "Over cheap that costs 0.0200.",
        "Over dear that costs 0.1000.",
    ]


@pytest.mark.parametrize(("to", "reached"), [("everybody", 2), ("Everybody", 2), ("workers where job is nurse", 1)])
def test_everybody_can_be_meant(dundun: Dundun, to: str, reached: int) -> None:
    out = dundun("send", "--text", "Come.", "--to", to, "--dry-run").out
    assert out.startswith(f"{reached} worker")


def test_workers_without_a_condition_asks_which(dundun: Dundun) -> None:
    done = dundun("send", "--text", "Come.", "--to", "workers")
    assert done.err == '--to workers: which of them? Say --to "workers where …", or --to everybody.\n'


def test_before_the_first_start_no_flow_is_there(dundun: Dundun) -> None:
    engine = create_engine("sqlite:///dundun.sqlite")
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM current"))
    engine.dispose()
    done = dundun("send", "survey", *STOCK)
    assert done.err == "No flow was published here yet. Start the server once: it publishes the flows folder.\n"

"""Two hundred workers answer a survey through a real Kannel while the server is killed: nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import csv
import sqlite3
from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.real.kannel import PASSWORD, SHORT_CODE, TOKEN, kannel, missing
from tests.real.people import BY_PHONE, LIST, OFFICER, THANKS, WORKERS, Person
from tests.real.phones import Phones, phones
from tests.real.serving import Server
from tests.servers import free_port

pytestmark = [pytest.mark.real, pytest.mark.skipif(bool(missing()), reason=missing())]

KILLED_AT = (30, 250, 255, 700, 1100, 1105)
"""After how many messages that the phones have heard; twice while it still recovers."""

OUTBREAKS = {f"Worker{worker.n} Toe" for worker in WORKERS if worker.cases >= 5}

CHANNEL = """
[channels.lr]
type = "kannel"
send_url = "{send_url}"
username = "dundun"
password = "{password}"
token = "{token}"
from_number = "{short_code}"
allow = ["127.0.0.1"]
instant = true
"""


def heard(now: Phones) -> int:
    return sum(len(texts) for texts in now.heard.values())


def thanked(now: Phones) -> int:
    return sum(texts[-1].endswith(THANKS) for number, texts in now.heard.items() if number in BY_PHONE)


def alerted(heard: dict[str, list[str]]) -> set[str]:
    """Of whose cases the officer was told."""
    return {text.removeprefix("CHOLERA ALERT: ").partition(" at ")[0] for text in heard[OFFICER]}


def rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        return list(csv.DictReader(opened))


def counts(database: Path, query: str) -> dict[str, int]:
    """Read beside the server that owns the file."""
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        return dict(connection.execute(query).fetchall())


def statuses(database: Path) -> dict[str, int]:
    """Of all messages to workers."""
    return counts(database, "SELECT status, count(*) FROM outbox GROUP BY status")


async def until_all_are_delivered(database: Path) -> None:
    async with asyncio.timeout(60):
        while set(statuses(database)) != {"delivered"}:  # noqa: ASYNC110 - another process's state has no event
            await asyncio.sleep(0.1)


async def converse(server: Server, now: Phones) -> None:
    """Everybody begins, and ends; in between the server is killed, and started again."""
    for worker in WORKERS:
        now.say(worker.phone, "CHOLERA")
    for count in KILLED_AT:
        await now.until(lambda phones, count=count: heard(phones) >= count, 120)
        await server.kill()
        await server.start()
    await now.until(
        lambda phones: thanked(phones) == len(WORKERS) and len(alerted(phones.heard)) == len(OUTBREAKS), 180
    )
    await until_all_are_delivered(server.database)


@dataclass(frozen=True, slots=True)
class Survey:
    """What the phones heard and said, and what was exported."""

    folder: Path
    database: Path
    person: Person
    heard: dict[str, list[str]]


@pytest.fixture(scope="module")
def survey(tmp_path_factory: pytest.TempPathFactory) -> Survey:
    """The whole of it, once."""
    return asyncio.run(conducted(tmp_path_factory.mktemp("survey")))


async def conducted(folder: Path) -> Survey:
    port = free_port()
    person = Person()
    async with kannel(folder / "kannel", f"http://127.0.0.1:{port}") as gateway:
        channel = CHANNEL.format(send_url=gateway.send_url, password=PASSWORD, token=TOKEN, short_code=SHORT_CODE)
        server = Server(folder, port, channel)
        (folder / "workers.csv").write_text(LIST, encoding="utf-8")
        await server.run("workers", "import", "workers.csv")
        await server.start()
        try:
            async with phones(gateway.smsc_port, person.reply) as now:
                await converse(server, now)
        finally:
            await server.stop()
        await server.run("export", "cholera_flash", "--format", "csv", "-o", "answers")
    return Survey(folder / "answers", server.database, person, now.heard)


def test_every_worker_has_one_conversation_with_his_answers(survey: Survey) -> None:
    exported = {row["worker.id"]: row for row in rows(survey.folder / "cholera_flash.csv")}
    assert len(rows(survey.folder / "cholera_flash.csv")) == len(exported) == len(WORKERS)
    assert {row["session.outcome"] for row in exported.values()} == {"completed"}
    for worker in WORKERS:
        row = exported[f"w{worker.n}"]
        assert {name: row[name] for name in worker.exported()} == worker.exported()


def test_every_answer_that_was_sent_is_exported_once_and_in_order(survey: Survey) -> None:
    session_of = {row["worker.id"]: row["session.id"] for row in rows(survey.folder / "cholera_flash.csv")}
    answers: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    for row in rows(survey.folder / "cholera_flash.answers.csv"):
        answers[row["session.id"]].append((int(row["n"]), row["question"], row["raw"].strip()))
    for worker in WORKERS:
        said = [(question, text.strip()) for question, text in survey.person.answers[worker.phone]]
        assert answers[session_of[f"w{worker.n}"]] == [(n, *answer) for n, answer in enumerate(said, 1)]
    assert len(answers) == len(WORKERS)


def test_the_officer_is_told_of_every_outbreak(survey: Survey) -> None:
    assert alerted(survey.heard) == OUTBREAKS


def test_what_was_heard_twice_stands_in_the_database_as_possible(survey: Survey) -> None:
    twice = sum(len(texts) for texts in survey.heard.values()) - sum(statuses(survey.database).values())
    unknown = counts(survey.database, "SELECT outcome, count(*) FROM attempt GROUP BY outcome").get("unknown", 0)
    assert 0 <= twice <= unknown


def test_every_message_has_its_receipt(survey: Survey) -> None:
    assert set(statuses(survey.database)) == {"delivered"}

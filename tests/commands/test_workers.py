"""`dundun workers`: a list goes in, a list comes out."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.conftest import Dundun

LIST = "id,name,Mobile,facility,facility.name\nmoses,Moses Flomo,0590000101,F1,Gbarnga Clinic\nhawa,Hawa Sumo,12,F1,\n"
MAPPED = ("workers.csv", "--map", "Mobile=phone")
WRONG = "Worker hawa: the phone number cannot be a real one. Write it like +231770000001.\n"


@pytest.fixture(autouse=True)
def home(dundun: Dundun) -> None:
    """The folder has settings and a list."""
    Path("dundun.toml").write_text('country = "LR"\n', encoding="utf-8")
    Path("workers.csv").write_text(LIST, encoding="utf-8")


def test_a_dry_run_says_what_is_wrong_and_touches_nothing(dundun: Dundun) -> None:
    done = dundun("workers", "import", *MAPPED, "--dry-run")
    assert (done.code, done.out) == (1, f"{WRONG}1 of 2 workers can be taken in.\n")
    assert not Path("dundun.sqlite").exists()


def test_a_list_is_taken_in_and_shown(dundun: Dundun) -> None:
    done = dundun("workers", "import", *MAPPED)
    assert done.code == 1
    assert done.out.endswith(f"{WRONG}1 of 2 workers were taken in.\n")
    shown = dundun("workers", "list").out
    assert "moses" in shown
    assert "+231590000101" in shown
    assert "Gbarnga Clinic" in shown
    assert "hawa" not in shown


def test_the_same_list_again_changes_what_it_says(dundun: Dundun) -> None:
    dundun("workers", "import", *MAPPED)
    Path("workers.csv").write_text("id,name,Mobile\nmoses,Moses B. Flomo,\n", encoding="utf-8")
    assert dundun("workers", "import", *MAPPED).code == 0
    shown = dundun("workers", "list").out
    assert "Moses B. Flomo" in shown
    assert "+231590000101" in shown, "an empty cell leaves what is stored"


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["import", "nowhere.csv"], 2, "nowhere.csv cannot be read: No such file or directory."),
        (["import", "workers.csv", "--map", "Mobile"], 2, 'Mobile: --map "COLUMN=field" is expected'),
        (["import", "workers.csv", "--map", "Tel=phone"], 2, "no column can be phone"),
        (["list", "--config", "nowhere.toml"], 2, "There is no file nowhere.toml."),
        (["list"], 1, "There is no database"),
    ],
)
def test_what_cannot_be_done_is_one_sentence(dundun: Dundun, words: list[str], code: int, says: str) -> None:
    done = dundun("workers", *words)
    assert done.code == code
    assert says in done.err


@pytest.mark.parametrize(("dry", "verb"), [((), "were"), (("--dry-run",), "can be")])
def test_a_number_that_stands_in_every_row_is_nobodys_and_said_once(
    dundun: Dundun, dry: tuple[str, ...], verb: str
) -> None:
    rows = "".join(f"w{n},0590000000\n" for n in range(1_200))
    Path("many.csv").write_text(f"id,phone\n{rows}own,0590000101\n", encoding="utf-8")
    done = dundun("workers", "import", "many.csv", *dry)
    assert done.code == 1
    placeholder, taken = done.out.strip().splitlines()
    assert placeholder.startswith("+231590000000 stands at more than 50 workers, and no phone is shared by so many")
    assert taken == f"1201 of 1201 workers {verb} taken in."


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("a,0590000001\nb,0590000002\n", []),
        ("a,0590000001\nb,0590000002\nc,0590000003\n", []),
        ("a,0590000002\nb,0590000003\n", ["1 phone would move to other workers, like a: "]),
        ("a,0590000002\nb,0590000001\n", ["2 phones would move to other workers, like a: "]),
    ],
)
def test_a_dry_run_says_whose_phones_would_move_and_moves_none(dundun: Dundun, rows: str, says: list[str]) -> None:
    Path("first.csv").write_text("id,phone\na,0590000001\nb,0590000002\n", encoding="utf-8")
    assert dundun("workers", "import", "first.csv").code == 0
    before = Path("dundun.sqlite").read_bytes()
    Path("then.csv").write_text(f"id,phone\n{rows}", encoding="utf-8")
    done = dundun("workers", "import", "then.csv", "--dry-run")
    *told, counted = done.out.splitlines()
    assert [line.partition(": ")[0] + ": " for line in told] == says
    assert "has a column slipped" in done.out or not says
    assert counted.endswith("workers can be taken in.")
    assert Path("dundun.sqlite").read_bytes() == before


def test_a_dry_run_with_another_database_s_key_says_so(dundun: Dundun) -> None:
    assert dundun("workers", "import", *MAPPED).code == 1
    Path("dundun.key").unlink()
    done = dundun("workers", "import", *MAPPED, "--dry-run")
    assert done.code == 1
    assert "dundun.key" in done.err


def test_a_list_whose_columns_are_called_otherwise_says_so(dundun: Dundun) -> None:
    done = dundun("workers", "import", "workers.csv", "--dry-run")
    assert done.out.splitlines() == [
        "2 of 2 workers can be taken in.",
        "Columns that flows read as fields of their own: Mobile.",
        'Is one of them a known word under another name? --map "Mobile number=phone"',
    ]


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_rows_that_cannot_stand_are_told_before_and_after(dundun: Dundun, dry: tuple[str, ...]) -> None:
    Path("workers.csv").write_text("id,name\nmoses,Moses\n,Nobody\nmoses,Moses B.\n", encoding="utf-8")
    done = dundun("workers", "import", "workers.csv", *dry)
    assert (done.code, done.out.splitlines()[:2]) == (
        1,
        [
            "Row 3 has no id, by which a worker is known for good: give it one.",
            "Worker moses stands in rows 2 and 4; row 4 counts. Take the others out.",
        ],
    )
    assert "1 of 3 workers" in done.out

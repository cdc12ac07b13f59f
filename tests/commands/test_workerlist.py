"""How a list of workers may be written."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands.errors import CommandError
from commands.workerlist import read


def a_file(tmp_path: Path, content: str | bytes) -> Path:
    file = tmp_path / "workers.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize(
    "content",
    [
        "id,Name,phone\n1,Zoë,+231\n",
        "id;name;phone\r\n1;Zoë;+231\r\n",
        "id\tname\tphone\n1\tZoë\t+231",
        "\ufeffid,name,phone\n\n1, Zoë ,+231\n,,\n",
        'id,name,phone\n"1","Zoë",+231\n',
        "id,name,phone\n1,Zoë,+231\n".encode("utf-16"),
        "id;name;phone\n1;Zoë;+231\n".encode("cp1252"),
    ],
    ids=["commas", "semicolons", "tabs", "empty rows", "quotes", "UTF-16", "Windows letters"],
)
def test_what_spreadsheets_write_is_read(tmp_path: Path, content: str | bytes) -> None:
    assert read(a_file(tmp_path, content), {}).workers == [{"id": "1", "name": "Zoë", "phone": "+231"}]


def test_columns_can_have_other_names(tmp_path: Path) -> None:
    file = a_file(tmp_path, "iHRIS id,Mobile number,cadre\nP7,0770000001,nurse\n")
    found = read(file, {"ihris id": "id", "Mobile Number": "phone"})
    assert found.workers == [{"id": "P7", "phone": "0770000001", "cadre": "nurse"}]


def test_facilities_come_with_their_workers(tmp_path: Path) -> None:
    file = a_file(tmp_path, "id,facility,facility.name,facility.dhis2_id\n1,F1,Phebe,\n2,F1,,abc\n3,,,\n")
    found = read(file, {})
    assert found.workers == [{"id": "1", "facility": "F1"}, {"id": "2", "facility": "F1"}, {"id": "3"}]
    assert found.facilities == [{"code": "F1", "name": "Phebe", "dhis2_id": "abc"}]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "has no column id"),
        ("name,phone\nA,1\n", "has no column id, by which a worker is known for good. If it has another name"),
        ("id,name,Name\n1,a,b\n", "there are two columns name"),
        ("id,name\n1\n2,b,c\n", "row 2: 1 cells, where the first row has 2.\n"),
        (b"PK\x03\x04 a workbook", "is a workbook. In Excel or LibreOffice, save it as CSV"),
        (b"id,name\n1,\x81\n", "is not a text file"),
    ],
)
def test_a_list_that_cannot_be_read_says_what_to_do(tmp_path: Path, content: str | bytes, says: str) -> None:
    with pytest.raises(CommandError) as error:
        read(a_file(tmp_path, content), {})
    assert says in str(error.value)


def test_a_column_that_is_not_there_cannot_be_mapped(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"no column can be phone. Its columns are: id, tel"):
        read(a_file(tmp_path, "id,tel\n1,2\n"), {"mobile": "phone"})


def test_no_file() -> None:
    with pytest.raises(CommandError, match=r"nowhere.csv cannot be read: No such file"):
        read(Path("nowhere.csv"), {})


def test_a_worker_in_several_rows_is_the_last_of_them(tmp_path: Path) -> None:
    found = read(a_file(tmp_path, "id,name\n1,Zoë\n2,Ama\n1,Zoe\n\n1,Zo\n"), {})
    assert (found.workers, found.total) == ([{"id": "1", "name": "Zo"}, {"id": "2", "name": "Ama"}], 4)
    assert found.problems == ["Worker 1 stands in rows 2, 4 and 6; row 6 counts. Take the others out."]


def test_a_row_without_an_id_is_named_by_its_number(tmp_path: Path) -> None:
    found = read(a_file(tmp_path, "id,name\n1,Zoë\n,Ama\n"), {})
    assert (found.workers, found.total) == ([{"id": "1", "name": "Zoë"}], 2)
    assert found.problems == ["Row 3 has no id, by which a worker is known for good: give it one."]


def test_columns_that_are_no_known_words_are_told(tmp_path: Path) -> None:
    file = a_file(tmp_path, "id,name,Mobile,langauge,facility,facility.name,Tel\n1,Zoë,1,en,F1,Phebe,2\n")
    assert read(file, {"tel": "phone"}).own == ["Mobile", "langauge"]

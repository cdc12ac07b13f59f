"""Other files: their lines and tables stand in the flow, their mistakes in themselves; nothing outside is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.loader import Project, load_folder

HEADER = "flow visit: Visit\n"
TEST = "test: Hello\n    start\n    expect nothing\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "flows"
    (made / "common").mkdir(parents=True)
    (tmp_path / "secret.flow").write_text("say: Secret.\n")
    (tmp_path / "secret.csv").write_text("code,name\na,A\n")
    return made


def write(folder: Path, **files: str) -> Project:
    """Files by name (`common__x` is common/x), as a project."""
    for name, text in files.items():
        (folder / f"{name.replace('__', '/')}.flow").write_text(text)
    return load_folder([folder])


def said(project: Project, *leave_out: str) -> list[tuple[str, int, str]]:
    found = [(Path(each.file).name, each.line, each.code) for each in project.findings]
    return [each for each in found if each[2] not in ("W290", *leave_out)]


def test_included_lines_are_part_of_the_program_and_of_its_hash(folder: Path) -> None:
    (first,) = write(folder, visit=HEADER + "include common/a.flow\n", common__a="say: One.\n").programs
    (second,) = write(folder, common__a="say: Two.\n").programs
    (third,) = write(folder, visit=HEADER + "say: Two.\n").programs
    assert first.hash() != second.hash()
    assert second.hash() == third.hash()
    assert [Path(place.file).name for place in second.places] == ["a.flow", "visit.flow"]


def test_a_file_that_others_include_needs_no_flow(folder: Path) -> None:
    assert said(write(folder, visit=HEADER + "include common/a.flow\n", common__a="say: One.\n")) == []
    assert said(write(folder, common__b="say: Nobody includes me.\n")) == [("b.flow", 1, "E299")]


def test_a_line_of_an_included_file_is_told_with_the_files_name_alone(folder: Path) -> None:
    visit = HEADER + "    languages: en, fr\ninclude common/a.flow\n"
    project = write(folder, visit=visit, common__a="say: One.\n")
    (lacking,) = [each for each in project.findings if each.code == "W310"]
    assert "1 of a.flow" in lacking.message
    assert str(folder) not in lacking.message


def test_a_mistake_is_said_once_and_in_its_own_file(folder: Path) -> None:
    files = {"common__a": "say: One.\nif x\n    say: {nobody}\n", "visit": HEADER + "include common/a.flow\n"}
    project = write(folder, **files, other="flow other: Other\ninclude common/a.flow\n")
    assert said(project) == [("a.flow", 2, "E002")]
    assert project.programs == ()
    assert project.lines[str(folder / "common" / "a.flow")][1] == "if x"


def test_a_name_that_means_nothing_is_said_in_the_included_file(folder: Path) -> None:
    project = write(folder, visit=HEADER + "include common/a.flow\n", common__a="say: One.\nsay: {nobody}\n")
    assert said(project) == [("a.flow", 2, "E202")]


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("none.flow", "no such file"),
        ("../secret.flow", "outside"),
        ("common/../../secret.flow", "outside"),
        ("/etc/passwd.flow", "outside"),
        ("C:\\secret.flow", "outside"),
        ("leads_out.flow", "outside"),
        ("visit.flow", "lead back"),
        ("common/back.flow", "lead back"),
        ("other.flow", "a line `flow` of its own"),
        ("common/a.txt", "does not end in .flow"),
    ],
)
def test_what_cannot_be_included_is_refused_and_said(folder: Path, path: str, why: str) -> None:
    (folder / "leads_out.flow").symlink_to(folder.parent / "secret.flow")
    write(folder, other="flow other: Other\nsay: Hi.\n", common__back="include visit.flow\n")
    project = write(folder, visit=f"{HEADER}include {path}\nsay: Hello.\n")
    found = [each for each in project.findings if each.code == "E301" and not each.file.endswith("leads_out.flow")]
    assert found, project.findings
    assert why in found[0].message
    assert [file.compiled for file in project.files if file.name.endswith("visit.flow")] == [None]


def test_files_that_include_each_other_twice_over_come_to_an_end(folder: Path) -> None:
    files = {f"common__f{n}": f"include common/f{n + 1}.flow\n" * 2 for n in range(20)}
    project = write(folder, **files, common__f20="say: Hi.\n", visit=HEADER + "include common/f0.flow\n")
    assert "E301" in {each.code for each in project.findings}


def rows(folder: Path, data: bytes) -> Project:
    (folder / "products.csv").write_bytes(data)
    return write(folder, visit=HEADER + "table products from products.csv\nsay: {count(products)}\n")


@pytest.mark.parametrize(
    "data",
    [
        b"code,name\nact,ACT\nors,Solut\xc3\xa9\n",
        b"\xef\xbb\xbfcode;name\r\nact;ACT\r\nors;Solut\xc3\xa9\r\n;\r\n",
        b"code\tname\ract\tACT\rors\tSolut\xe9\r",
        "code,name\nact,ACT\nors,Soluté\n".encode("utf-16"),
        b'"code","name",""\n"act","ACT",\n"ors","Solut\xc3\xa9"\n\n',
    ],
)
def test_a_table_is_read_as_every_spreadsheet_writes_it(folder: Path, data: bytes) -> None:
    project = rows(folder, data)
    assert said(project) == []
    table = project.programs[0].tables["products"]
    assert table.columns == ("code", "name")
    assert table.rows == (("act", "ACT"), ("ors", "Soluté"))


def test_an_empty_cell_is_empty(folder: Path) -> None:
    table = rows(folder, b"code,name,alert\nact,,5\nors\n").programs[0].tables["products"]
    assert table.rows == (("act", "", "5"), ("ors", "", ""))


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"code,Code\na,b\n", (1, "E290")),
        (b"code,name\na,b,c\n", (2, "E291")),
        (b"code,name\na,A\n\nA,B\n", (4, "E292")),
        (b"code,name\n,A\n", (2, "E023")),
    ],
)
def test_mistakes_in_rows_have_their_line_in_their_file(folder: Path, data: bytes, found: tuple[int, str]) -> None:
    assert said(rows(folder, data)) == [("products.csv", *found)]


def test_a_column_is_in_a_language_of_the_flow(folder: Path) -> None:
    assert said(rows(folder, b"code,name:sw\na,A\n")) == [("visit.flow", 2, "E212")]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "nothing in it"),
        (b"PK\x03\x04 an Excel file", "save as"),
        (
            b"code\n" + b"".join(b"%d\n" % number for number in range(1_000_000)),
            "1,000,000 rows, and a table may have 20,000",
        ),
        (b"code\n" + b"x" * 9_000_000, "9 MB, and a table may have 8"),
        (b"code\n" + b"x" * 200_000, "longer than a message"),
    ],
)
def test_a_file_that_cannot_be_a_table_says_why(folder: Path, data: bytes, why: str) -> None:
    project = rows(folder, data)
    (found,) = [each for each in project.findings if each.code == "E302"]
    assert why in found.message
    assert project.programs == ()


def test_a_table_from_outside_the_folder_is_refused(folder: Path) -> None:
    project = write(folder, visit=HEADER + "table products from ../secret.csv\nsay: Hi.\n")
    assert said(project) == [("visit.flow", 2, "E302")]

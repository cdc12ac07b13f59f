"""`dundun strings`: the texts of a flow as a sheet, and its translations in the flow."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.commands.conftest import FLOW, Dundun

PLACE = Path("flows/survey.flow")
FRENCH = FLOW.replace("languages: en", "languages: en, fr")


@pytest.fixture
def survey(dundun: Dundun) -> Dundun:
    PLACE.write_text(FRENCH, encoding="utf-8")
    return dundun


def rows() -> list[list[str]]:
    return list(csv.reader(Path("texts.csv").read_text(encoding="utf-8-sig").splitlines()))


def fill(translations: dict[str, str]) -> None:
    """Put translations into the sheet, as a translator does."""
    filled = [[row[0], row[1], translations.get(row[0], row[2]), *row[3:]] for row in rows()]
    with Path("texts.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(filled)


@pytest.mark.parametrize("kind", ["csv", "xlsx", "po"])
def test_there_and_back(survey: Dundun, kind: str) -> None:
    says = f"texts.{kind}: 6 texts, 6 translations missing, 0 out of date.\n"
    assert survey("strings", "export", "flows/survey.flow", f"texts.{kind}") == (0, says, "")
    says = "flows/survey.flow: 0 translations written.\n"
    assert survey("strings", "import", "flows/survey.flow", f"texts.{kind}") == (0, says, "")
    assert PLACE.read_text(encoding="utf-8") == FRENCH


def test_what_a_translator_wrote_stands_in_the_flow(survey: Dundun) -> None:
    survey("strings", "export", "flows/survey.flow", "texts.csv")
    assert [row[0] for row in rows()[1:4]] == ["survey.title", "survey.has_ors", "survey.has_ors.choice.yes"]
    fill({"survey.has_ors": "Avez-vous des SRO ?", "survey.has_ors.choice.yes": "Oui"})
    done = survey("strings", "import", "flows/survey.flow", "texts.csv")
    assert done == (0, "flows/survey.flow: 2 translations written.\n", "")
    assert PLACE.read_text(encoding="utf-8") == FRENCH.replace(
        "    1. yes: Yes\n", "    fr: Avez-vous des SRO ?\n    1. yes: Yes\n        fr: Oui\n"
    )


def test_a_translation_that_is_a_mistake_in_the_flow_is_shown(survey: Dundun) -> None:
    survey("strings", "export", "flows/survey.flow", "texts.csv")
    fill({"survey.has_ors.choice.yes": "2"})
    done = survey("strings", "import", "flows/survey.flow", "texts.csv")
    assert done.code == 1
    assert done.out.startswith("flows/survey.flow: 1 translation written.\nflows/survey.flow, line 5\n")
    assert "[E233]" in done.out


def test_an_edited_text_marks_its_translation(survey: Dundun) -> None:
    PLACE.write_text(FRENCH.replace("ORS?\n", "ORS?\n    fr: SRO ?\n"), encoding="utf-8")
    survey("strings", "export", "flows/survey.flow", "texts.csv")
    PLACE.write_text(PLACE.read_text(encoding="utf-8").replace("Do you", "Do you still"), encoding="utf-8")
    done = survey("strings", "export", "flows/survey.flow", "texts.csv")
    assert done.out == "texts.csv: 6 texts, 5 translations missing, 1 out of date.\n"
    assert rows()[2][:4] == ["survey.has_ors", "Do you still have ORS?", "SRO ?", "Do you have ORS?"]


def test_an_export_does_not_lose_what_the_sheet_holds(survey: Dundun) -> None:
    survey("strings", "export", "flows/survey.flow", "texts.csv")
    fill({"survey.has_ors": "Avez-vous des SRO ?"})
    done = survey("strings", "export", "flows/survey.flow", "texts.csv")
    differs = "texts.csv holds 1 translation that the flow does not have so."
    assert (done.code, done.err) == (1, f"{differs} Import it first, or give the new sheet another name.\n")
    assert rows()[2][2] == "Avez-vous des SRO ?"


def test_rows_that_do_not_fit_are_told_and_nothing_is_written(survey: Dundun) -> None:
    survey("strings", "export", "flows/survey.flow", "texts.csv")
    fill({"survey.has_ors": "Avez-vous des SRO ?", rows()[6][0]: "Merci."})
    done = survey("strings", "import", "flows/survey.flow", "texts.csv")
    assert done.code == 1
    assert done.out.startswith("Row 7: the fr of survey.")
    assert done.out.endswith("does not fit: {worker.first_name} is missing.\n")
    assert done.err == "flows/survey.flow is as it was: mend these rows of texts.csv first.\n"
    assert PLACE.read_text(encoding="utf-8") == FRENCH


def test_a_po_file_is_for_one_language(survey: Dundun) -> None:
    PLACE.write_text(FLOW.replace("languages: en", "languages: en, fr, am"), encoding="utf-8")
    done = survey("strings", "export", "flows/survey.flow", "texts.po")
    assert (done.code, done.err) == (2, "Say which language the file is for: --language fr or am.\n")
    assert survey("strings", "export", "flows/survey.flow", "texts.po", "--language", "am").code == 0
    assert '"Language: am\\n"' in Path("texts.po").read_text(encoding="utf-8")


def test_a_flow_with_a_mistake_has_no_sheet(survey: Dundun) -> None:
    PLACE.write_text(FRENCH.replace("yes:\n", "yes\n"), encoding="utf-8")
    done = survey("strings", "export", "flows/survey.flow", "texts.csv")
    assert (done.code, Path("texts.csv").exists()) == (1, False)
    assert "flows/survey.flow, line 7\n" in done.err
    assert done.err.endswith("1 mistake: mend the flow first.\n")


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (
            ["export", "flows/survey.flow", "texts.doc"],
            2,
            "texts.doc must end in .xlsx, .csv, .po: a spreadsheet, or a file of a translators' tool.",
        ),
        (["export", "no.flow", "texts.csv"], 2, "no.flow cannot be read: No such file or directory."),
        (["import", "flows/survey.flow", "no.csv"], 2, "no.csv cannot be read: No such file or directory."),
        (
            ["import", "flows/survey.flow", "other.csv"],
            1,
            "other.csv: The first row must begin with id, and then name languages, as the exported sheet does.",
        ),
        (
            ["export", "flows/survey.flow", "other.csv"],
            1,
            "other.csv: The first row must begin with id, and then name languages, as the exported sheet does.",
        ),
    ],
)
def test_what_cannot_be_done_is_said(survey: Dundun, words: list[str], code: int, says: str) -> None:
    Path("other.csv").write_text("name,phone\n", encoding="utf-8")
    done = survey("strings", *words)
    assert (done.code, done.err) == (code, says + "\n")


def test_a_flow_in_one_language(dundun: Dundun) -> None:
    done = dundun("strings", "export", "flows/survey.flow", "texts.csv")
    says = "flows/survey.flow speaks one language. Name the others in its header: `languages: en, fr`.\n"
    assert (done.code, done.err) == (1, says)

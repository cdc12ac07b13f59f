"""What a flow needs around it is there; where there are no settings, nobody claims that anything is missing."""

from __future__ import annotations

from pathlib import Path

import pytest

from grammar.loader import load, load_folder

TAKING = (
    "[actions.pay]\nurl = 'https://a.example'\ntakes = ['sum', 'phone']\n[actions.call]\nurl = 'https://a.example'\n"
)
SETTINGS = "[actions.certificate]\nurl = 'https://a.example'\n[systems.dhis2]\nurl = 'https://b.example'\n"
CALLS = "flow clinic: Clinic\n    channels: sms, ivr\n"
FRENCH = "flow clinic: Clinic\n    channels: ivr\n    languages: en, fr\n"
TABLE = "table products:\n    code | name | audio{tag}\n    act | ACT | act.mp3\n    ors | ORS | -\n"


def home(tmp_path: Path, text: str, settings: str | None = SETTINGS, inside: str = "flows") -> Path:
    """A flow file in a folder, with settings above it."""
    file = tmp_path / inside / "clinic.flow"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text if text.startswith("flow") else f"flow clinic: Clinic\n{text}", encoding="utf-8")
    if settings is not None:
        (tmp_path / "dundun.toml").write_text(settings, encoding="utf-8")
    return file


def found(file: Path) -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in load(file).findings if "W343" <= each.code <= "W346"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("do certificate", []),
        ("do certificat", [(2, "W343")]),
        ("do Certificate", [(2, "W343")]),
        ("if worker.cadre is nurse:\n    do certify", [(3, "W343")]),
        ("do dhis2", [(2, "W343")]),
        ("submit to dhis2", []),
        ("submit to dhsi2", [(2, "W344")]),
        ("submit to certificate and wait", [(2, "W344")]),
        ("say: Hi\n    audio: hi.mp3", []),  # nobody is called
        (f"{CALLS}say: Hi\n    audio: here.mp3", []),
        (f"{CALLS}say: Hi\n    audio: sounds/deep.wav", []),
        (f"{CALLS}say: Hi\n    audio: hi.mp3", [(4, "W345")]),
        (f"{CALLS}say: Hi\n    audio: ../hi.mp3", [(4, "W345")]),
        (f"{CALLS}say: Hi\n    audio: sounds", [(4, "W345")]),
        (CALLS + TABLE.format(tag=""), [(5, "W345")]),
        (FRENCH + TABLE.format(tag=":fr").replace("act.mp3", "here.mp3"), []),
        (FRENCH + TABLE.format(tag=":fr"), [(6, "W345")]),
        (CALLS + "table products from products.csv", [(3, "W345")]),
    ],
)
def test_what_the_settings_do_not_name_is_told(tmp_path: Path, text: str, codes: list[tuple[int, str]]) -> None:
    file = home(tmp_path, text)
    (file.parent / "here.mp3").write_bytes(b"")
    (file.parent / "products.csv").write_text("code,audio\nact,act.mp3\nors,here.mp3\n")
    (file.parent / "sounds").mkdir()
    (file.parent / "sounds/deep.wav").write_bytes(b"")
    assert found(file) == codes


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("do pay with sum = 3, phone = worker.phone", []),
        ("do pay", []),
        ("do pay with sum = 3, phnoe = worker.phone", [(2, "W346")]),
        ("do call with anything = 1", []),
        ("do plead with anything = 1", [(2, "W343")]),
    ],
)
def test_an_action_is_given_what_it_takes(tmp_path: Path, text: str, codes: list[tuple[int, str]]) -> None:
    assert found(home(tmp_path, text, TAKING)) == codes


MISSING = "do nothing_at_all\nsubmit to nobody"


@pytest.mark.parametrize("inside", [".", "flows", "flows/maternal", "projects/one/flows"])
def test_the_settings_stand_beside_the_flows_or_above_them(tmp_path: Path, inside: str) -> None:
    assert found(home(tmp_path, MISSING, inside=inside)) == [(2, "W343"), (3, "W344")]


def test_the_nearest_settings_count(tmp_path: Path) -> None:
    file = home(tmp_path, "do certificate", inside="one/flows")
    assert found(file) == []
    (tmp_path / "one/dundun.toml").write_text("[actions.other]\nurl = 'https://a.example'\n")
    assert found(file) == [(2, "W343")]


@pytest.mark.parametrize("settings", [None, "[actions", "\0"])
def test_without_settings_that_can_be_read_nothing_is_claimed(tmp_path: Path, settings: str | None) -> None:
    assert found(home(tmp_path, MISSING + "\nsay: Hi\n    audio: hi.mp3", settings)) == []


@pytest.mark.parametrize("settings", ["", "actions = 3\nsystems = []"])
def test_settings_that_name_nothing_name_nothing(tmp_path: Path, settings: str) -> None:
    assert found(home(tmp_path, MISSING, settings)) == [(2, "W343"), (3, "W344")]


def test_a_name_that_is_near_is_proposed(tmp_path: Path) -> None:
    findings = load(home(tmp_path, "do certificat\nsay: Hi\n")).findings
    [near] = [each for each in findings if each.code == "W343"]
    assert (near.message, near.hint) == (
        "There is no action `certificat` in dundun.toml.",
        "Do you mean `certificate`?",
    )


def test_a_file_that_is_included_is_looked_at_as_part_of_the_flow(tmp_path: Path) -> None:
    file = home(tmp_path, "include common/close.flow")
    part = file.parent / "common/close.flow"
    part.parent.mkdir()
    part.write_text("do certify\n")
    findings = load_folder([file.parent]).findings
    assert [(each.file, each.line) for each in findings if each.code == "W343"] == [(str(part), 1)]

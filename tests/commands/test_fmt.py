"""`dundun fmt`: files in their canonical form, and files with mistakes left as they are."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from tests.commands.conftest import FLOW, Dundun

PLACE = Path("flows/survey.flow")
TYPED = FLOW.replace("    ", "\t").replace("1. yes", "1) Yes").replace("\n", "\r\n")
WRONG = FLOW.replace("if has_ors is yes:", "if has_ors is yes").replace("    1. yes", "  1. yes")


def test_what_is_in_order_stays(dundun: Dundun) -> None:
    assert dundun("fmt", "flows") == (0, "1 file: all in order.\n", "")
    assert PLACE.read_text(encoding="utf-8") == FLOW


def test_a_file_is_put_in_order(dundun: Dundun) -> None:
    PLACE.write_bytes(b"\xef\xbb\xbf" + TYPED.encode())
    PLACE.chmod(0o640)
    assert dundun("fmt", "flows") == (0, "flows/survey.flow changed\n1 file: 1 changed.\n", "")
    assert PLACE.read_bytes() == FLOW.encode()
    assert PLACE.stat().st_mode & 0o777 == 0o640
    assert [path.name for path in Path("flows").iterdir()] == ["survey.flow"]


def test_check_only_lists(dundun: Dundun) -> None:
    PLACE.write_bytes(TYPED.encode())
    assert dundun("fmt", "flows", "--check") == (1, "flows/survey.flow would change\n1 file: 1 would change.\n", "")
    assert PLACE.read_bytes() == TYPED.encode()


def test_a_file_with_a_mistake_is_left_and_the_others_are_put_in_order(dundun: Dundun) -> None:
    Path("flows/a.flow").write_text(WRONG, encoding="utf-8")
    PLACE.write_bytes(TYPED.encode())
    done = dundun("fmt", "flows")
    assert done.code == 1
    assert "flows/a.flow, line 7\n" in done.out
    assert done.out.endswith("2 files: 1 changed, 1 left as it is: mend the mistakes first.\n")
    assert Path("flows/a.flow").read_text(encoding="utf-8") == WRONG
    assert PLACE.read_text(encoding="utf-8") == FLOW


def test_old_letters_are_made_new_and_shown(dundun: Dundun) -> None:
    text = FLOW.replace("Thank you", "Très bien")
    PLACE.write_bytes(text.encode("cp1252"))
    done = dundun("fmt", "flows")
    assert (done.code, "W001" in done.out) == (0, True)
    assert PLACE.read_text(encoding="utf-8") == text


def test_a_link_stays_a_link(dundun: Dundun) -> None:
    Path("real.txt").write_bytes(TYPED.encode())
    Path("flows/link.flow").symlink_to(Path("real.txt").resolve())
    dundun("fmt", "flows/link.flow")
    assert Path("flows/link.flow").is_symlink()
    assert Path("real.txt").read_text(encoding="utf-8") == FLOW


def test_a_disk_that_is_full(dundun: Dundun, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    PLACE.write_bytes(TYPED.encode())
    monkeypatch.setattr(os, "fsync", full)
    says = "flows/survey.flow cannot be written: No space left on device. It is as it was.\n"
    assert dundun("fmt", "flows") == (2, "", says)
    assert PLACE.read_bytes() == TYPED.encode()
    assert [path.name for path in Path("flows").iterdir()] == ["survey.flow"]


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("nowhere", "nowhere cannot be read: No such file or directory."),
        ("empty", "There is no .flow file in empty."),
    ],
)
def test_what_is_not_there_is_said(dundun: Dundun, path: str, says: str) -> None:
    Path("empty").mkdir()
    assert dundun("fmt", path) == (2, "", says + "\n")

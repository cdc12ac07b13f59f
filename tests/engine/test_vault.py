"""What is sealed opens at its own place and nowhere else, and the key file is its owner's alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from engine.vault import Vault, VaultError, make_key_file, read_key_file

BODY = b"high fever since Monday"
KEY, OTHER = bytes(32), bytes(31) + b"\x01"


def test_what_is_sealed_opens_at_its_place() -> None:
    vault = Vault(KEY)
    sealed = vault.seal("event", 5, 7, BODY)
    assert BODY not in sealed
    assert vault.open("event", 5, 7, sealed) == BODY


@pytest.mark.parametrize(
    ("table", "box", "key"), [("answer", 5, 7), ("event", 6, 7), ("event", 5 + 1024, 7), ("event", 5, 8)]
)
def test_it_opens_at_no_other_place(table: str, box: int, key: int) -> None:
    vault = Vault(KEY)
    with pytest.raises(VaultError):
        vault.open(table, box, key, vault.seal("event", 5, 7, BODY))


@pytest.mark.parametrize("at", [0, 5, 20, -1])
def test_what_was_changed_does_not_open(at: int) -> None:
    vault = Vault(KEY)
    sealed = bytearray(vault.seal("event", 5, 7, BODY))
    sealed[at] ^= 1
    with pytest.raises(VaultError):
        vault.open("event", 5, 7, bytes(sealed))


def test_the_same_body_is_never_sealed_alike() -> None:
    vault = Vault(KEY)
    assert vault.seal("event", 5, 7, BODY) != vault.seal("event", 5, 7, BODY)


def test_another_key_opens_nothing_and_finds_nothing() -> None:
    one, other = Vault(KEY), Vault(OTHER)
    with pytest.raises(VaultError):
        other.open("event", 5, 7, one.seal("event", 5, 7, BODY))
    assert one.digest("+231770000001") == Vault(KEY).digest("+231770000001") != other.digest("+231770000001")


def test_two_workers_with_one_pin_have_two_digests() -> None:
    vault = Vault(KEY)
    assert vault.pin_digest("moses", "4321") == vault.pin_digest("moses", "4321") != vault.pin_digest("fatou", "4321")


def test_each_purpose_has_a_key_of_its_own() -> None:
    """So nobody who may look up a phone number can try PINs, or make a row of the audit."""
    vault = Vault(KEY)
    said = b"moses\n4321"
    made = [vault.digest(said.decode()), vault.pin_digest("moses", "4321").hex()[:32]]
    framed = len(said).to_bytes(8, "big") + said
    made += [vault.digest(framed.decode("latin-1")), vault.mark(said).hex()[:32]]
    assert len(set(made)) == len(made)


def test_each_bucket_has_a_key_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that random nonces meet in none, though there be more bodies than one key may seal."""
    monkeypatch.setattr(os, "urandom", bytes)
    vault = Vault(KEY)
    sealed = {vault.seal("event", box, 7, BODY)[:-16] for box in (5, 5 + 1024, 6)}  # without the mark of the place
    assert len(sealed) == 2


def test_where_a_part_of_a_mark_ends_is_marked_too() -> None:
    vault = Vault(KEY)
    assert len({vault.mark(b"ab", b"c"), vault.mark(b"a", b"bc"), vault.mark(b"abc"), vault.mark(b"abc", b"")}) == 4


def test_a_key_file_is_for_its_owner_and_opens_what_was_sealed(tmp_path: Path) -> None:
    path = tmp_path / "test.key"
    sealed = make_key_file(path).seal("event", 5, 7, BODY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "keep a copy" in path.read_text()
    assert read_key_file(path).open("event", 5, 7, sealed) == BODY


def test_a_key_file_is_never_written_over(tmp_path: Path) -> None:
    make_key_file(tmp_path / "test.key")
    with pytest.raises(FileExistsError):
        make_key_file(tmp_path / "test.key")


@pytest.mark.parametrize(
    "content", [b"", b"hello", b"1:AAAA", b"1:not base64 at all", b"9:" + b"A" * 43 + b"=", b"\xff\xfe"]
)
def test_a_damaged_key_file_says_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "test.key").write_bytes(content)
    with pytest.raises(VaultError, match=r"test\.key .*[Pp]ut its copy back"):
        read_key_file(tmp_path / "test.key")

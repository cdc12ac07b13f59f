"""The parser is loaded from its file where that is possible, and works all the same where it is not."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from grammar import lalr


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    forget()
    yield tmp_path / "dundun"
    forget()


def forget() -> None:
    lalr._parser.cache_clear()
    lalr._driver.cache_clear()


def can_read() -> bool:
    return lalr.read_lines("say: Hello\n").data == "chunk"


def test_the_tables_are_kept(cache: Path) -> None:
    assert can_read()
    (file,) = cache.iterdir()
    made = file.stat().st_mtime_ns
    forget()
    assert can_read()
    assert file.stat().st_mtime_ns == made


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"0\n\x80\x04."])
def test_a_broken_file_does_not_matter(cache: Path, rubbish: bytes) -> None:
    assert can_read()
    (file,) = cache.iterdir()
    file.write_bytes(rubbish)
    forget()
    assert can_read()


def test_a_place_that_is_no_folder_does_not_matter(cache: Path) -> None:
    cache.write_text("in the way")
    assert can_read()


def test_a_folder_that_others_can_write_is_not_used(cache: Path) -> None:
    cache.mkdir()
    cache.chmod(cache.stat().st_mode | stat.S_IWOTH)
    assert can_read()
    assert list(cache.iterdir()) == []


def test_the_folder_is_its_users_alone(cache: Path) -> None:
    assert can_read()
    assert stat.S_IMODE(cache.stat().st_mode) & 0o077 == 0
    assert cache.stat().st_uid == os.getuid()


def test_keywords_match_whole_words_only() -> None:
    assert lalr.read_lines("say welcome: a\n").data == "chunk"
    with pytest.raises(lalr.UnexpectedInput):
        lalr.read_lines("sayy: a\n")


def test_no_keyword_is_in_the_way_of_a_name() -> None:
    for word in sorted(set(lalr.keywords().values()) - {"again"}):
        assert lalr.read_lines(f"ask {word}: a\n").data == "chunk"

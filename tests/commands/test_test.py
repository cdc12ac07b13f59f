"""`dundun test`: the tests in flow files, and what a failing one shows."""

from __future__ import annotations

from pathlib import Path

from tests.commands.conftest import FLOW, Dundun


def test_tests_that_pass(dundun: Dundun) -> None:
    assert dundun("test", "flows") == (0, "✓ survey: Who has ORS is asked for how long\n1 passed, 0 failed\n", "")


def test_a_test_that_fails_shows_the_conversation_and_what_was_expected(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW.replace("expect days = 14", "expect days = 15"), encoding="utf-8")
    done = dundun("test", "flows")
    assert done.code == 1
    assert "✗ Who has ORS is asked for how long   flows/survey.flow, line 12" in done.out
    assert "     8  For how many days?" in done.out
    assert "Line 18 expected" in done.out
    assert done.out.endswith("0 passed, 1 failed\n")


def test_flows_with_mistakes_are_not_played(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW.replace("is yes:", "is yes"), encoding="utf-8")
    done = dundun("test", "flows")
    assert (done.code, done.out) == (1, "")
    assert done.err.endswith("1 mistake: mend the flows first.\n")


def test_flows_without_tests(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW.partition("test:")[0], encoding="utf-8")
    assert "There are no tests in these files." in dundun("test", "flows").out


def test_coverage_names_what_no_test_walks(dundun: Dundun) -> None:
    done = dundun("test", "flows", "--coverage")
    assert done.code == 0
    assert "survey: 3 of 5 branches walked, 60 %" in done.out
    assert "     6  2. no: No  nobody chooses it\n     7  if has_ors is yes:  it is always so\n" in done.out
    assert done.out.endswith("1 passed, 0 failed\n")


def test_a_condition_that_no_test_comes_to_is_named_once(dundun: Dundun) -> None:
    deeper = "    if days > 9:\n        say: Much.\nsay: Thank"
    text = FLOW.replace("say: Thank", deeper).replace("reply: 1\n    expect: For", "reply: 2\ntest: X\n    start\n# ")
    Path("flows/survey.flow").write_text(text.partition("\n# ")[0] + "\n", encoding="utf-8")
    out = dundun("test", "flows", "--coverage").out
    assert out.count("if days > 9:") == 1
    assert "    10  if days > 9:  nobody comes to it\n" in out


def test_coverage_leaves_the_exit_code_to_the_tests(dundun: Dundun) -> None:
    Path("flows/survey.flow").write_text(FLOW.replace("expect days = 14", "expect days = 15"), encoding="utf-8")
    assert dundun("test", "flows", "--coverage").code == 1

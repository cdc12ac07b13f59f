"""What is proposed is right: the line, written so, loses its finding and gets no error in its place."""

from __future__ import annotations

import re

import pytest

from grammar.diagnostics import Finding
from grammar.loader import load_text

LINES = """\
flow malaria: Weekly malaria report
    languages: en, fr
    channels: sms
    start on word MALARIA
    remind after 4 hours: Please send your report. {question}
    give up after 2 days: stop as no_report

say: Hello {worker.first_name}.
    fr: Bonjour {worker.first_name}.

ask suspected: How many suspected cases did you see?
    answer: whole number from 0 to 2000
    fr: Combien de cas suspects ?

ask tested: How many of them were tested?
    answer: whole number from 0 to suspected
    if invalid: Not more than {suspected}.

ask positive: How many tests were positive?
    answer: whole number from 0 to tested

ask rdt_out: Were you out of tests?
    answer: yes or no

if rdt_out is yes:
    ask rdt_since: Since when? Send the date.
        answer: date not in the future
    wait until tomorrow at 09:00

ask gaps: What is missing?
    answer: one or more
    1. gloves: Gloves
    2. soap: Soap and water

quiz wash: When must you wash your hands?
    1. before: Only before a patient
    2. after: Only after a patient
    3. both: Before and after
    points: 2
    correct: both
    if right: Correct!
    if wrong: Before and after.

quiz soap_time: For how many seconds?
    answer: whole number from 0 to 100
    correct: 40

set percent to round(100 * score / max_score)
if positive > tested / 2:
    tell supervisor: ALERT {facility.name}: {positive} of {tested}.
otherwise:
    say saved: Thank you.

test: All is well
    start at 2025-03-01 08:00
    reply: 10
    expect: Thank you.
    expect nothing to supervisor
""".splitlines()

DAMAGED = [
    ("flow malaria: Weekly malaria report", "flow malaria Weekly malaria report", True),
    ("ask suspected: How many suspected cases did you see?", "ask suspected How many suspected cases?", True),
    ("quiz wash: When must you wash your hands?", "quiz wash When must you wash your hands?", True),
    ("    tell supervisor: ALERT {facility.name}: {positive} of {tested}.", "    tell supervisor ALERT today", True),
    ("    tell supervisor: ALERT {facility.name}: {positive} of {tested}.", "    send supervisor: ALERT", True),
    ("    tell supervisor: ALERT {facility.name}: {positive} of {tested}.", "    tell the supervisor: ALERT", True),
    ("    fr: Combien de cas suspects ?", "    fr Combien de cas suspects ?", True),
    ("    answer: whole number from 0 to 2000", "    answer: whole number from 0 to 2,000", True),
    ("    answer: whole number from 0 to 2000", "    answer: whole number from 0 to 2 000", True),
    ("    answer: whole number from 0 to 2000", "    answer: whole number from 0 to 2.000", True),
    ("    answer: whole number from 0 to 2000", "    answer: whole number 0–2000", True),
    ("    answer: whole number from 0 to tested", "    answer: whole number up to tested", True),
    ("    answer: whole number from 0 to tested", "    answer: whole number not more than tested", True),
    ("    answer: whole number from 0 to tested", "    answer: whole number between 0 and tested", True),
    ("    answer: whole number from 0 to tested", "    answer: whole number from 0 up to tested", True),
    ("    answer: whole number from 0 to tested", "    answer: whole number from 0", False),
    ("        answer: date not in the future", "        answer: date in the past", True),
    ("        answer: date not in the future", "        answer: date before today", True),
    ("        answer: date not in the future", "        answer: date from the past", False),
    ("    answer: yes or no", "    answer: yes/no", True),
    ("    answer: yes or no", "    answer: yes, no", True),
    ("    answer: one or more", "    answer: multiple choice", True),
    ("    answer: one or more", "    answer: many", True),
    ("    wait until tomorrow at 09:00", "    wait until the next day at 09:00", True),
    ("    wait until tomorrow at 09:00", "    wait until tomorrow 09:00", True),
    ("    wait until tomorrow at 09:00", "    wait for 1 day", True),
    ("    2. after: Only after a patient", "    2. after-patient: Only after a patient", True),
    ("    2. after: Only after a patient", "    2. after Only after a patient", True),
    ("    2. after: Only after a patient", "    2 after: Only after a patient", True),
    ("    correct: both", "    correct: Before and after", True),
    ("    correct: both", "    correct answer: both", True),
    ("    correct: 40", "    correct: from 40 to 60", False),
    ("    correct: 40", "    correct: 40 to 60", False),
    ("    points: 2", "    score: 2", True),
    ("    points: 2", "    points: two", True),
    ("    if right: Correct!", "    if correct: Correct!", True),
    ("    if wrong: Before and after.", "    if false: Before and after.", True),
    ("if positive > tested / 2:", "if positive => tested / 2:", True),
    ("if positive > tested / 2:", "if {positive} > {tested} / 2:", True),
    ("if positive > tested / 2:", "if positive > 50% of tested:", True),
    ("if positive > tested / 2:", "if positive is more than half of tested:", True),
    ("if positive > tested / 2:", "if positive is at least tested:", True),
    ("if positive > tested / 2:", "if positive more than tested:", True),
    ("if positive > tested / 2:", "if percent >= 70%:", False),
    ("if positive > tested / 2:", "if percent > 70 then", True),
    ("if positive > tested / 2:", "if gaps contains soap:", True),
    ("if positive > tested / 2:", "if gaps has soap:", True),
    ("if positive > tested / 2:", "if positive > 1,500:", True),
    ("otherwise:", "otherwis:", True),
    ("otherwise:", "othrwise:", True),
    ("otherwise:", "or else:", True),
    ("otherwise:", "otherwise", True),
    ("    say saved: Thank you.", "    write: Thank you.", True),
    ("    say saved: Thank you.", "    say Thank you.", True),
    ("    give up after 2 days: stop as no_report", "    give up after 2 days stop as no_report", True),
    ("    give up after 2 days: stop as no_report", "    give up after 2 days: stop as no report", False),
    ("    remind after 4 hours: Please send your report. {question}", "    remind in 4 hours: Please.", True),
    ("    languages: en, fr", "    languages: english, french", True),
    ("    languages: en, fr", "    languages: en fr", True),
    ("    languages: en, fr", "    languages en, fr", True),
    ("set percent to round(100 * score / max_score)", "set percent = round(100 * score / max_score)", True),
    ("test: All is well", "tset: All is well", True),
    ("    expect: Thank you.", "    expect Positive cannot be more than tested (40).*", True),
    ("    expect: Thank you.", "    expect Thank you very much.", True),
    ("    expect nothing to supervisor", "    expect no alert", False),
    ("    expect nothing to supervisor", "    expect alert: ALERT", False),
    ("    start on word MALARIA", "    start on word my malaria", False),
    ("    start on word MALARIA", "    start with word MALARIA", True),
]


def damaged(line: str, wrong: str) -> tuple[int, list[str]]:
    lines = list(LINES)
    at = lines.index(line)
    lines[at] = wrong
    return at, lines


def found_at(at: int, lines: list[str]) -> list[Finding]:
    findings = load_text("\n".join(lines) + "\n", "malaria.flow").findings
    return [found for found in findings if found.line == at + 1 and found.severity == "error"]


def mended(wrong: str, found: Finding) -> str | None:
    """The line as the finding would have it; what is no whole line stands where the finding points."""
    match = re.match("Write `(.+?)`", found.hint)
    if match is None:
        return None
    margin = wrong[: len(wrong) - len(wrong.lstrip())]
    if match[1].split()[0].strip(":") == wrong.split()[0].strip(":") or found.column == len(margin) + 1:
        return margin + match[1]
    if found.code in ("E002", "E028", "E034", "E035"):
        return margin + match[1]
    said = re.match("`(.+?)`", found.message) or re.search("`(.+?)`", found.message)
    before, after = wrong[: found.column - 1], wrong[found.column - 1 :]
    is_word = said is not None and after.startswith(said[1]) and found.code != "E016"
    return before + match[1] + (after[len(said[1]) :] if said is not None and is_word else "")


def test_the_flow_has_no_mistake() -> None:
    assert not [
        found for found in load_text("\n".join(LINES) + "\n", "malaria.flow").findings if found.severity == "error"
    ]


@pytest.mark.parametrize(("line", "wrong", "proposed"), DAMAGED, ids=[row[1].strip() for row in DAMAGED])
def test_a_proposal_can_be_followed(line: str, wrong: str, proposed: bool) -> None:
    at, lines = damaged(line, wrong)
    (found,) = found_at(at, lines)
    right = mended(wrong, found)
    assert (right is not None) == proposed
    if right is not None:
        lines[at] = right
        assert found_at(at, lines) == []

"""Lines as other tools, forms and languages have them: each is told once, with what is written here."""

from __future__ import annotations

import pytest

from grammar.mistakes.elsewhere import ADVICE, HABITS
from tests.grammar.test_mistakes import ASK, FLOW, TEST, said, under

WRITTEN_ELSEWHERE = [
    # choices as forms, spreadsheets and lists have them
    (under(ASK, "a. m: Man"), "Write `- m: Man`"),
    (under(ASK, "(b) Woman"), "Write `- Woman`"),
    (under(ASK, "m = Man"), "Write `- m: Man`"),
    (under(ASK, "[1] Yes"), "Write `1. Yes`"),
    (under(ASK, "Yes"), "Write `- Yes`"),
    (under(ASK, "No"), "Write `- No`"),
    (under(ASK, "choices: Yes, No"), "Write each choice in a line of its own, like `1. yes: Yes`."),
    (under(ASK, "1. yes: Yes -> go to bye"), "Write `1. yes: Yes -> bye`"),
    (under(ASK, "1. yes: Yes → goto bye "), "Write `1. yes: Yes -> bye`"),
    # the columns of XLSForm
    (under(ASK, "relevant: age > 5"), "Write `only if age > 5`"),
    (under(ASK, "constraint_message: Too many."), "Write `if invalid: Too many.`"),
    (under(ASK, "error: Too many."), "Write `if invalid: Too many.`"),
    (
        under(ASK, "required"),
        "Take the line away: every question is to be answered where `optional` does not stand below it.",
    ),
    # limits
    (under(ASK, "answer: number between 1 and 10 inclusive"), "Write `answer: number from 1 to 10`"),
    (under(ASK, "answer: whole number min 0 max 10"), "Write `answer: whole number from 0 to 10`"),
    (under(ASK, "answer: whole number >= 0"), "Write `answer: whole number at least 0`"),
    (under(ASK, "answer: decimal max 1"), "Write `answer: decimal at most 1`"),
    # other languages
    (under(ASK, "answer: oui ou non"), "Write `answer: yes or no`"),
    (under(ASK, "answer: nombre entier"), "Write `answer: whole number`"),
    (under(ASK, "réponse: date"), "Here it is called `answer`."),
    ("demander cas: Combien ?", "Here it is called `ask`."),
    (under("si n > 3:", "stop"), "Write `if n > 3:`"),
    (under("say: Thank you.", "French: Merci."), "Write `fr: Merci.`"),
    (under("say: Thank you.", "Français : Merci bien."), "Write `fr: Merci bien.`"),
    (f"{FLOW}\n    languages: en, fr\n\nsay: Thanks.\n    fr Merci.\n", "Write `fr: Merci.`"),
    # numbers with units, commas and counts in words
    (under(ASK, "answer: number from -20°C to 40 °C"), "Write `answer: number from -20 to 40`"),
    (under("if temp > 8°C:", "stop"), "Write `if temp > 8:`"),
    # what workers read stays as it was written
    (under(ASK, "check q => 8: It has {q}, less than 8 °C."), "Write `check q >= 8: It has {q}, less than 8 °C.`"),
    (under(ASK, "check q > 8 °C: Above 8 °C."), "Write `check q > 8: Above 8 °C.`"),
    (under(ASK, "confirm if q is more than 8: {q} has half of it?"), "Write `confirm if q > 8: {q} has half of it?`"),
    (under(ASK, "check if q > 8: Too low."), "Write `check q > 8: Too low.`"),
    # `unless` is the opposite of `if`
    (under("after 4 hours if q is empty:", "stop"), "Write `after 4 hours unless q is not empty:`"),
    (under("after 4 hours if q is not empty:", "stop"), "Write `after 4 hours unless q is empty:`"),
    (under("if weight < 2500 kg:", "stop"), "Write `if weight < 2500:`"),
    (under("if temp > 8,5:", "stop"), "Write `if temp > 8.5:`"),
    (under("if temp > 8 or < 2:", "stop"), "Write `if temp > 8 or temp < 2:`"),
    (under(ASK, "answer: integer 0-5000"), "Write `answer: whole number from 0 to 5000`"),
    (under(ASK, "answer: decimal number from 1 to 5"), "Write `answer: decimal from 1 to 5`"),
    ("wait one week", "Write `wait 1 week`"),
    ("wait for two days", "Write `wait 2 days`"),
    ("total = doses + 1", "Write `set total to doses + 1`"),
    ("wait 24h", "Write `wait 24 hours`"),
    ("wait till tomorrow", "Write `wait until tomorrow`"),
    # courses
    (under("quiz q: How many?", "correct = 5"), "Write `correct: 5`"),
    (under("quiz q: How many?", "right answer: 5"), "Write `correct: 5`"),
    (under("quiz q: How many?", "marks: 2"), "Write `points: 2`"),
    (under("quiz q: How many?", "right: Well done."), "Write `if right: Well done.`"),
    (
        under("quiz q: How many?", "feedback: Well done."),
        "What is said of an answer is `if right: …` and `if wrong: …`.",
    ),
    (under(ASK, "attempts: 2"), "Write `tries: 2`"),
    ("lesson one: Hands", "Here it is called `section`."),
    ("section 1: Hands", "Write `n_1`"),
    ("outcome = passed", "Write `stop as passed`"),
    (under(FLOW, "give up after 10 days -> dropped"), "Write `give up after 10 days: stop as dropped`"),
    (under(FLOW, "timeout 10 days"), "Write `give up after 10 days`"),
    (under(TEST, "send: 2"), "Write `reply: 2`"),
    (under("say: Wear gloves.", "Then wash your hands."), "Write `> Then wash your hands.`"),
    # how a flow begins, and who is told
    (under(FLOW, "start when worker sends STOCK"), "Write `start on word STOCK`"),
    (under(FLOW, "keyword: STOCK"), "Write `start on word STOCK`"),
    (under(FLOW, "every Friday at 15:00 for group nurses"), "Write `start every Friday at 15:00 for group nurses`"),
    ("sms supervisor: Call.", "Write `tell supervisor: Call.`"),
    (
        "tell district supervisor: Call.",
        "`supervisor` is the worker's own. Others are a group of their own: `tell group district_supervisors: …`.",
    ),
    # other tools
    ("send sms: Hello.", "Write `say: Hello.`"),
    (under("for product in products", "stop"), "Write `for each product in products:`"),
    (
        under(FLOW, "start every 2 weeks at 08:00 for group nurses"),
        (
            "A flow begins by itself every day, every weekday, every Monday or every month: "
            "`start every Monday at 08:00 for …`, `start every month on the 1st at 08:00 for …`. "
            "For other weeks give each day a line: `start on 5 January 2026 at 09:00 for …`."
        ),
    ),
    ("end if", "Take the line away: a block ends where the lines stand further left."),
    ("// said", "Here it is called `#`."),
    # a sign or a word too many, or another one
    ("ask q; Ready?", "Write `ask q: Ready?`"),
    ("ask q = Ready?", "Write `ask q: Ready?`"),
    ("say; Hello.", "Write `say: Hello.`"),
    (under(ASK, "check: q < 5: Too many."), "Write `check q < 5: Too many.`"),
    ("tell supervisor urgent: Come.", "Write `tell urgent supervisor: Come.`"),
    ("add to group trained", "Write `add worker to group trained`"),
    ("remove from the group trained", "Write `remove worker from group trained`"),
    ('claim worker.name = "Ada"', 'Write `set worker.name to "Ada"`'),
    ('update worker.name to "Ada"', 'Write `set worker.name to "Ada"`'),
    ('set worker name to "Ada"', 'Write `set worker.name to "Ada"`'),
    (under("verify p: PIN?\n    if wrong pin:", "    stop"), "Write `if failed:`"),
    (under(ASK, "if wrong answer: Once more."), "Write `if invalid: Once more.`"),
    # whether somebody answered
    (under("after 2 days unless q answered:", "say: Hello."), "Write `after 2 days unless q is not empty:`"),
    (under("if q answered", "say: Hello."), "Write `if q is not empty:`"),
    (under("if q unanswered:", "say: Hello."), "Write `if q is empty:`"),
    # a condition behind what it is about
    ("go to end if n > 4", "Write `if n > 4:`, and in the line below it, further in, `go to end`."),
    ("stop as done when n > 4", "Write `if n > 4:`, and in the line below it, further in, `stop as done`."),
    # times
    (under(FLOW, "start on Friday at 08:00 for group a"), "Write `start every Friday at 08:00 for group a`"),
    (
        under(FLOW, "start every Monday and Friday at 08:00 for group a"),
        "Write a line for each day: `start every Monday at 08:00 for …`, `start every Friday at 08:00 for …`.",
    ),
    (under(ASK, "remind me after 4 hours: Please."), "Write `remind after 4 hours: Please.`"),
    (
        under(ASK, "remind after 4 hours and 8 hours: Please."),
        "Write a line for each reminder: `remind after 4 hours: …`, `remind after 8 hours: …`.",
    ),
    (
        under(ASK, "give up after 3 tries: stop"),
        "How often a wrong answer is asked again is `tries: 3`; what comes then is `if too many tries:` with a block.",
    ),
    ("wait until 5 January 2027 at 09:00", "Write `wait until 2027-01-05 at 09:00`"),
    ("wait until 5 January", "Write the date with its year, the year first: `wait until 2027-01-05 at 09:00`."),
    # answers
    (under(ASK, "answer: telephone number"), "Write `answer: phone number`"),
    (under(ASK, "answer: phone"), "Write `answer: phone number`"),
    (under(ASK, "answer: text max 60"), "Write `answer: text up to 60 letters`"),
    (under(ASK, "answer: 60 characters"), "Write `answer: text up to 60 letters`"),
    (under(ASK, "answer: name"), "Write `answer: text`"),
    (under(ASK, "answer: text only"), "Write `answer: text`"),
    (under(ASK, "answer: only numbers"), "Write `answer: number`"),
    (under(ASK, "answer: whole number above 8"), "Write `answer: whole number at least 9`"),
    (under(ASK, "answer: whole number less than 8"), "Write `answer: whole number at most 7`"),
    (under(ASK, "answer: whole number from -30 - 50"), "Write `answer: whole number from -30 to 50`"),
    (under(ASK, "answer: nombre entier de 0 à 5000"), "Write `answer: whole number from 0 to 5000`"),
    (under(ASK, "answer: date dd/mm/yyyy"), "Write `answer: date`"),
    (under(ASK, "answer: choose one of a, b"), "Write `answer: one of a, b`"),
    (under(ASK, "answer: yes/no/maybe"), "Write `answer: one of yes, no, maybe`"),
    (
        under(ASK, "answer: one of"),
        (
            "Take the line away: the choices below the question, like `1. yes: Yes`, say that it takes one of them. "
            "For several at once write `answer: one or more`."
        ),
    ),
    (under("pour chaque p dans products:", "stop"), "Write `for each p in products:`"),
    # headers
    (under(FLOW, "start on word: STOCK"), "Write `start on word STOCK`"),
    (under(FLOW, "start on words STOCK, STOK"), "Write `start on word STOCK or STOK`"),
    (under(FLOW, "start on sms STOCK"), "Write `start on word STOCK`"),
    (under(FLOW, "channel: SMS and IVR"), "Write `channels: sms, ivr`"),
    (under(FLOW, "languages en fr"), "Write `languages: en, fr`"),
    (under(FLOW, "language: English"), "Write `languages: en`"),
    (
        under(FLOW, "start every day at 08:00"),
        "Say for whom at its end: `… for group nurses`, or `… for workers where cadre is nurse`.",
    ),
    (
        under(FLOW, "start every Monday at 08:00 for all workers"),
        (
            "Who is meant is a group or a condition: `… for group nurses`, `… for workers where cadre is nurse`; "
            "all of them are `… for workers where name is not empty`."
        ),
    ),
    (
        under(FLOW, "start every month on 1 at 08:00 for group a"),
        "Write `start every month on the 1st at 08:00 for group a`",
    ),
    (under(FLOW, "start every month on the 22 for group a"), "Write `start every month on the 22nd for group a`"),
    (under(FLOW, "start every month on 12 for group a"), "Write `start every month on the 12th for group a`"),
    (
        under(FLOW, "start every month on the first at 08:00 for group a"),
        "Write `start every month on the 1st at 08:00 for group a`",
    ),
    (under(FLOW, "start every month on the last for group a"), "Write `start every month on the last day for group a`"),
    (
        under(FLOW, "start on 2027-01-05 at 09:00 for group a"),
        "Write `start on 5 January 2027 at 09:00 for group a`",
    ),
    (
        under(FLOW, "start on 5/1/2027 at 09:00 for group a"),
        "Write the month as a word: `start on 5 January 2027 at 09:00 for …`.",
    ),
    (under(FLOW, "quiet hours from 20:00 - 07:00"), "Write `quiet hours 20:00 to 07:00`"),
    (under(FLOW, "no messages between 20:00 and 07:00"), "Write `quiet hours 20:00 to 07:00`"),
    (under(FLOW, "give up after 2 days."), "Write `give up after 2 days`"),
    (under(FLOW, "allow going back"), "Write `allow back`"),
    (
        under(FLOW, "inputs: result, name"),
        "Write each in a line of its own below `inputs:`, further in and with its type, like `result: text`.",
    ),
    (under(FLOW, "start on event lab result ready"), "Write `start on event lab_result_ready`"),
    # questions and what comes of their answers
    (
        under("quiz q: 2 + 2?", "answer: 4"),
        "What is right is `correct: …`; `answer: …` says what kind of answer it is, like `answer: whole number`.",
    ),
    (under(ASK, "x: Male"), "Write `- x: Male`"),
    (
        under(ASK, "1. Yes, 2. No"),
        "Write each choice in a line of its own: `1. yes: Yes`, and below it `2. no: No`.",
    ),
    (
        f"{ASK}\n    1. yes: Yes\n        ask b: Why?\n            answer: text\n",
        (
            "What is done after one answer stands behind the question, no further in than it: `if ready is yes:`, "
            "with the question's own name and code, and this line below that."
        ),
    ),
    (
        f"{ASK}\n    if yes:\n        say: Good.\n",
        "Write it after the question, no further in than its first line: `if ready is yes:`, with the question's name.",
    ),
    # conditions
    (under("if (n > 3) {", "stop"), "Write `if (n > 3):`"),
    ("}", "Take the line away: a block ends where the lines stand further left."),
    ("if n > 3:\n    stop\nelse\n    stop\n", "Write `otherwise:`"),
    (under("if n is greater 3:", "stop"), "Write `if n > 3:`"),
    (under("if 3 < n < 5:", "stop"), "Write `if n > 3 and n < 5:`"),
    (under("if 3 <= n <= 5:", "stop"), "Write `if n >= 3 and n <= 5:`"),
    (under("if n in 1, 2, 3:", "stop"), "Write `if n is one of 1, 2, 3:`"),
    (under("if n is in (1, 2, 3):", "stop"), "Write `if n is one of 1, 2, 3:`"),
    (under('if facility name is "Kakata":', "stop"), 'Write `if facility.name is "Kakata":`'),
    ("set total to sum of cases", "Write `set total to sum(cases)`"),
    # whom, and when
    (
        "tell supervisor if n < 50: Bad.",
        "Write `if n < 50:`, and in the line below it, further in, `tell supervisor: Bad.`.",
    ),
    (
        under(ASK, "remind on Wednesday at 08:00: Please."),
        (
            "A reminder counts from its question: `remind after 2 days: …`. On a certain day the flow itself begins "
            "once more: `start every Wednesday at 08:00 for group …`, and below it `unless done since Monday`."
        ),
    ),
    (
        under("after Friday at 16:00 unless n > 3:", "stop"),
        "`after` counts from the beginning of the conversation: `after 4 days unless …:`.",
    ),
    (
        under("on Friday at 16:00:", "stop"),
        "The conversation goes on at a certain time by a line of its own: `wait until Friday at 16:00`.",
    ),
    (
        under("for each person in group absentees:", "stop"),
        (
            "A group is told or begins a flow as a whole: `tell group absentees: …`, "
            "`start every … for group absentees`. "
            "People one by one are found by what is known of them: `for each person in workers where cadre is nurse:`."
        ),
    ),
    (
        under("if no answer after 2 days:", "stop"),
        "Write `give up after 2 days:` below the question, and what comes then further in.",
    ),
    (
        under("if worker stopped:", "stop"),
        "Who sends STOP has no conversation any more. Who falls silent: `give up after 2 days:` below the question.",
    ),
    ("correct on_hand for product which", "Write `ask again on_hand for product which`"),
    # tests
    (under(TEST, "expect outcome completed"), "Write `expect outcome = completed`"),
    (under(TEST, "expect score: 10"), "Write `expect score = 10`"),
    (under(TEST, "expect worker.name: Ama"), 'Write `expect worker.name = "Ama"`'),
    (under(TEST, "start as ama"), "Write `start with worker = ama`"),
    (under(TEST, "start with ama"), "Write `start with worker = ama`"),
    (under(TEST, "worker: ama"), "Write `start with worker = ama`"),
    (under(TEST, "wait 2 days"), "Write `no reply for 2 days`"),
    (
        "test worker kofi: Kofi",
        "Write `test worker kofi:`, and in lines of their own below it what is known, like `name: Kofi`.",
    ),
    (under(TEST, "say: Hello."), "Write `expect: Hello.`"),
    (under(TEST, "expect message: Hello."), "Write `expect: Hello.`"),
    (under(TEST, "answer: 5"), "Write `reply: 5`"),
    (under(TEST, "worker sends: 5"), "Write `reply: 5`"),
    (under(TEST, "after 2 days"), "Write `no reply for 2 days`"),
    (under(TEST, "start with STOCK 5"), 'Write `start with text = "STOCK 5"`'),
    # loops, jumps, sums and tables
    ("say to supervisor: Come.", "Write `tell supervisor: Come.`"),
    (under("for each in products:", "stop"), "Write `for each item in products:`"),
    (
        under("while n < 3:", "stop"),
        (
            "Here one goes through rows, `for each product in products:`, or goes back to a question under a "
            "condition: `if cases < 3:`, and below it `go to cases`."
        ),
    ),
    ("go to section two", "Write `go to two`"),
    ("stop: Thank you.", "Say it in a line of its own above: `say: Thank you.`, and below it `stop`."),
    ("stop as done, thanks", "Say it in a line of its own above: `say: thanks`, and below it `stop as done`."),
    ("wait for reply", "Take the line away: a question waits for its answer by itself."),
    ("wait", "Say for how long, or until when: `wait 2 hours`, `wait 1 day at 09:00`, `wait until Monday at 08:00`."),
    ("start other flow for supervisor", "Write `start flow other for supervisor`"),
    ("do book bed with bed = 2", "Write `do book_bed with bed = 2`"),
    (under(ASK, "secret pin"), "Write `secret`"),
    ("add 1 to cases", "Write `set cases to cases + 1`"),
    ("increase cases by 2", "Write `set cases to cases + 2`"),
    ("decrease cases", "Write `set cases to cases - 1`"),
    ("set cases + 1", "Write `set cases to cases + 1`"),
    ("table: products\n    code | name\n    act | ACT\n", "Write `table products:`"),
    ("table products: products.csv", "Write `table products from products.csv`"),
    (
        "table products:\n    code, name\n    act, ACT\n",
        (
            "Between two cells stands `|`, in each row: `code | name`. "
            "A file with commas is `table products from products.csv`."
        ),
    ),
]


@pytest.mark.parametrize(("text", "hint"), WRITTEN_ELSEWHERE, ids=[w[0].strip() for w in WRITTEN_ELSEWHERE])
def test_what_is_written_so_elsewhere_is_said_once_with_what_it_is_here(text: str, hint: str) -> None:
    (found,) = said(text)
    assert found.hint == hint


def test_nothing_that_is_right_is_told() -> None:
    """The patterns are tried on lines that could not be read, and only there."""
    assert len(HABITS) > len(ADVICE) > 0
    for line in ("ask q: Is this = right; or not?", "say: check: it", "wait until q at 09:00"):
        assert said(line + "\n") == []

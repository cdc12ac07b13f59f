"""What an outcome means for a message, as a table."""

from __future__ import annotations

import pytest

from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.limits import DAY, MINUTE
from engine.verdicts import HOLD, RECEIPT, RESEND, judge

NOW = 1_000_000


@pytest.mark.parametrize(
    ("outcome", "retries", "policy", "status", "then", "wait"),
    [
        (Sent(), 0, RESEND, "sent", 0, 0),
        (Sent(), 2, HOLD, "sent", 2, 0),
        (Refused("no such number"), 0, RESEND, "refused", 0, 0),
        (Retry("throttled"), 0, RESEND, "queued", 1, 5 * MINUTE),
        (Retry("throttled"), 1, RESEND, "queued", 2, 10 * MINUTE),
        (Retry("throttled"), 2, RESEND, "failed", 2, 0),
        (Retry("throttled", 30), 0, RESEND, "queued", 1, 30_000),
        (Down("no connection"), 0, RESEND, "queued", 0, -5),
        (Down("no connection"), 2, HOLD, "queued", 2, -5),
        (Unknown("no answer"), 0, RESEND, "queued", 1, MINUTE // 2),
        (Unknown("no answer"), 1, RESEND, "queued", 2, 5 * MINUTE),
        (Unknown("no answer"), 2, RESEND, "unknown", 2, 0),
        (Unknown("no answer"), 0, HOLD, "unknown", 0, 0),
        (Unknown("no answer"), 0, RECEIPT, "queued", 1, 7 * DAY),
    ],
)
def test_what_becomes_of_a_message(
    outcome: Outcome, retries: int, policy: str, status: str, then: int, wait: int
) -> None:
    verdict = judge(outcome, retries, NOW - 5, NOW, policy, NOW + 7 * DAY)
    assert (verdict.status, verdict.retries, verdict.not_before) == (status, then, NOW + wait)


@pytest.mark.parametrize(
    ("outcome", "counts"),
    [(Sent(), True), (Unknown("?"), True), (Retry("?"), False), (Down("?"), False), (Refused("?"), False)],
)
def test_the_clocks_of_a_question_begin_when_it_left_or_may_have(outcome: Outcome, counts: bool) -> None:
    assert judge(outcome, 0, NOW, NOW, RESEND).counts is counts


def test_a_provider_who_says_that_a_person_wants_no_more_is_heard() -> None:
    assert judge(Refused("STOP", opted_out=True), 0, NOW, NOW, RESEND).opted_out

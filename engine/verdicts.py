"""What an outcome means for a message: a pure decision, and a message that a provider has never goes back to queued."""

from __future__ import annotations

from typing import NamedTuple

from engine.delivery import Down, Outcome, Refused, Retry, Sent, Unknown
from engine.limits import MINUTE

RETRIES = (5 * MINUTE, 10 * MINUTE)
"""How long a message waits after each failure that was its own; after the last it has failed."""

DOUBTS = (MINUTE // 2, 5 * MINUTE)
"""The same where it may have gone through: a receipt that says so is given the time to come."""

RESEND, HOLD, RECEIPT = "resend", "hold", "receipt"
"""What a channel does with a message that may have gone through: send it once more, leave it for a person, or send it
once more where its receipt says that it did not arrive.
"""


class Verdict(NamedTuple):
    """`outcome` of the attempt; `status`, `retries` and `not_before` of the message; `final`: nothing more is tried.

    `counts`: the clocks of the question that the message asks begin now.  `doubtful`: it may have gone through.
    """

    outcome: str
    status: str
    retries: int
    not_before: int
    reason: str = ""
    provider_id: str = ""
    cost: str = ""
    final: bool = False
    counts: bool = False
    opted_out: bool = False
    doubtful: bool = False

    @property
    def left(self) -> bool:
        """Was it sent, or may it have been?"""
        return self.outcome in ("sent", "unknown")


def judge(outcome: Outcome, retries: int, place: int, now: int, unknown: str, expires_at: int = 0) -> Verdict:
    """What becomes of a message that had so many retries before.

    `place`: its `not_before`, which it keeps where nothing left.  `unknown`: the channel's policy.  `expires_at`: so
    long a message can wait for its receipt.
    """
    match outcome:
        case Sent(provider_id, cost):
            return Verdict("sent", "sent", retries, now, "", provider_id, cost, counts=True)
        case Refused(reason, opted_out):
            return Verdict("refused", "refused", retries, now, reason, final=True, opted_out=opted_out)
        case Down(reason):
            return Verdict("down", "queued", retries, place, reason)
        case Retry(reason, after):
            if retries >= len(RETRIES):
                return Verdict("retry", "failed", retries, now, reason, final=True)
            wait = RETRIES[retries] if after is None else int(after * 1000)
            return Verdict("retry", "queued", retries + 1, now + wait, reason)
        case Unknown(reason):
            if unknown == HOLD or retries >= len(DOUBTS):
                return Verdict("unknown", "unknown", retries, now, reason, counts=True)
            then = expires_at if unknown == RECEIPT else now + DOUBTS[retries]
            return Verdict("unknown", "queued", retries + 1, then, reason, counts=True, doubtful=True)

"""What an order would cost before it is given: SMS parts by language, and money by channel at the settings' prices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from channels.gsm7 import measure
from commands.known import counted, money
from engine.headcount import Share
from settings import Settings


def told(known: Settings, shares: Sequence[Share], said: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Line by line.  `said`: by language, the messages that a worker gets at once."""
    shares = shares or [Share("", "", 0)]
    parts = {language: _parts(messages) for language, messages in said.items()}
    together = _together(shares, said)
    for messages, workers in together.items():
        each = f"{counted(len(messages), 'message')} of {counted(_parts(messages), 'SMS part')}"
        who = "Each gets" if len(together) == 1 else f"{counted(workers, 'worker')}: each gets"
        whole = " in all" if len(together) == 1 else ""
        yield f"{who} {each} at once, so {counted(workers * _parts(messages), 'SMS part')}{whole}:"
        yield from (f"  {message}".replace("\n", "\n  ") for message in messages)
    total = sum(share.workers * parts[share.language] for share in shares)
    if len(together) > 1:
        yield f"{counted(total, 'SMS part')} in all."
    yield from _costs(known, shares, parts)


def _together(shares: Sequence[Share], said: Mapping[str, Sequence[str]]) -> dict[tuple[str, ...], int]:
    """How many get which messages, the most first."""
    found: Counter[tuple[str, ...]] = Counter()
    for share in shares:
        found[tuple(said[share.language])] += share.workers
    return dict(found.most_common())


def _parts(messages: Sequence[str]) -> int:
    return sum(measure(message)[1] for message in messages)


def _costs(known: Settings, shares: Sequence[Share], parts: Mapping[str, int]) -> Iterator[str]:
    """A line for each channel that has a price; those who never wrote are reached over the first."""
    first = next(iter(known.channels), "")
    sums: Counter[str] = Counter()
    for share in shares:
        name = share.channel if share.channel in known.channels else first
        sums[name] += share.workers * parts[share.language]
    for name, channel in known.channels.items():
        each = Decimal(str(channel.get("cost_per_part", 0)))
        if each and sums[name]:
            yield f"Over {name} that costs {money(sums[name] * each, known.currency)}."

"""Every limit of a conversation, named, with its reason; nothing else in the engine has a number of its own."""

from __future__ import annotations

MINUTE = 60_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
"""Milliseconds."""

JUMPS_BACK = 1_000
"""Backward `go to`s in one conversation (RULES K7): more is a loop that nobody meant."""

JUMPS_BACK_AT_ONCE = 100
"""The same between two waits: such a loop talks to nobody."""

OPERATIONS = 100_000
"""Operations in one step: 1,000 products with 20 lines each stay far below."""

NUMBER = 10**18
"""Greater numbers become empty: a product of products must not eat the server's memory."""

LENGTH = 100 * 366 * DAY
"""Longer lengths of time become empty: no calendar holds them."""

LETTERS = 5_000
"""The longest text that a flow can make; ten parts of SMS are 1,530 letters."""

VERIFIED = 15 * MINUTE
"""A PIN holds this long without a message (RULES J3)."""

SILENT = 10 * MINUTE
"""An event takes the floor of a worker who has been silent for so long (RULES F1)."""

WHO, WHO_TRIES = DAY, 3
"""So long, and so often, a shared phone is asked who speaks."""

DOUBLE, HASTY = 30_000, 5_000
"""The same text again within so long is a double send, unless the next question has been out for so long (RULES E4)."""

LATE = 7 * DAY
"""An answer this long after its question timed out is answered as late (RULES E3)."""

CONFIRMS = 3
"""After so many confirmations the last answer stands (RULES M6)."""

CHAIN = 5
"""A conversation that a conversation started, and so on, so far (RULES K6): more is a circle of flows."""

MESSAGES = 200
"""Messages that one step may send to its worker: the greatest course lesson is below 20."""

PEOPLE = 500
"""People whom a condition of a flow may bring into one conversation: a list of more is no list for a person."""

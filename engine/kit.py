"""What a transaction works with beside its connection: made once, by the runtime, and the same for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.ids import Ids
from engine.library import Library
from engine.outgoing import Measure, Plain
from engine.vault import Vault


@dataclass(frozen=True, slots=True)
class Kit:
    """`channels`: those that there are; the first is for lines that never wrote, or wrote by one that is gone.

    `kinds`: channel → sms or ivr. `zone`: of workers and facilities that have none. `process`: this run. `quiet`:
    the hours of the deployment ("20:00", "07:00"), for flows that say none (RULES G3). `instant`: channels where
    the same text again at once is an answer, and no double send (RULES E4). `systems`: those to which flows can submit.
    `plain`: the letters of a text that is to be cheap. `answering`: channels that answer in the same request.
    """

    vault: Vault
    ids: Ids
    library: Library
    measure: Measure
    channels: Sequence[str]
    process: int
    kinds: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    quiet: tuple[str, str] | None = None
    instant: frozenset[str] = frozenset()
    systems: frozenset[str] = frozenset()
    plain: Plain = str
    answering: frozenset[str] = frozenset()

    def kind(self, channel: str) -> str:
        """What a flow knows the channel as."""
        return self.kinds.get(channel, "sms")

    def route(self, channel: str) -> str:
        """The channel by which a line that last wrote by `channel` is reached."""
        return channel if channel in self.channels else next(iter(self.channels), channel)

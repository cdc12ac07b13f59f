"""What a transaction works with beside its connection: made once, by the runtime, and the same for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.ids import Ids
from engine.library import Library
from engine.outgoing import Measure
from engine.vault import Vault


@dataclass(frozen=True, slots=True)
class Kit:
    """`default_channel`: where messages go to a line that never wrote.  `kinds`: channel → sms or ivr.

    `zone`: of workers and facilities that have none.  `process`: the number of this run.
    """

    vault: Vault
    ids: Ids
    library: Library
    measure: Measure
    default_channel: str
    process: int
    kinds: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"

    def kind(self, channel: str) -> str:
        """What a flow knows the channel as."""
        return self.kinds.get(channel, "sms")

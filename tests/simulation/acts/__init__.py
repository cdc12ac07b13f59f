"""What only some runs play beside the usual: an act a module, and which of them a seed gives."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.acts.act import Act
from tests.simulation.acts.collecting import Collecting
from tests.simulation.acts.confirming import Confirming
from tests.simulation.acts.forgetting import Forgetting
from tests.simulation.acts.gathering import Gathering
from tests.simulation.acts.parking import Parking
from tests.simulation.acts.recording import Recording
from tests.simulation.acts.renaming import Renaming
from tests.simulation.acts.restoring import Restoring
from tests.simulation.acts.saving import Saving
from tests.simulation.acts.wandering import Wandering
from tests.simulation.country import programs_of

if TYPE_CHECKING:
    from grammar.program import Program
    from tests.simulation.world import World

ACTS: dict[str, type[Act]] = {
    "purge": Forgetting,
    "take": Collecting,
    "digest": Gathering,
    "move": Wandering,
    "poison": Parking,
    "claim": Recording,
    "limit": Saving,
    "rename": Renaming,
    "restore": Restoring,
    "confirm": Confirming,
}
SHARE = 0.15
"""So many runs have each of them."""


def drawn(seed: int) -> tuple[str, ...]:
    """The acts that a seed gives."""
    return tuple(name for name in ACTS if Random(f"{seed} has {name}").random() < SHARE)


def made(names: Iterable[str], world: World) -> list[Act]:
    """These acts, for a run."""
    return [ACTS[name](world, Random(f"{world.seed} {name}")) for name in names]


@cache
def programs(name: str) -> tuple[Program, ...]:
    """The flows of an act, compiled once."""
    flows = ACTS[name].flows
    return programs_of(flows) if flows else ()

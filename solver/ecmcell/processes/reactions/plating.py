"""Lithium that is deposited on meshed metal, or taken from it, as a thickness on the interface."""

from collections.abc import Mapping, Sequence
from typing import Self

from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Interface
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.processes.reactions.reactions import LithiumElectrodes, Reaction
from ecmcell.processes.state import THICKNESS, State


class Plating(Process):
    """The thickness that lithium on meshed metal has gained, theory.md (53); negative if stripped.

    It follows the current at the end of a time step and pushes the two sides apart by as much: what
    is stripped leaves a gap unless the sides move up, or the metal creeps.

    Args:
        domain: Where.
        state: The unknowns.
        reactions: Lithium leaving metal.
    """

    def __init__(self, domain: Domain, state: State, reactions: Mapping[LithiumFace, Reaction]):
        self._thickness = state.plated[THICKNESS]
        terms = []
        for lithium, reaction in reactions.items():
            if isinstance(lithium.face, Interface):
                molar = domain.constant(lithium.metal.charge_volume)
                terms.append((molar * reaction.current, reaction.measure, lithium.face.near_side))
        self._stripping = Average(domain, domain.skeleton, terms)
        self._before = self._thickness.x.array.copy()

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where the volume of meshed metal matters."""
        if not context.state.plated:
            return []
        reactions = context.the(LithiumElectrodes).reactions
        return [cls(context.domain, context.state, reactions)]

    def begin_step(self) -> None:
        """Make the present thickness that at the start of the next time step."""
        self._before = self._thickness.x.array.copy()

    def respond(self, step: float) -> None:
        """Take over what the present current deposits in a time step of some s."""
        self._thickness.x.array[:] = self._before - step * self._stripping.update().x.array

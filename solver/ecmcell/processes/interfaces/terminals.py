"""Whether current can still get into a cell: what touches at each of its ends."""

from collections.abc import Callable, Sequence
from typing import Self

from ufl.core.expr import Expr

from ecmcell.domain.domain import Domain, Integral
from ecmcell.domain.faces import FacetSet
from ecmcell.processes.context import Context
from ecmcell.processes.filled_cracks.filled_cracks import FilledCracks
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.reactions import Insertions, LithiumElectrodes
from ecmcell.processes.state import State

# Fraction of the contact of the start with which an end still counts as connected: with kinetics
# alone its voltage is then up by 2 RT/F ln(1e4), 0.47 V.
_LEAST = 1e-4


class Terminals(Process):
    """Evaluates what is left of the contact at the faces that react, by end.

    Args:
        domain: Where.
        state: The unknowns.
        ends: The faces that react, by end.
        laws: What may debond.
    """

    def __init__(
        self, domain: Domain, state: State, ends: dict[str, list[FacetSet]], laws: InterfaceLaws
    ):
        # An end with a face that holds for good is never lost.
        debonding = [
            faces
            for faces in ends.values()
            if faces and all(face in laws.cohesive for face in faces)
        ]

        def integrals(factor: Callable[[FacetSet], Expr]) -> list[list[Integral]]:
            return [
                [domain.integral(factor(f) * domain.nodal(f)) for f in end] for end in debonding
            ]

        self._lagged = integrals(state.contact_factor)
        self._present = integrals(
            lambda face: laws.cohesive[face].contact_factor * state.touching_at_start(face)
        )
        self._areas = [_sum(end) for end in integrals(state.touching_at_start)]

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where interfaces may debond."""
        if not (context.case.physics.mechanics and context.state.interface):
            return []
        inserting: list[FacetSet] = [*context.the(Insertions).reactions]
        ends: dict[str, list[FacetSet]] = {"anode": [], "collector": inserting}
        for lithium in context.the(LithiumElectrodes).reactions:
            ends[lithium.tag].append(lithium.face)
        if any(filled.deposits for filled in context.all(FilledCracks)):
            del ends["anode"]  # filled cracks feed it as well
        return [cls(context.domain, context.state, ends, context.the(InterfaceLaws))]

    def contact_lost(self) -> bool:
        """Whether the displacements leave no contact at an end."""
        return self._is_lost(self._present)

    def is_disconnected(self) -> bool:
        """Whether the electrochemistry accounts for none."""
        return self._is_lost(self._lagged)

    def _is_lost(self, ends: list[list[Integral]]) -> bool:
        return any(_sum(end) < _LEAST * area for end, area in zip(ends, self._areas, strict=True))


def _sum(integrals: list[Integral]) -> float:
    return sum(integral.value for integral in integrals)

"""Whether current can still get into a cell: what touches at each of its ends."""

from collections.abc import Callable, Sequence
from typing import Self

from ufl.core.expr import Expr

from ecmcell.domain.domain import Domain, Integral
from ecmcell.domain.faces import Face
from ecmcell.processes.context import Context
from ecmcell.processes.filled_cracks.filled_cracks import Filaments
from ecmcell.processes.interfaces.interfaces import Joints
from ecmcell.processes.process import Process
from ecmcell.processes.reactions.reactions import Insertions, LithiumElectrodes
from ecmcell.processes.state import State

# Share of the contact of the start with which an end still counts as connected: with kinetics alone
# its voltage is then up by 2 RT/F ln(1e4), 0.47 V.
_LEAST = 1e-4


class Terminals(Process):
    """Evaluates what is left of the contact at the faces that react, by end.

    Args:
        domain: Where.
        state: The unknowns.
        ends: The faces that react, by end.
        joints: What may part.
    """

    def __init__(self, domain: Domain, state: State, ends: dict[str, list[Face]], joints: Joints):
        # An end with a face that holds for good is never lost.
        parting = [
            faces
            for faces in ends.values()
            if faces and all(face in joints.cohesive for face in faces)
        ]

        def integrals(factor: Callable[[Face], Expr]) -> list[list[Integral]]:
            return [[domain.integral(factor(f) * domain.nodal(f)) for f in end] for end in parting]

        self._handed = integrals(state.contact_factor)
        self._present = integrals(
            lambda face: joints.cohesive[face].contact_factor * state.touching_at_start(face)
        )
        self._areas = [_sum(end) for end in integrals(state.touching_at_start)]

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where interfaces may part."""
        if not (context.case.physics.mechanics and context.state.interface):
            return []
        inserting: list[Face] = [*context.the(Insertions).reactions]
        ends: dict[str, list[Face]] = {"anode": [], "collector": inserting}
        for lithium in context.the(LithiumElectrodes).reactions:
            ends[lithium.role].append(lithium.face)
        if any(filled.deposits for filled in context.all(Filaments)):
            del ends["anode"]  # filled cracks feed it as well
        return [cls(context.domain, context.state, ends, context.the(Joints))]

    def contact_lost(self) -> bool:
        """Whether the displacements leave no contact at an end."""
        return self._is_lost(self._present)

    def is_disconnected(self) -> bool:
        """Whether the electrochemistry reckons with none."""
        return self._is_lost(self._handed)

    def _is_lost(self, ends: list[list[Integral]]) -> bool:
        return any(_sum(end) < _LEAST * area for end, area in zip(ends, self._areas, strict=True))


def _sum(integrals: list[Integral]) -> float:
    return sum(integral.value for integral in integrals)

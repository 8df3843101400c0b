"""Electrons that leak through electrolytes, and where they would make lithium: theory.md (58) on.

They take the potentials that electrons in electrolytes have anyway (`State.additive`); here is
what joins these to lithium metal, and what they tell.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.plan import Subdomain
from ecmcell.processes.carriers.grain_boundaries import LEAST_CONTACT
from ecmcell.processes.context import Context
from ecmcell.processes.filled_cracks.filled_cracks import FilledCracks
from ecmcell.processes.process import ELECTROLYTE_ELECTRONS, Loss, Process
from ecmcell.processes.reactions.deposits import Deposit
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.processes.reactions.reactions import LithiumElectrodes, Reaction
from ecmcell.processes.state import State, is_electronically_connected


@dataclass(frozen=True)
class Leak:
    """Electrons between lithium metal and an electrolyte that conducts them.

    Attributes:
        subdomain: The electrolyte.
        side: Restriction of its functions to these facets; None where there is nothing to restrict.
        tag: Electrode that the metal belongs to, `anode` or `collector`.
        measure: The facets.
        current: Current density in pA/um2 of positive charge from the electrolyte into the metal.
        drop: What drives it, V.
    """

    subdomain: Subdomain
    side: str | None
    tag: str
    measure: ufl.Measure
    current: Expr
    drop: Expr

    @property
    def body(self) -> str:
        """Body of the electrolyte."""
        return self.subdomain.body

    def here(self, value: Any) -> Any:
        """A function of the electrolyte on these facets."""
        return value if self.side is None else value(self.side)


def count_from_anode(
    domain: Domain, state: State, electrodes: Iterable[LithiumFace]
) -> dict[str, fem.Function]:
    """What `State.at_anode` is with these electrodes.

    Potentials that count from the metal they meet keep the drop at it to rounding, and leave the
    voltage of the cell out of what is as stiff as a contact.
    """
    marked = {}
    for body, region in state.electronic_regions.items():
        faces = [
            e.face for e in electrodes if e.tag == "anode" and e.electrolyte in region.subdomains
        ]
        marked[body] = fem.Function(region.scalars)
        marked[body].x.array[domain.face_nodes(region, faces)] = 1.0
    return marked


class Leakage(Process):
    """Electrons that lithium and electrolytes exchange; none where leakage is switched off.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        electrodes: Reactions of lithium electrodes.
        deposits: Lithium in cracks.

    Attributes:
        members: All facets where they do.
    """

    accumulators = ("leaked",)

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        electrodes: Mapping[LithiumFace, Reaction],
        deposits: Sequence[Deposit],
    ):
        if case.physics.leakage:
            state.at_anode = count_from_anode(domain, state, electrodes)
        self.members = _leaks(case, domain, state, electrodes, deposits)
        self._current = domain.integral(self.collected()) if self.members else None
        self._state, self._step = state, 0.0

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        deposits = [d for filled in context.all(FilledCracks) for d in filled.deposits]
        reactions = context.the(LithiumElectrodes).reactions
        return [cls(context.case, context.domain, context.state, reactions, deposits)]

    def rest(self, step: float) -> None:
        """Count the charge that has leaked, though no time has passed."""
        self._state.accumulators["leaked"] = self.leaking() * step

    def begin_iterations(self, step: float) -> None:
        """Charge leaks for some s."""
        self._step = step

    def end_step(self) -> None:
        """Count the charge that has leaked in the time step, pC."""
        self._state.accumulators["leaked"] += self.leaking() * self._step

    def leaking(self) -> float:
        """What leaks from the cathode to the anode, pA, positive in self-discharge."""
        return self._current.value if self._current is not None else 0.0

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """Electrons that leave an electrolyte for the metal."""
        if carrier != ELECTROLYTE_ELECTRONS:
            return 0
        leaks = (leak for leak in self.members if leak.body == body)
        return sum(leak.current * leak.here(test) * leak.measure for leak in leaks)

    def collected(self) -> ufl.Form:
        """What leaks to the lithium of the anode, pA: the collector gives it."""
        return sum(leak.current * leak.measure for leak in self.members if leak.tag == "anode")

    def losses(self) -> Iterable[Loss]:
        """What electrons lose at the metal, and a place for what others are charged with."""
        for leak in self.members:
            yield losses.LEAKAGE, ufl.as_ufl(0.0), leak.measure
            yield losses.ELECTRONIC, leak.current * leak.drop, leak.measure


def _leaks(
    case: Case,
    domain: Domain,
    state: State,
    electrodes: Mapping[LithiumFace, Reaction],
    deposits: Sequence[Deposit],
) -> tuple[Leak, ...]:
    """All facets where lithium and an electrolyte exchange electrons; none without leakage."""
    if not case.physics.leakage:
        return ()
    found = []
    for lithium, reaction in electrodes.items():
        if is_electronically_connected(case, lithium.electrolyte):
            touching = domain.constant(LEAST_CONTACT) + reaction.touching
            resistance = domain.constant(needed(lithium.law.electronic_resistance))
            drop = lithium.here(
                state.electronic_potential[lithium.electrolyte.body]
            )  # from either end
            current = touching / resistance * drop
            where = lithium.electrolyte, lithium.side, lithium.tag
            found.append(Leak(*where, reaction.measure, current, drop))
    for plated in deposits:
        if is_electronically_connected(case, plated.subdomain):
            resistance = domain.constant(needed(needed(case.lithium_anode).electronic_resistance))
            potential = state.electrons(plated.body)
            here = potential if plated.side is None else potential(plated.side)
            drop = here + state.voltage.symbol
            current = plated.reaction.touching / resistance * drop
            where = plated.subdomain, plated.side, "anode"
            found.append(Leak(*where, plated.reaction.measure, current, drop))
    return tuple(found)

"""The current collector of a cathode of active material: where electrons leave the cell."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary
from ecmcell.domain.plan import Subdomain
from ecmcell.domain.region import Region
from ecmcell.processes.context import Context
from ecmcell.processes.process import ELECTROLYTE_ELECTRONS, ELECTRONS, Loss, Process
from ecmcell.processes.state import State


class Collector(Process):
    """An equipotential, behind an areal resistance if there is one.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
    """

    def __init__(self, case: Case, domain: Domain, state: State):
        self._domain, self._state = domain, state
        collector, resistance = case.boundaries.collector, 0.0
        # Electrons that leak have to get across to lithium that is there instead.
        self._takes_leaks = case.physics.leakage and isinstance(collector, LithiumElectrode)
        if not isinstance(collector, LithiumElectrode):
            resistance = collector.contact_resistance
        self._resistance = domain.constant(resistance) if resistance > 0.0 else None

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Of any cell."""
        return [cls(context.case, context.domain, context.state)]

    def nodes(self, carrier: str, region: Region) -> npt.NDArray[np.int32]:
        """Nodes of a region where a carrier is at its potential."""
        leaks = carrier == ELECTROLYTE_ELECTRONS and self._takes_leaks
        if self._resistance is not None or leaks:
            return np.zeros(0, dtype=np.int32)
        return self._domain.boundary_nodes(region, ["collector"])

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """Electrons that cross the resistance."""
        if self._resistance is None or carrier not in (ELECTRONS, ELECTROLYTE_ELECTRONS):
            return 0
        potential, subdomains = self._conductors(carrier)[body]
        return sum(
            potential / self._resistance * test * self._domain.ds(boundary)
            for boundary in self._touched(subdomains)
        )

    def losses(self) -> Iterable[Loss]:
        """What is lost to the resistance."""
        if self._resistance is None:
            return
        for carrier in (ELECTRONS, ELECTROLYTE_ELECTRONS):
            for potential, subdomains in self._conductors(carrier).values():
                for boundary in self._touched(subdomains):
                    power = potential**2 / self._resistance
                    yield losses.ELECTRONIC, power, self._domain.ds(boundary)

    def _conductors(self, carrier: str) -> dict[str, tuple[fem.Function, tuple[Subdomain, ...]]]:
        """Potential and parts of what conducts electrons, by body."""
        state, bodies = self._state, self._domain.bodies
        if carrier == ELECTRONS:
            return {b: (field, bodies[b].subdomains) for b, field in state.electrode.items()}
        return {
            b: (f, state.electronic_regions[b].subdomains)
            for b, f in state.electronic_potential.items()
        }

    def _touched(self, subdomains: tuple[Subdomain, ...]) -> Iterator[ExteriorBoundary]:
        for boundary in self._domain.boundaries:
            if boundary.tag == "collector" and boundary.subdomain in subdomains:
                yield boundary

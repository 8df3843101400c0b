"""Energy of a cell that cracks or flows: what is stored or spent, and the work done."""

from collections.abc import Sequence
from typing import Self

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem

from ecmcell.domain.domain import Domain
from ecmcell.processes.context import Context
from ecmcell.processes.cracks import laws
from ecmcell.processes.deformation.free_strains import free_strains
from ecmcell.processes.deformation.platens import Platens
from ecmcell.processes.deformation.stresses import Stresses
from ecmcell.processes.interfaces.interfaces import InterfaceLaws
from ecmcell.processes.process import Process
from ecmcell.processes.state import State

Loads = tuple[float, float, float, list[tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]]]


class Energies(Process):
    """Evaluates energies and works, in pJ over all ranks.

    Args:
        domain: Where.
        state: The unknowns.
        elastic: Elastic energy of the bodies.
        spent: Energy of the cracks in them, if there may be any.
        interfaces: Energy that the interfaces would give back, if there are any.
        swelling: Free strains as functions, and what a unit of each takes from the elastic energy:
            a linear form.
        displaced: Volume that a stretch of one displaces, um3; so does a strain across a section.
        lateral: Pressure across a section, MPa.
    """

    accumulators = ("work",)

    def __init__(
        self,
        domain: Domain,
        state: State,
        elastic: ufl.Form,
        spent: ufl.Form | None,
        interfaces: ufl.Form | None,
        swelling: Sequence[tuple[fem.Function, ufl.Form]],
        displaced: float,
        lateral: float,
    ):
        self._domain, self._state, self._displaced = domain, state, displaced
        self._lateral = lateral
        self._elastic = domain.integral(elastic)
        self._spent = None if spent is None else domain.integral(spent)
        self._interfaces = None if interfaces is None else domain.integral(interfaces)
        self._swelling = [(nodes, domain.compile(form)) for nodes, form in swelling]
        self._before = self._loads()

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where something may debond, crack or flow."""
        if not context.case.physics.mechanics:
            return []
        domain, stresses, interface_laws = (
            context.domain,
            context.the(Stresses),
            context.the(InterfaceLaws),
        )
        cracking = stresses.cracking
        if not (cracking or stresses.flows or interface_laws.cohesive):
            return []
        stored = {subdomain: stresses.stored_energy(subdomain) for subdomain in domain.subdomains}
        held = sum(energy * domain.dx(subdomain) for subdomain, energy in stored.items())
        spent = laws.spent(domain, cracking) if cracking else None
        joined, platens = interface_laws.stored_energies(), context.the(Platens)
        return [
            cls(
                domain,
                context.state,
                held,
                spent,
                sum(joined) if joined else None,
                free_strains(context, stresses, interface_laws),
                platens.displaced,
                platens.lateral,
            )
        ]

    @property
    def elastic(self) -> float:
        """Elastic energy of the bodies."""
        return self._elastic.value

    @property
    def cracks(self) -> float:
        """Energy of the cracks in them."""
        return 0.0 if self._spent is None else self._spent.value

    @property
    def interfaces(self) -> float:
        """Energy that the interfaces would give back."""
        return 0.0 if self._interfaces is None else self._interfaces.value

    def stored(self) -> float:
        """All that is stored or spent, but for what interfaces and flow have cost."""
        return self.elastic + self.cracks + self.interfaces

    def rest(self, step: float) -> None:
        """The work that has brought the cell to rest is what it has stored by then."""
        self._state.accumulators["work"] = self.stored()

    def begin_step(self) -> None:
        """Work counts from the present state on."""
        self._before = self._loads()

    def end_step(self) -> None:
        """Count the work of the time step."""
        self._state.accumulators["work"] += self.work()

    def work(self) -> float:
        """Work of pressures and swelling since the step began, with the mean of their forces."""
        pressure, stretch, thickness, forces = self._before
        later_pressure, later_strain, later_thickness, later = self._loads()
        volume = self._displaced * (later_strain - stretch)
        pressed = -0.5 * (pressure + later_pressure) * volume
        pressed -= self._lateral * self._displaced * (later_thickness - thickness)
        swelling = sum(
            -0.5 * float((force + later_force) @ (later_strain - strain))
            for (strain, force), (later_strain, later_force) in zip(forces, later, strict=True)
        )
        return pressed + self._domain.total(swelling)

    def _loads(self) -> Loads:
        """Pressure, strains of the whole, strains and forces of swelling of this rank's cells."""
        forces = [
            (nodes.x.array.copy(), fem.assemble_vector(form).array.copy())
            for nodes, form in self._swelling
        ]
        state = self._state
        return state.pressure.value, state.axial_strain.value, state.thickness_strain.value, forces

"""What is conserved in the bodies of a cell: how each carrier is stored and moves in them.

What a carrier exchanges between bodies is told by the processes that exchange it.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.region import Region
from ecmcell.numerics.system.layout import Array
from ecmcell.physics import charge, salt, transport
from ecmcell.processes.carriers.collector import Collector
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.processes.process import ANIONS, IONS, LITHIUM, Loss, Process
from ecmcell.processes.state import State
from ecmcell.processes.subdomain import Properties

Nodes = npt.NDArray[np.int32]
_NONE = np.zeros(0, dtype=np.int32)


class Balance(Process, ABC):
    """The conservation of one carrier.

    Args:
        fields: Its unknown in each body.

    Attributes:
        carrier: What is conserved.
        group: Block of the preconditioner that its unknowns belong to.
        fields: Its unknown in each body.
    """

    carrier: str
    group = "potentials"

    def __init__(self, fields: Mapping[str, fem.Function]):
        self.fields = fields

    @abstractmethod
    def inside(self, body: str, test: Expr) -> ufl.Form:
        """What is stored in a body and moves in it, times a test function, pA."""

    def fixed(self, body: str) -> Nodes:
        """Local dofs where the unknown of a body keeps its value."""
        return _NONE


class _Stored(Balance):
    """The conservation of what is stored, in time steps of implicit Euler."""

    def __init__(self, fields: Mapping[str, fem.Function]):
        super().__init__(fields)
        self.earlier = {body: fem.Function(x.function_space) for body, x in fields.items()}

    def begin_step(self) -> None:
        """Make what is stored at present the start of the next time step."""
        for body, earlier in self.earlier.items():
            earlier.x.array[:] = self.fields[body].x.array

    def controlled(self) -> list[Array]:
        """What is stored."""
        return [field.x.array.copy() for field in self.fields.values()]


class Lithium(_Stored):
    """Lithium in active material: it diffuses, also down its stress, theory.md (1).

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        properties: Those of all parts.
        active: Bodies of active material.
        step: Length of the time step, s.
    """

    carrier = group = LITHIUM

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        properties: Properties,
        active: Mapping[str, ActiveBody],
        step: fem.Constant,
    ):
        super().__init__({name: body.x for name, body in active.items()})
        self._case, self._domain, self._state = case, domain, state
        self._properties, self._active, self._step = properties, active, step

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Storage at nodes, and diffusion."""
        active, domain = self._active[body], self._domain
        diffusivity, dx = self._properties.of(active.part).diffusivity, domain.dx(active.part)
        stored = transport.storage(active.sites, active.x, self.earlier[body], self._step, test)
        form = stored * domain.lumped(active.part)
        form += transport.diffusion(active.sites, diffusivity, active.x, test) * dx
        if self._case.physics.stress_in_flux:
            form += (
                transport.stress_flux(
                    active.sites,
                    diffusivity,
                    active.x,
                    active.pull_gradient(),
                    self._state.temperature.energy,
                    domain.constant(active.material.maximum_concentration),
                    test,
                )
                * dx
            )
        return form


class Anions(_Stored):
    """Anions of polymer electrolytes: they stay in their body, cations follow them, theory.md (6).

    Args:
        domain: Where.
        state: The unknowns.
        electrolytes: How ions move.
        step: Length of the time step, s.
    """

    carrier, group = ANIONS, "salt"

    def __init__(
        self, domain: Domain, state: State, electrolytes: Electrolytes, step: fem.Constant
    ):
        super().__init__(state.salt)
        self._domain, self._electrolytes, self._step = domain, electrolytes, step

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Storage at nodes, diffusion and migration."""
        form, concentration, earlier = 0, self.fields[body], self.earlier[body]
        for part in self._domain.bodies[body].parts:
            ions, dx = self._electrolytes.parts[part], self._domain.dx(part)
            assert ions.salt is not None
            anions, diffusivity = ions.salt.charge, ions.salt.diffusivity
            current = charge.current_density(ions.conductivity, ions.driving)
            stored = transport.storage(anions, concentration, earlier, self._step, test)
            spread = transport.diffusion(anions, diffusivity, concentration, test)
            moved = salt.migration(ions.salt.transference, current, test)
            form += stored * self._domain.lumped(part) + (spread + moved) * dx
        return form


class Ions(Balance):
    """Charge of ions in electrolytes.

    Args:
        domain: Where.
        state: The unknowns.
        electrolytes: How ions move.
    """

    carrier = IONS

    def __init__(self, domain: Domain, state: State, electrolytes: Electrolytes):
        super().__init__(state.electrolyte)
        self._domain, self._electrolytes = domain, electrolytes

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Conduction."""
        form = 0
        for part in self._domain.bodies[body].parts:
            ions = self._electrolytes.parts[part]
            conduction = charge.conduction(ions.conductivity, ions.driving, test)
            form += conduction * self._domain.dx(part)
        return form

    def losses(self) -> Iterable[Loss]:
        """What is lost to the resistance, and to differences in the concentration of salt."""
        for part, ions in self._electrolytes.parts.items():
            current = charge.current_density(ions.conductivity, ions.driving)
            dx = self._domain.dx(part)
            yield losses.IONIC, -ufl.inner(current, ufl.grad(ions.driving)), dx
            if ions.salt is not None:
                yield losses.SALT, -ufl.inner(current, ufl.grad(ions.salt.potential)), dx


class Electrons(Balance):
    """Charge of electrons: they are conducted, and leave the cell at the collector.

    Args:
        carrier: Electrons of active material, or those in electrolytes.
        fields: The unknown in each body.
        potentials: Their potential minus that of the collector in each body, V.
        regions: What of each body conducts them.
        domain: Where.
        properties: Those of all parts.
        collector: Where they leave the cell.
    """

    def __init__(
        self,
        carrier: str,
        fields: Mapping[str, fem.Function],
        potentials: Mapping[str, Expr],
        regions: Mapping[str, Region],
        domain: Domain,
        properties: Properties,
        collector: Collector,
    ):
        super().__init__(fields)
        self.carrier, self._potentials, self._regions = carrier, potentials, regions
        self._domain, self._properties, self._collector = domain, properties, collector

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Conduction."""
        form, potential = 0, self._potentials[body]
        for part in self._regions[body].parts:
            conductivity = self._properties.of(part).electronic_conductivity
            form += charge.conduction(conductivity, potential, test) * self._domain.dx(part)
        return form

    def fixed(self, body: str) -> Nodes:
        """Nodes at the potential of the collector."""
        return self._collector.nodes(self.carrier, self._regions[body])

    def losses(self) -> Iterable[Loss]:
        """What is lost to the resistance."""
        for body, potential in self._potentials.items():
            for part in self._regions[body].parts:
                conductivity = self._properties.of(part).electronic_conductivity
                current = charge.current_density(conductivity, potential)
                power = -ufl.inner(current, ufl.grad(potential))
                yield losses.ELECTRONIC, power, self._domain.dx(part)

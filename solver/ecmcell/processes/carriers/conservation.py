"""What is conserved in the bodies of a cell: how each carrier is stored and moves in them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Self

import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.columns import losses
from ecmcell.domain.domain import Domain
from ecmcell.domain.region import Region
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.system.change_of_variables import FieldCombination
from ecmcell.numerics.system.curves import TabulatedCoefficient
from ecmcell.numerics.system.layout import Array
from ecmcell.physics import charge, salt, transport
from ecmcell.processes.balance import Balance, Nodes
from ecmcell.processes.carriers.collector import Collector
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.processes.context import Context
from ecmcell.processes.process import ANIONS, ELECTROLYTE_ELECTRONS, ELECTRONS, IONS, LITHIUM, Loss
from ecmcell.processes.properties import Properties
from ecmcell.processes.state import State

# What rounding, and obtuse cells, may add to the stoichiometry of a host that is full.
_OUTSIDE = 1e-6
# Of the salt at rest: where less is left, it is for want of salt that no step succeeds.
_EXHAUSTED = 0.05


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

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        needs = context.case, context.domain, context.state, context.properties
        return [cls(*needs, context.active, context.step)]

    def flux(self, body: str) -> Expr:
        """Flux of lithium in a body, amol/(um2 s): theory.md (1)."""
        active, state = self._active[body], self._state
        diffusivity = self._properties.of(active.subdomain).diffusivity
        full = self._domain.constant(active.material.maximum_concentration)
        found = transport.flux(diffusivity, active.x, full)
        if self._case.physics.stress_in_flux:
            by_stress = active.stress_potential_gradient()
            found += transport.flux_by_stress(
                diffusivity, active.x, by_stress, state.temperature.energy
            )
        return found

    def initialise(self) -> None:
        """Put the collector where the first body is at rest."""
        for body in [*self._active.values()][:1]:
            x = self._case.phases[body.subdomain.phase].initial_stoichiometry
            self._state.voltage.value = body.material.open_circuit_voltage.at(needed(x))

    def refresh_transport(self) -> None:
        """Evaluate the tables of the stoichiometry."""
        for body in self._active.values():
            body.refresh()

    def check_range(self) -> None:
        """No host holds less than no lithium or more than it has room for.

        Raises:
            NotConverged: If one does.
        """
        for body, x in self.fields.items():
            values = x.x.array
            outside = max(-values.min(initial=0.0), values.max(initial=1.0) - 1.0)
            if self._domain.max(outside) > _OUTSIDE:
                raise NotConverged(f"the stoichiometry in {body} leaves the range from 0 to 1")

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Storage at nodes, and diffusion."""
        active, domain = self._active[body], self._domain
        diffusivity, dx = (
            self._properties.of(active.subdomain).diffusivity,
            domain.dx(active.subdomain),
        )
        stored = transport.storage(active.sites, active.x, self.earlier[body], self._step, test)
        form = stored * domain.lumped(active.subdomain)
        form += transport.diffusion(active.sites, diffusivity, active.x, test) * dx
        if self._case.physics.stress_in_flux:
            form += (
                transport.stress_flux(
                    active.sites,
                    diffusivity,
                    active.x,
                    active.stress_potential_gradient(),
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
    is_positive = True

    def __init__(
        self, domain: Domain, state: State, electrolytes: Electrolytes, step: fem.Constant
    ):
        super().__init__(state.salt)
        self._domain, self._electrolytes, self._step = domain, electrolytes, step

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell: of a case without salt there are no unknowns."""
        electrolytes = context.the(Electrolytes)
        return [cls(context.domain, context.state, electrolytes, context.step)]

    @property
    def followers(self) -> Sequence[TabulatedCoefficient]:
        """All that follows the salt node by node."""
        return self._electrolytes.followers

    def combinations(self, fields: Sequence[fem.Function]) -> list[FieldCombination]:
        """Salt and potential of each polymer."""
        return self._electrolytes.combinations(fields)

    def refresh_transport(self) -> None:
        """Evaluate the tables of the salt."""
        self._electrolytes.refresh()

    def check_range(self) -> None:
        """Some salt is left.

        Raises:
            NotConverged: If none is.
        """
        for body, left in self.fields.items():
            if self._domain.max(-left.x.array.min(initial=1.0)) >= 0.0:
                raise NotConverged(f"no salt is left in {body}")

    def trouble(self) -> str:
        """For want of salt, where next to none is left."""
        for body, left in self.fields.items():
            least = -self._domain.max(-left.x.array.min(initial=np.inf))
            if least < _EXHAUSTED:
                return (
                    f"the salt in {body} is used up before an electrode ({100 * least:.2g} % of it "
                    f"are left), which carries no more current"
                )
        return ""

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Storage at nodes, diffusion and migration."""
        form, concentration, earlier = 0, self.fields[body], self.earlier[body]
        for subdomain in self._domain.bodies[body].subdomains:
            ions, dx = self._electrolytes.subdomains[subdomain], self._domain.dx(subdomain)
            assert ions.salt is not None
            anions, diffusivity = ions.salt.charge, ions.salt.diffusivity
            current = charge.current_density(ions.conductivity, ions.driving)
            stored = transport.storage(anions, concentration, earlier, self._step, test)
            spread = transport.diffusion(anions, diffusivity, concentration, test)
            moved = salt.migration(ions.salt.transference, current, test)
            form += stored * self._domain.lumped(subdomain) + (spread + moved) * dx
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

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        return [cls(context.domain, context.state, context.the(Electrolytes))]

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Conduction."""
        form = 0
        for subdomain in self._domain.bodies[body].subdomains:
            ions = self._electrolytes.subdomains[subdomain]
            conduction = charge.conduction(ions.conductivity, ions.driving, test)
            form += conduction * self._domain.dx(subdomain)
        return form

    def losses(self) -> Iterable[Loss]:
        """What is lost to the resistance, and to differences in the concentration of salt."""
        for subdomain, ions in self._electrolytes.subdomains.items():
            current = charge.current_density(ions.conductivity, ions.driving)
            dx = self._domain.dx(subdomain)
            yield losses.IONIC, -ufl.inner(current, ufl.grad(ions.driving)), dx
            if ions.salt is not None:
                yield losses.SALT, -ufl.inner(current, ufl.grad(ions.salt.potential)), dx


class _Electrons(Balance):
    """Charge of electrons: they are conducted, and leave the cell at the collector.

    Args:
        fields: The unknown in each body.
        potential: Their potential minus that of the collector in a body, V.
        regions: What of each body conducts them.
        domain: Where.
        properties: Those of all parts.
        collector: Where they leave the cell.
    """

    def __init__(
        self,
        fields: Mapping[str, fem.Function],
        potential: Callable[[str], Expr],
        regions: Mapping[str, Region],
        domain: Domain,
        properties: Properties,
        collector: Collector,
    ):
        super().__init__(fields)
        self._potential, self._regions = potential, regions
        self._domain, self._properties, self._collector = domain, properties, collector

    def inside(self, body: str, test: Expr) -> ufl.Form:
        """Conduction."""
        form, potential = 0, self._potential(body)
        for subdomain in self._regions[body].subdomains:
            conductivity = self._properties.of(subdomain).electronic_conductivity
            form += charge.conduction(conductivity, potential, test) * self._domain.dx(subdomain)
        return form

    def fixed(self, body: str) -> Nodes:
        """Nodes at the potential of the collector."""
        return self._collector.nodes(self.carrier, self._regions[body])

    def losses(self) -> Iterable[Loss]:
        """What is lost to the resistance."""
        for body in self.fields:
            potential = self._potential(body)
            for subdomain in self._regions[body].subdomains:
                conductivity = self._properties.of(subdomain).electronic_conductivity
                current = charge.current_density(conductivity, potential)
                power = -ufl.inner(current, ufl.grad(potential))
                yield losses.ELECTRONIC, power, self._domain.dx(subdomain)


class Electrons(_Electrons):
    """Those of active material."""

    carrier = ELECTRONS

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell."""
        fields, where = context.state.electrode, (context.domain.bodies, context.domain)
        needs = context.properties, context.the(Collector)
        return [cls(fields, fields.__getitem__, *where, *needs)]


class ElectronsInElectrolyte(_Electrons):
    """Those of electrolytes that conduct them, by an additive or by their own leakage."""

    carrier = ELECTROLYTE_ELECTRONS

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """In any cell: where no electrolyte conducts them there are no unknowns."""
        state, where = context.state, (context.state.electronic_regions, context.domain)
        needs = context.properties, context.the(Collector)
        return [cls(state.electronic_potential, state.electrons, *where, *needs)]

"""Lithium, ions and electrons of a cell as one nonlinear system."""

import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.case.tables import Interface, LithiumElectrode
from ecmcell.case.units import FARADAY, GAS_CONSTANT
from ecmcell.domain.domain import Contact, Domain, Outer, Part, Region
from ecmcell.numerics import linear
from ecmcell.numerics.blocks import BlockSystem
from ecmcell.numerics.newton import Effort, Newton
from ecmcell.numerics.scalars import Algebraic, ScalarEquation, prescribe
from ecmcell.physics import charge, kinetics, transport
from ecmcell.simulation import properties
from ecmcell.simulation.lithium import ActiveBody
from ecmcell.simulation.state import State, is_lithium_electrode, is_wired

VOLTAGE, CURRENT = 0, 1


class Electrochemistry:
    """The equations of lithium and of all potentials, with the cell's voltage and current.

    Potentials of electrons are solved relative to the collector, whose potential enters the
    kinetics alone: the collector is then an exact equipotential, and its current the sum over all
    interfaces.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        active: Bodies of active material.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        active: dict[str, ActiveBody],
    ):
        self.case, self.domain, self.state, self.active = case, domain, state, active
        self.step = domain.constant(1.0)
        self.earlier = {b: fem.Function(x.function_space) for b, x in state.stoichiometry.items()}
        temperature = case.cell.temperature
        self._thermal = domain.constant(GAS_CONSTANT * temperature / FARADAY)
        self._thermal_energy = domain.constant(GAS_CONSTANT * temperature)

        self.transfers = {c: self._transfer(c) for c in domain.contacts if self._reacts(c)}
        self.electrodes = {
            outer: self._electrode_current(outer)
            for outer in domain.outers
            if is_lithium_electrode(case, outer) and outer.part.body in state.electrolyte
        }
        self._equation = ScalarEquation()
        self._newton = self._build()

    # Solving

    def control(self, algebraic: Algebraic) -> None:
        """Set what the protocol prescribes, an equation of voltage and current."""
        self._equation.algebraic = algebraic

    def control_current(self, value: float) -> None:
        """Prescribe the current in pA, positive on discharge."""
        self.control(prescribe(CURRENT, 2, value))

    def control_voltage(self, value: float) -> None:
        """Prescribe the voltage in V."""
        self.control(prescribe(VOLTAGE, 2, value))

    def begin_step(self) -> None:
        """Make the present stoichiometry the start of the next time step."""
        for body, earlier in self.earlier.items():
            earlier.x.array[:] = self.state.stoichiometry[body].x.array

    def solve(self, scale: float) -> Effort:
        """Solve for the end of the time step.

        Args:
            scale: Current in pA that residuals are measured by.

        Raises:
            NotConverged: If Newton's method fails.
        """
        return self._newton.solve(scale)

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks."""
        return self._newton.system.unknowns

    # Charge transfer

    def _reacts(self, contact: Contact) -> bool:
        a, b = contact.plus.body, contact.minus.body
        return (a in self.active and b in self.state.electrolyte) or (
            b in self.active and a in self.state.electrolyte
        )

    def sides(self, contact: Contact) -> tuple[Part, Part]:
        """Active material and electrolyte of a contact that reacts."""
        if contact.plus.body in self.active:
            return contact.plus, contact.minus
        return contact.minus, contact.plus

    def law(self, contact: Contact) -> Interface:
        """What the case says of a contact between two bodies."""
        law = self.case.interface_between(contact.plus.phase, contact.minus.phase)
        assert isinstance(law, Interface)
        return law

    def _transfer(self, contact: Contact) -> Expr:
        """Current density in pA/um2 from active material into electrolyte, positive on charge."""
        host, electrolyte = self.sides(contact)
        near, far = contact.side(host), contact.side(electrolyte)
        body, law = self.active[host.body], self.law(contact)
        equilibrium = body.open_circuit
        if self.case.physics.stress_in_kinetics:
            # Lithium under tension is lower in energy: Omega s_h/F, Omega = 3 (d eps/dx)/c_max.
            molar = self.domain.constant(3.0 / properties.site_charge(body.material))
            equilibrium = equilibrium + molar * body.strain_slope * body.hydrostatic_stress()
        potential = self.state.electrode[host.body] + self.state.voltage.symbol
        overpotential = (
            potential(near)
            - self.state.electrolyte[electrolyte.body](far)
            - ufl.as_ufl(equilibrium)(near)
        )
        transfer = self.domain.constant(law.transfer_coefficient)
        exchange = kinetics.insertion_exchange_current(
            self.domain.constant(law.exchange_current_density), body.x(near), transfer
        )
        return self._current(exchange, overpotential, transfer, law.film_resistance)

    def _current(self, exchange: Expr, eta: Expr, transfer: Expr, film: float) -> Expr:
        if film == 0.0:
            return kinetics.butler_volmer(exchange, eta, transfer, self._thermal)
        resistance = self.domain.constant(film)
        return kinetics.film_current(exchange, eta, transfer, self._thermal, resistance)

    def _electrode_current(self, outer: Outer) -> Expr:
        """Current density in pA/um2 from a lithium electrode into the electrolyte."""
        electrode = getattr(self.case.boundaries, outer.role)
        overpotential = -self.state.electrolyte[outer.part.body]
        if outer.role == "collector":
            overpotential = overpotential + self.state.voltage.symbol
        if self.case.physics.stress_in_kinetics:
            molar = self.domain.constant(needed(electrode.metal.molar_volume) / FARADAY)
            overpotential = overpotential - molar * self.state.normal_stress[outer.part.body]
        exchange = self.domain.constant(electrode.exchange_current_density)
        transfer = self.domain.constant(electrode.transfer_coefficient)
        return self._current(exchange, overpotential, transfer, electrode.film_resistance)

    # The system

    def _build(self) -> Newton:
        fields: list[fem.Function] = []
        residuals: list[ufl.Form] = []
        fixed: list[np.ndarray] = []
        none = np.zeros(0, dtype=np.int32)
        for body, active in self.active.items():
            fields.append(active.x)
            residuals.append(self._lithium(body, active))
            fixed.append(none)
        hosts = len(fields)
        for body, potential in self.state.electrode.items():
            fields.append(potential)
            residuals.append(self._electrons(body, potential))
            fixed.append(self._collector_nodes(self.domain.bodies[body]))
        for body, potential in self.state.electrolyte.items():
            fields.append(potential)
            residuals.append(self._ions(body, potential))
            fixed.append(none)
        for body, potential in self.state.additive.items():
            fields.append(potential)
            residuals.append(self._additive_electrons(body, potential))
            fixed.append(self._collector_nodes(self.state.additive_regions[body]))

        system = BlockSystem(
            self.domain,
            fields,
            residuals,
            fixed,
            scalars=(self.state.voltage, self.state.current),
            equations=(self._current_equation(), self._equation),
            refresh=self._refresh,
        )
        splits = {"lithium": (0, hosts), "potentials": (hosts, len(fields))}
        splits = {name: ends for name, ends in splits.items() if ends[0] < ends[1]}
        options = (
            linear.DIRECT
            if self.case.solver.linear == "direct"
            else linear.transport_options(self.domain.dim, splits)
        )
        solver = linear.LinearSolver(
            system, options, splits if "pc_fieldsplit_type" in options else None
        )
        return Newton(
            system,
            solver,
            self.case.solver.newton_tolerance,
            self.case.solver.largest_newton_count,
        )

    def _refresh(self) -> None:
        for body in self.active.values():
            body.refresh()

    def _collector_nodes(self, region: Region) -> np.ndarray:
        """Nodes at the potential of the collector."""
        if self._contact_resistance > 0.0:
            return np.zeros(0, dtype=np.int32)
        return self.domain.boundary_nodes(region, ["collector"])

    def _into_collector(self, body: str, potential: fem.Function, test: Expr) -> ufl.Form:
        """Electrons that cross a resistance between a region and the collector."""
        if self._contact_resistance == 0.0:
            return 0
        parts = (self.state.additive_regions.get(body) or self.domain.bodies[body]).parts
        resistance = self.domain.constant(self._contact_resistance)
        return sum(
            potential / resistance * test * self.domain.ds(outer)
            for outer in self.domain.outers
            if outer.role == "collector" and outer.part in parts
        )

    @property
    def _contact_resistance(self) -> float:
        collector = self.case.boundaries.collector
        return 0.0 if isinstance(collector, LithiumElectrode) else collector.contact_resistance

    def _current_equation(self) -> ScalarEquation:
        """Current that leaves through the collector: what its electrons bring to the interfaces."""
        into_electrolyte = [
            current * self.domain.dS(contact) for contact, current in self.transfers.items()
        ] + [
            current * self.domain.ds(outer)
            for outer, current in self.electrodes.items()
            if outer.role == "collector"
        ]
        gradient = np.array([0.0, -1.0])
        return ScalarEquation(-sum(into_electrolyte), lambda scalars: (-scalars[CURRENT], gradient))

    def _lithium(self, body: str, active: ActiveBody) -> ufl.Form:
        x, test = active.x, ufl.TestFunction(active.x.function_space)
        material, dx = active.material, self.domain.dx(active.part)
        density = self.domain.constant(properties.site_charge(material))
        diffusivity = self.domain.constant(
            properties.diffusivity(material, self.case.cell.temperature)
        )
        form = transport.storage(density, x, self.earlier[body], self.step, test) * dx
        form += transport.diffusion(density, diffusivity, x, test) * dx
        if self.case.physics.stress_in_flux:
            form += (
                transport.stress_flux(
                    density,
                    diffusivity,
                    x,
                    active.strain_slope,
                    ufl.grad(active.hydrostatic_stress()),
                    self._thermal_energy,
                    self.domain.constant(needed(material.maximum_concentration)),
                    test,
                )
                * dx
            )
        for contact, current in self._transfers_at(body):
            side = contact.side(self.sides(contact)[0])
            form += current * test(side) * self.domain.dS(contact)
        return form

    def _electrons(self, body: str, potential: fem.Function) -> ufl.Form:
        test = ufl.TestFunction(potential.function_space)
        part = self.active[body].part
        conductivity = self.domain.constant(
            properties.electronic_conductivity(self.active[body].material)
        )
        form = charge.conduction(conductivity, potential, test) * self.domain.dx(part)
        form += self._into_collector(body, potential, test)
        for contact, current in self._transfers_at(body):
            side = contact.side(part)
            form += (current + self._hop(contact)) * test(side) * self.domain.dS(contact)
        return form

    def _ions(self, body: str, potential: fem.Function) -> ufl.Form:
        test = ufl.TestFunction(potential.function_space)
        form = 0
        for part in self.domain.bodies[body].parts:
            conductivity = self.domain.constant(
                properties.ionic_conductivity(
                    self.case.phases[part.phase].material, self.case.cell.temperature
                )
            )
            form += charge.conduction(conductivity, potential, test) * self.domain.dx(part)
        for contact, current in self._transfers_at(body):
            side = contact.side(self.sides(contact)[1])
            form -= current * test(side) * self.domain.dS(contact)
        for outer, current in self.electrodes.items():
            if outer.part.body == body:
                form -= current * test * self.domain.ds(outer)
        return form

    def _additive_electrons(self, body: str, potential: fem.Function) -> ufl.Form:
        test = ufl.TestFunction(potential.function_space)
        form = self._into_collector(body, potential, test)
        for part in self.state.additive_regions[body].parts:
            material = self.case.phases[part.phase].material
            conductivity = self.domain.constant(properties.electronic_conductivity(material))
            form += charge.conduction(conductivity, potential, test) * self.domain.dx(part)
        for contact, _ in self._transfers_at(body):
            part = self.sides(contact)[1]
            if is_wired(self.case, part):
                side = contact.side(part)
                form -= self._hop(contact) * test(side) * self.domain.dS(contact)
        return form

    def _hop(self, contact: Contact) -> Expr:
        """Current density in pA/um2 of electrons' charge from active material into the additive."""
        host, electrolyte = self.sides(contact)
        if not is_wired(self.case, electrolyte):
            return 0
        near, far = contact.side(host), contact.side(electrolyte)
        drop = self.state.electrode[host.body](near) - self.state.additive[electrolyte.body](far)
        return drop / self.domain.constant(needed(self.law(contact).electronic_resistance))

    def _transfers_at(self, body: str) -> list[tuple[Contact, Expr]]:
        return [
            (contact, current)
            for contact, current in self.transfers.items()
            if body in (contact.plus.body, contact.minus.body)
        ]

"""Lithium, ions and electrons of a cell as one nonlinear system."""

import numpy as np
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.case.joints import Interface, LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import Contact
from ecmcell.domain.region import Region
from ecmcell.numerics import linear
from ecmcell.numerics.blocks import BlockSystem
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Effort, Newton, Stalled
from ecmcell.numerics.scalars import Algebraic, ScalarEquation, prescribe
from ecmcell.physics import charge, salt, transport
from ecmcell.simulation import crossings, leakage, reactions
from ecmcell.simulation.filaments import Filaments
from ecmcell.simulation.films import Films
from ecmcell.simulation.layers import Layers
from ecmcell.simulation.lithium import ActiveBody
from ecmcell.simulation.reactions import Reaction
from ecmcell.simulation.salt import Electrolytes
from ecmcell.simulation.state import State, is_wired
from ecmcell.simulation.subdomain import Properties

VOLTAGE, CURRENT = 0, 1
# V; stresses at rest scatter by less.
_BEYOND = 1e-7
# Conductance of a voltmeter in pA/(V um2), 1e16 ohm cm2: with it a voltage is determined even where
# no contact is left.
_VOLTMETER = 1e-12
# By how much the residual may grow in a first step of Newton's method. A voltage that jumps wakes
# reactions up: far from equilibrium their current rises by e every 51 mV, and only there does the
# tangent know what else resists. If it may but double, 3 V over two lithium electrodes are taken in
# steps of 50 mV; with this, 8 to 12 steps do from 1e-9 to 1e8 A/m2 and up to 12 V.
_GROWTH = 1e3


class Electrochemistry:
    """The equations of lithium and of all potentials, with the cell's voltage and current.

    Potentials of electrons are solved relative to the collector, whose potential enters the
    kinetics alone: the collector is then an exact equipotential, and its current the sum over all
    interfaces.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.
        properties: Those of all parts.
        active: Bodies of active material.
        filaments: Lithium in cracks, if there may be any.

    Attributes:
        is_open: Whether the circuit is open.
    """

    def __init__(
        self,
        case: Case,
        domain: Domain,
        state: State,
        properties: Properties,
        active: dict[str, ActiveBody],
        filaments: Filaments | None = None,
    ):
        self.case, self.domain, self.state, self.active = case, domain, state, active
        self._properties = properties
        self.step = domain.constant(1.0)
        self._stored = state.stoichiometry | state.salt
        self.earlier = {b: fem.Function(x.function_space) for b, x in self._stored.items()}

        self.films = Films(case, state.temperature)
        self.electrolytes = Electrolytes(domain, state, properties)
        self.insertions = reactions.insertions(case, domain, state, active, self.films)
        self.layers = Layers(case, domain, state, self.step)
        self.electrodes = reactions.electrodes(case, domain, state, self.films, self.layers)
        self.layers.follow({face: r.current for face, r in self.electrodes.items()})
        members = filaments.members if filaments is not None else []
        self.platings = [plating for filament in members for plating in filament.platings]
        if case.physics.leakage:
            state.at_anode = leakage.count_from_anode(domain, state, self.electrodes)
        self.crossings = crossings.crossings(case, domain, state, active)
        self.leaks = leakage.leaks(case, domain, state, self.electrodes, self.platings)
        leaking = leakage.total(self.leaks)
        self._leaking = domain.integral(leaking) if leaking else None
        self._equation, self.is_open = ScalarEquation(), False
        self._newton = self._build()

    # Solving

    def control(self, algebraic: Algebraic) -> None:
        """Set what the protocol prescribes, an equation of voltage and current."""
        self._equation.algebraic = algebraic
        self.is_open = False

    def control_current(self, value: float) -> None:
        """Prescribe the current in pA, positive on discharge; at 0 the circuit is open."""
        if value != 0.0:
            self.control(prescribe(CURRENT, 2, value))
            return
        present, conductance = self.state.voltage.value, _VOLTMETER * self.domain.footprint
        gradient = np.zeros(2)
        gradient[[VOLTAGE, CURRENT]] = -conductance, 1.0
        self.control(
            lambda scalars: (
                scalars[CURRENT] - conductance * (scalars[VOLTAGE] - present),
                gradient,
            )
        )
        self.is_open = True

    def control_voltage(self, value: float) -> None:
        """Prescribe the voltage in V."""
        self.control(prescribe(VOLTAGE, 2, value))

    def begin_step(self) -> None:
        """Make the present stoichiometry, salt and layers the start of the next time step."""
        self.layers.begin_step()
        for body, earlier in self.earlier.items():
            earlier.x.array[:] = self._stored[body].x.array

    def meet_bare(self) -> None:
        """Put potentials where a bare electrode begins to plate: from afar nothing answers."""
        for role in self.layers.bare():
            own = {f: r.overpotential for f, r in self.electrodes.items() if f.role == role}
            shift = self.layers.before_nucleation(own) + _BEYOND
            if role == "collector":
                self.state.voltage.value -= shift
                continue
            for potential in self.state.electrolyte.values():
                potential.x.array[:] += shift
            other = [r for face, r in self.electrodes.items() if face.role == "collector"]
            total = sum(self.domain.integral(r.overpotential * r.measure).value for r in other)
            # Lithium at the collector is put at rest, active material goes with the electrolyte.
            at_rest = -total / self.domain.role_area("collector")
            self.state.voltage.value += at_rest if other else shift

    def solve(self, scale: float) -> Effort:
        """Solve for the end of the time step.

        Args:
            scale: Current in pA that residuals are measured by.

        Raises:
            NotConverged: If Newton's method fails.
        """
        try:
            return self._newton.solve(scale)
        except Stalled as failure:
            keys = "solver.newton_tolerance, solver.largest_newton_count"
            raise NotConverged(f"{failure} ({keys})") from None
        except linear.Unsolved as failure:
            # A fast reaction ties lithium to potentials, which multigrid takes one after the other.
            remedy = 'solver.linear = "direct" would do, as where a reaction is very fast'
            raise NotConverged(f"{failure}; {remedy}") from None

    @property
    def leaking(self) -> float:
        """Current of electrons in pA that leak through electrolytes, positive in self-discharge."""
        return self._leaking.value if self._leaking is not None else 0.0

    @property
    def system(self) -> BlockSystem:
        """Fields and scalars with their equations."""
        return self._newton.system

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks."""
        return self.system.unknowns

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
        for body, concentration in self.state.salt.items():
            fields.append(concentration)
            residuals.append(self._anions(body, concentration))
            fixed.append(none)
        stored = len(fields)
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
            fixed.append(self._additive_nodes(self.state.additive_regions[body]))

        system = BlockSystem(
            self.domain,
            fields,
            residuals,
            fixed,
            scalars=(self.state.voltage, self.state.current),
            equations=(self._current_equation(), self._equation),
            refresh=self._refresh,
            followers=self.electrolytes.followers,
            positive=tuple(self.state.salt.values()),
        )
        splits = {
            "lithium": (0, hosts),
            "salt": (hosts, stored),
            "potentials": (stored, len(fields)),
        }
        splits = {name: ends for name, ends in splits.items() if ends[0] < ends[1]}
        options = (
            linear.DIRECT
            if self.case.solver.linear == "direct"
            else linear.transport_options(self.domain.dim, splits)
        )
        iterative = "pc_fieldsplit_type" in options
        solver = linear.LinearSolver(
            system,
            options,
            splits if iterative else None,
            shears=self.electrolytes.shears(fields) if iterative else (),
        )
        return Newton(
            system,
            solver,
            self.case.solver.newton_tolerance,
            self.case.solver.largest_newton_count,
            growth=_GROWTH,
        )

    def _refresh(self) -> None:
        for body in self.active.values():
            body.refresh()
        self.electrolytes.refresh()

    def _collector_nodes(self, region: Region) -> np.ndarray:
        """Nodes at the potential of the collector."""
        if self.contact_resistance > 0.0:
            return np.zeros(0, dtype=np.int32)
        return self.domain.boundary_nodes(region, ["collector"])

    def _additive_nodes(self, region: Region) -> np.ndarray:
        """Those in an electrolyte; lithium that it leaks to has a resistance of its own."""
        collector = self.case.boundaries.collector
        if self.leaks and isinstance(collector, LithiumElectrode):
            return np.zeros(0, dtype=np.int32)
        return self._collector_nodes(region)

    def _into_collector(self, body: str, potential: fem.Function, test: Expr) -> ufl.Form:
        """Electrons that cross a resistance between a region and the collector."""
        if self.contact_resistance == 0.0:
            return 0
        parts = (self.state.additive_regions.get(body) or self.domain.bodies[body]).parts
        resistance = self.domain.constant(self.contact_resistance)
        return sum(
            potential / resistance * test * self.domain.ds(outer)
            for outer in self.domain.outers
            if outer.role == "collector" and outer.part in parts
        )

    @property
    def contact_resistance(self) -> float:
        """Areal resistance between cathode and collector in V um2/pA."""
        collector = self.case.boundaries.collector
        return 0.0 if isinstance(collector, LithiumElectrode) else collector.contact_resistance

    def _current_equation(self) -> ScalarEquation:
        """Current that leaves through the collector: what its electrons bring to the interfaces.

        Less what they bring through electrolytes that leak, which the anode takes.
        """
        cathode = [*self.insertions.values()] + [
            reaction for face, reaction in self.electrodes.items() if face.role == "collector"
        ]
        leaving = sum(reaction.current * reaction.measure for reaction in cathode)
        leaving += leakage.total(self.leaks)
        gradient = np.array([0.0, -1.0])
        return ScalarEquation(-leaving, lambda scalars: (-scalars[CURRENT], gradient))

    def _lithium(self, body: str, active: ActiveBody) -> ufl.Form:
        x, test = active.x, ufl.TestFunction(active.x.function_space)
        material, dx = active.material, self.domain.dx(active.part)
        diffusivity = self._properties.of(active.part).diffusivity
        stored = transport.storage(active.sites, x, self.earlier[body], self.step, test)
        form = stored * self.domain.lumped(active.part)
        form += transport.diffusion(active.sites, diffusivity, x, test) * dx
        if self.case.physics.stress_in_flux:
            form += (
                transport.stress_flux(
                    active.sites,
                    diffusivity,
                    x,
                    active.pull_gradient(),
                    self.state.temperature.energy,
                    self.domain.constant(needed(material.maximum_concentration)),
                    test,
                )
                * dx
            )
        for contact, reaction in self._insertions_at(body):
            form += reaction.current * test(contact.side(active.part)) * reaction.measure
        return form + self._crossing(crossings.LITHIUM, body, test)

    def _electrons(self, body: str, potential: fem.Function) -> ufl.Form:
        test = ufl.TestFunction(potential.function_space)
        part = self.active[body].part
        conductivity = self._properties.of(part).electronic_conductivity
        form = charge.conduction(conductivity, potential, test) * self.domain.dx(part)
        form += self._into_collector(body, potential, test)
        for contact, reaction in self._insertions_at(body):
            leaving = reaction.current + self.hop(contact)
            form += leaving * test(contact.side(part)) * reaction.measure
        return form + self._crossing(crossings.ELECTRONS, body, test)

    def _ions(self, body: str, potential: fem.Function) -> ufl.Form:
        test = ufl.TestFunction(potential.function_space)
        form = 0
        for part in self.domain.bodies[body].parts:
            ions = self.electrolytes.parts[part]
            conduction = charge.conduction(ions.conductivity, ions.driving, test)
            form += conduction * self.domain.dx(part)
        for contact, reaction in self._insertions_at(body):
            side = contact.side(reactions.sides(contact, self.active)[1])
            form -= reaction.current * test(side) * reaction.measure
        for lithium, reaction in self.electrodes.items():
            if lithium.electrolyte.body == body:
                form -= reaction.current * lithium.here(test) * reaction.measure
        for plating in self.platings:
            if plating.body == body:
                here = test(plating.side) if plating.side else test
                form -= plating.reaction.current * here * plating.reaction.measure
        return form + self._crossing(crossings.IONS, body, test)

    def _anions(self, body: str, concentration: fem.Function) -> ufl.Form:
        """Anions stay in their body: that is all there is to the salt, cations follow them."""
        test = ufl.TestFunction(concentration.function_space)
        form, earlier = 0, self.earlier[body]
        for part in self.domain.bodies[body].parts:
            ions, dx = self.electrolytes.parts[part], self.domain.dx(part)
            charge_at_rest, diffusivity = needed(ions.charge), needed(ions.diffusivity)
            current = charge.current_density(ions.conductivity, ions.driving)
            stored = transport.storage(charge_at_rest, concentration, earlier, self.step, test)
            spread = transport.diffusion(charge_at_rest, diffusivity, concentration, test)
            moved = salt.migration(needed(ions.transference), current, test)
            form += stored * self.domain.lumped(part) + (spread + moved) * dx
        return form

    def _additive_electrons(self, body: str, potential: fem.Function) -> ufl.Form:
        test = ufl.TestFunction(potential.function_space)
        form = self._into_collector(body, potential, test)
        for part in self.state.additive_regions[body].parts:
            conductivity = self._properties.of(part).electronic_conductivity
            electrons = self.state.electrons(body)
            form += charge.conduction(conductivity, electrons, test) * self.domain.dx(part)
        for contact, reaction in self._insertions_at(body):
            part = reactions.sides(contact, self.active)[1]
            if is_wired(self.case, part):
                form -= self.hop(contact) * test(contact.side(part)) * reaction.measure
        for leak in self.leaks:
            if leak.body == body:
                form += leak.current * leak.here(test) * leak.measure
        return form + self._crossing(crossings.ADDITIVE, body, test)

    def _crossing(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """What leaves a body for others of its kind."""
        return sum(c.outflow(body, test) for c in self.crossings if c.carrier == carrier)

    def hop_voltage(self, contact: Contact) -> Expr:
        """Potential of electrons in active material minus that in the additive, V."""
        host, electrolyte = reactions.sides(contact, self.active)
        if not is_wired(self.case, electrolyte):
            return ufl.as_ufl(0.0)
        near, far = contact.side(host), contact.side(electrolyte)
        return self.state.electrode[host.body](near) - self.state.electrons(electrolyte.body)(far)

    def hop(self, contact: Contact) -> Expr:
        """Current density in pA/um2 from active material into the additive, by electrons."""
        law = self.case.interface_between(contact.plus.phase, contact.minus.phase)
        assert isinstance(law, Interface)
        resistance = law.electronic_resistance or 1.0  # none where there is no additive
        touching = self.domain.constant(crossings.LEAST_CONTACT) + self.state.contact_factor(
            contact
        )
        return touching / self.domain.constant(resistance) * self.hop_voltage(contact)

    def collector_dissipation(self) -> list[tuple[Expr, ufl.Measure]]:
        """Power density in the resistance between cathode and collector, and where."""
        if self.contact_resistance == 0.0:
            return []
        resistance = self.domain.constant(self.contact_resistance)
        fields = [
            (self.domain.bodies[body].parts, field) for body, field in self.state.electrode.items()
        ] + [
            (self.state.additive_regions[body].parts, field)
            for body, field in self.state.additive.items()
        ]
        return [
            (field**2 / resistance, self.domain.ds(outer))
            for parts, field in fields
            for outer in self.domain.outers
            if outer.role == "collector" and outer.part in parts
        ]

    def _insertions_at(self, body: str) -> list[tuple[Contact, Reaction]]:
        return [
            (contact, reaction)
            for contact, reaction in self.insertions.items()
            if body in (contact.plus.body, contact.minus.body)
        ]

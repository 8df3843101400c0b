"""Lithium, ions and electrons of a cell as one nonlinear system."""

from collections.abc import Iterable, Sequence

import numpy as np
import ufl
from dolfinx import fem

from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.numerics import linear
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Effort, Newton, Stalled
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.scalars import Algebraic, ScalarEquation, prescribe
from ecmcell.processes.carriers.collector import Collector
from ecmcell.processes.carriers.conservation import Anions, Balance, Electrons, Ions, Lithium
from ecmcell.processes.carriers.crossings import Crossings
from ecmcell.processes.carriers.lithium import ActiveBody
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.processes.filled_cracks.filled_cracks import Filaments
from ecmcell.processes.process import ADDITIVE, ELECTRONS, Process
from ecmcell.processes.reactions.electronic_contacts import ElectronicContacts
from ecmcell.processes.reactions.films import Films
from ecmcell.processes.reactions.leakage import Leakage
from ecmcell.processes.reactions.lithium_layers import Layers
from ecmcell.processes.reactions.plating import Plating
from ecmcell.processes.reactions.reactions import Insertions, LithiumElectrodes
from ecmcell.processes.state import State
from ecmcell.processes.subdomain import Properties

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
        self.step = domain.constant(1.0)
        self.films = Films(case, state)
        self.electrolytes = Electrolytes(domain, state, properties)
        self.insertions = Insertions(case, domain, state, active, self.films)
        self.layers = Layers(case, domain, state, self.step)
        self.electrodes = LithiumElectrodes(case, domain, state, self.films, self.layers)
        reactions = self.electrodes.reactions
        self.layers.follow({face: reaction.current for face, reaction in reactions.items()})
        self.deposits = filaments.deposits if filaments is not None else []
        self.crossings = Crossings(case, domain, state, active)
        self.leakage = Leakage(case, domain, state, reactions, self.deposits)
        collector = Collector(case, domain, state)
        inserted = self.insertions.reactions
        self.contacts = ElectronicContacts(case, domain, state, active, inserted)
        conductors = domain, properties, collector
        leaked = {body: state.electrons(body) for body in state.additive}
        self._balances: list[Balance] = [
            Lithium(case, domain, state, properties, active, self.step),
            Anions(domain, state, self.electrolytes, self.step),
            Electrons(ELECTRONS, state.electrode, state.electrode, domain.bodies, *conductors),
            Ions(domain, state, self.electrolytes),
            Electrons(ADDITIVE, state.additive, leaked, state.additive_regions, *conductors),
        ]
        self.processes: list[Process] = [
            *self._balances,
            self.films,
            self.layers,
            self.insertions,
            self.electrodes,
            self.crossings,
            self.leakage,
            self.contacts,
            collector,
        ]
        if state.plated:
            self.processes.append(Plating(domain, state, reactions))
        exchanging = [*self.processes, *([filaments] if filaments is not None else [])]
        self._equation, self.is_open = ScalarEquation(), False
        self._newton = self._build(exchanging)

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

    def meet_bare(self) -> None:
        """Put potentials where a bare electrode begins to plate: from afar nothing answers."""
        for role in self.layers.bare():
            reactions = self.electrodes.reactions
            own = {f: r.overpotential for f, r in reactions.items() if f.role == role}
            shift = self.layers.before_nucleation(own) + _BEYOND
            if role == "collector":
                self.state.voltage.value -= shift
                continue
            for potential in self.state.electrolyte.values():
                potential.x.array[:] += shift
            other = [r for face, r in reactions.items() if face.role == "collector"]
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
            keys = "solver.newton_tolerance, solver.max_newton_iterations"
            raise NotConverged(f"{failure} ({keys})") from None
        except linear.Unsolved as failure:
            # A fast reaction ties lithium to potentials, which multigrid takes one after the other.
            remedy = 'solver.linear = "direct" would do, as where a reaction is very fast'
            raise NotConverged(f"{failure}; {remedy}") from None

    @property
    def system(self) -> BlockSystem:
        """Fields and scalars with their equations."""
        return self._newton.system

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks."""
        return self.system.unknowns

    # The system

    def _build(self, exchanging: Sequence[Process]) -> Newton:
        fields: list[fem.Function] = []
        residuals: list[ufl.Form] = []
        fixed: list[np.ndarray] = []
        splits: dict[str, tuple[int, int]] = {}
        for balance in self._balances:
            first, _ = splits.get(balance.group, (len(fields), 0))
            for body, field in balance.fields.items():
                test = ufl.TestFunction(field.function_space)
                leaving = sum(p.outflow(balance.carrier, body, test) for p in exchanging)
                fields.append(field)
                residuals.append(balance.inside(body, test) + leaving)
                fixed.append(balance.fixed(body))
            if first < len(fields):
                splits[balance.group] = first, len(fields)
        system = BlockSystem(
            self.domain,
            fields,
            residuals,
            fixed,
            scalars=(self.state.voltage, self.state.current),
            equations=(_current_equation(exchanging), self._equation),
            refresh=self._refresh,
            followers=self.electrolytes.followers,
            positive=tuple(self.state.salt.values()),
        )
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
            self.case.solver.max_newton_iterations,
            growth=_GROWTH,
        )

    def _refresh(self) -> None:
        for body in self.active.values():
            body.refresh()
        self.electrolytes.refresh()


def _current_equation(exchanging: Iterable[Process]) -> ScalarEquation:
    """Current that leaves through the collector: all that processes bring there."""
    leaving = sum(process.collected() for process in exchanging)
    gradient = np.array([0.0, -1.0])
    return ScalarEquation(-leaving, lambda scalars: (-scalars[CURRENT], gradient))

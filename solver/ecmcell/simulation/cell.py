"""The cell: its equations put together and advanced one time step at a time."""

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from ecmcell.case.interfaces import Bond, Interface, Junction, LithiumElectrode
from ecmcell.case.materials import needed
from ecmcell.case.protocol.step import Rate
from ecmcell.case.schema import Case
from ecmcell.case.units import HOUR
from ecmcell.domain.domain import Domain
from ecmcell.domain.loose import loose_grains
from ecmcell.domain.plan import Network, Pair
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.numerics.fixed_point import Coupling, FixedPoint, transfer
from ecmcell.processes.carriers.lithium import active_bodies
from ecmcell.processes.closed_form import polarisation
from ecmcell.processes.cracks.crack_graph import CrackGraph
from ecmcell.processes.deformation import platens
from ecmcell.processes.deformation.penalty_stiffness import with_stiffness
from ecmcell.processes.filled_cracks.filled_cracks import Filaments
from ecmcell.processes.heat.model import Heat
from ecmcell.processes.process import Process
from ecmcell.processes.reactions import metals
from ecmcell.processes.state import LITHIUM_ELECTRONS, State
from ecmcell.processes.subdomain import Properties
from ecmcell.simulation.electrochemistry import Electrochemistry
from ecmcell.simulation.mechanics import Mechanics
from ecmcell.simulation.terminals import Terminals
from ecmcell.simulation.work import Work

_LARGEST_ITERATION_COUNT = 40
# Of the current of the protocol.
_AT_REST = 1e-6
# Times what rounding makes of a reaction: how such a current is spread is known to a thousandth.
_CLEAR = 1e3


class Cell:
    """A solid-state cell with its unknowns and the equations between them.

    Args:
        case: What to solve.
        mesh: The mesh on rank 0, None elsewhere.
        comm: All ranks.

    Attributes:
        domain: Bodies, interfaces and boundaries.
        state: All unknowns.
        properties: Conductivities, diffusivities and moduli of all parts.
        electrochemistry: Lithium and potentials.
        mechanics: Displacements, or None.
        processes: All that goes on in it.
        crack_graph: Which cracks hang together, or None.
        filaments: Lithium in cracks, or None.
        volumes: Volume of each phase, um3; in 2D area times 1 um.
        capacity: Charge in pC between the ends of the stoichiometry window of all active material.
        area: Footprint in um2; in 2D width times 1 um.
    """

    def __init__(self, case: Case, mesh: MeshData | None, comm: MPI.Comm):
        self.case = case = with_stiffness(case, mesh, comm)
        self.domain = divide(case, mesh, comm)
        metals.check(case, self.domain)
        platens.check(case, self.domain)
        self.state = State(case, self.domain)
        self.properties = Properties(case, self.domain, self.state)
        self.active = active_bodies(case, self.domain, self.state, self.properties)
        self.area = self.domain.footprint
        self.crack_graph: CrackGraph | None = None
        if self.state.crack or case.filled_crack_count:
            self.crack_graph = CrackGraph(case, self.domain, self.state)
        self.filaments: Filaments | None = None
        if case.filled_crack_count:
            self.filaments = Filaments(case, self.domain, self.state, needed(self.crack_graph))
        parts = case, self.domain, self.state, self.properties, self.active
        self.mechanics: Mechanics | None = None
        if case.physics.mechanics:
            self.mechanics = Mechanics(*parts, self.filaments)
        self.electrochemistry = Electrochemistry(*parts, self.filaments)
        self.processes = self._list_processes()
        for name in {name for process in self.processes for name in process.accumulators}:
            self.state.position[name] = 0.0
        self.state.process_scalars += [s for process in self.processes for s in process.scalars]
        self._couplings: list[Coupling] = []
        if self.mechanics is not None and _depends_on_mechanics(case):
            self._couplings += self.mechanics.couplings
        self._couplings += [c for process in self.processes for c in process.couplings]
        tolerance = case.solver.fixed_point_tolerance
        self._fixed_point = FixedPoint(comm, self._couplings, tolerance, _LARGEST_ITERATION_COUNT)
        self._terminals: Terminals | None = None
        if self.mechanics is not None and self.state.interface:
            self._terminals = Terminals(
                self.domain, self.state, self.electrochemistry, self.mechanics.joints
            )
        self.volumes = self.domain.phase_volumes()
        self.capacity = case.capacity(self.volumes)
        self.current_scale = self._current_scale()
        self._least_current = max(_AT_REST * self.current_scale, _CLEAR * self._rounding())

    def initialise(self) -> tuple[Work, int]:
        """Bring the cell to rest at its initial stoichiometry, under the pressure of the stack.

        Returns:
            The work done, and passes over electrochemistry and mechanics.
        """
        if self.active:
            body = next(iter(self.active.values()))
            x = self.case.phases[body.part.phase].initial_stoichiometry
            self.state.voltage.value = body.material.open_circuit_voltage.at(needed(x))
        if self.mechanics is not None:
            self.mechanics.solve()
            transfer(self._couplings)
        self.look_at_cracks()
        self.electrochemistry.control_current(0.0)
        self.electrochemistry.meet_bare()
        self.begin_step()
        done = self.iterate(self.case.time.min_step)
        self.state.position["leaked"] = self.leaking * self.case.time.min_step
        if self.mechanics is not None:
            self.mechanics.platens.release()
            self.state.position["work"] = self.energy()
        return done

    def begin_step(self) -> None:
        """Make the present state the start of the next time step."""
        for process in self.processes:
            process.begin_step()

    def iterate(self, step: float) -> tuple[Work, int]:
        """Find the fields at the end of a time step that `begin_step` has begun; they hold a guess.

        Args:
            step: Length of the step in s.

        Returns:
            The work done, and passes over electrochemistry and mechanics.

        Raises:
            NotConverged: If the equations could not be solved; the state is then of no use.
        """
        self.electrochemistry.step.value = step
        for process in self.processes:
            process.begin_iterations(step)
        work = Work()

        def solve() -> None:
            nonlocal work
            work += self._solve(step)

        count = self._fixed_point.solve(solve, lambda: self.contact_lost)
        work.iterations += self._fixed_point.iterations
        return work, count

    def _solve(self, step: float) -> Work:
        """Solve all equations once, one after the other, for the end of a time step of some s."""
        work = Work(electrochemistry=self.electrochemistry.solve(self.current_scale))
        for process in self.processes:
            process.respond(step)
        if self.mechanics is not None:
            work.mechanics += self.mechanics.solve()
        return work

    @property
    def contact_lost(self) -> bool:
        """Whether the last pass has left no contact for the current that is asked for."""
        if self._terminals is None or self.electrochemistry.is_open:
            return False
        return self._terminals.lost

    @property
    def is_disconnected(self) -> bool:
        """Whether no contact is left to a cell at rest, so that its voltage is undefined."""
        if self._terminals is None or not self.electrochemistry.is_open:
            return False
        return self._terminals.handed_lost

    def steering(self) -> list[npt.NDArray[np.float64]]:
        """What the error of time steps is measured by: all that processes control."""
        return [values for process in self.processes for values in process.controlled()]

    def growth(self) -> npt.NDArray[np.float64]:
        """What each process has broken in the time step over what may break in one."""
        return np.array([process.growth() for process in self.processes])

    def end_step(self) -> None:
        """The time step was accepted: count what it has cost and brought; once a time step.

        Raises:
            SolverError: If more cracks have reached the anode than may fill.
        """
        for process in self.processes:
            process.end_step()

    def look_at_cracks(self) -> None:
        """See which cracks hang together at the present state, and which of them lithium fills."""
        if self.crack_graph is not None:
            self.crack_graph.look()
        if self.filaments is not None:
            self.filaments.look()

    def energy(self) -> float:
        """All that a cell that cracks or flows has stored or spent, pJ; the balance of its work."""
        if self.mechanics is None or self.mechanics.energies is None:
            return 0.0
        spent = {name for process in self.processes for name in process.spends}
        position = self.state.position
        return self.mechanics.energies.total + sum(position[name] for name in sorted(spent))

    @property
    def leaking(self) -> float:
        """Current of electrons in pA that leak through electrolytes, positive in self-discharge."""
        return self.electrochemistry.leakage.current

    @property
    def at_rest(self) -> bool:
        """Whether there is no current to speak of, only relaxation or rounding."""
        return abs(self.state.current.value) <= self._least_current

    @property
    def unknowns(self) -> int:
        """Number of unknowns of fields and scalars over all ranks."""
        return self.electrochemistry.unknowns + (self.mechanics.unknowns if self.mechanics else 0)

    def current(self, rate: Rate) -> float:
        """The current of a rate in pA, positive on discharge."""
        return self.area * rate.density(self.capacity / self.area, self.area)

    def _list_processes(self) -> list[Process]:
        """All that goes on in the cell, in the order in which it is asked."""
        found = [*self.electrochemistry.processes]
        if self.mechanics is not None:
            found += self.mechanics.processes
        for last in (self.crack_graph, self.filaments):  # lithium is where cracks are by now
            if last is not None:
                found.append(last)
        if self.case.cell.heat is not None:  # last: what all others lose warms the cell
            law = self.case.cell.heat
            found.append(Heat(law, self.domain, self.state, self.active, tuple(found)))
        return found

    def _current_scale(self) -> float:
        """The largest current of the protocol in pA, or a small one where none is prescribed."""
        footprint, voltage = self.capacity / self.area, self.case.rest_voltage() or 1.0
        largest = max(s.largest_current(footprint, self.area, voltage) for s in self.case.protocol)
        return self.area * (largest or footprint / (20 * HOUR) or 1.0)

    def _rounding(self) -> float:
        """Current in pA that the last digit of the voltage makes of the fastest reaction."""
        boundaries = self.case.boundaries
        laws = [*self.case.interfaces.values(), boundaries.anode, boundaries.collector]
        temperature = self.case.cell.temperature
        least = min(
            (
                polarisation(law, temperature)
                for law in laws
                if isinstance(law, Interface | LithiumElectrode)
                and law.exchange_current_density < np.inf
            ),
            default=np.inf,
        )
        last_digit = np.finfo(float).eps * abs(self.case.rest_voltage() or 0.0)
        return self.area * float(last_digit / least)


def _depends_on_mechanics(case: Case) -> bool:
    """Whether lithium or potentials depend on what the mechanics finds."""
    physics = case.physics
    by_stress = physics.stress_in_flux or physics.stress_in_kinetics
    layers = any(e.is_layer for _, e in case.boundaries if isinstance(e, LithiumElectrode))
    return by_stress or case.debonds or bool(case.cracking_phases) or layers


def networks_of(case: Case) -> tuple[list[Pair], dict[str, Network]]:
    """Pairs of phases that hold together, and the networks of electrons and ions by name."""
    bonded: list[Pair] = []
    electrons: list[Pair] = []
    ions: list[Pair] = []
    for pair, joint in case.joints():
        if isinstance(joint, Bond):
            bonded.append(frozenset(pair))
            continue
        if joint.electronic_resistance is not None:
            electrons.append(frozenset(pair))
        passes = isinstance(joint, Interface) and pair[0] in case.metal_phases
        if passes or (isinstance(joint, Junction) and joint.ionic_resistance is not None):
            ions.append(frozenset(pair))
    conducting = frozenset(filter(case.conducts_electrons, case.phases))
    if case.physics.leakage:
        conducting |= frozenset(case.metal_phases)
    # Ions get to an electrolyte from the lithium of the anode, through what is meshed of it.
    ionic = frozenset(
        n for n, phase in case.phases.items() if phase.material.kind in ("electrolyte", "metal")
    )
    passed = frozenset(electrons + bonded)
    networks = {
        "electrons": Network(conducting, passed, "collector"),
        "ions": Network(ionic, frozenset(ions + bonded), "anode"),
    } | metals.networks(case, frozenset(bonded))
    if case.physics.leakage:
        networks[LITHIUM_ELECTRONS] = Network(conducting, passed, "anode")
    return bonded, networks


def divide(case: Case, mesh: MeshData | None, comm: MPI.Comm) -> Domain:
    """The domain of a case: which phases hold together, and what electrons and ions can reach."""
    bonded, networks = networks_of(case)
    loose = None
    if mesh is not None and case.physics.mechanics:
        supports = platens.supports(case, mesh.dim, mesh.rough_roles)
        loose = loose_grains(mesh, platens.holding(case), supports)
    return Domain(
        mesh,
        comm,
        bonded=bonded,
        parting=case.parting,
        networks=networks,
        quadratic=case.quadratic_phases,
        loose=loose,
    )

"""The cell: its equations put together and advanced one time step at a time."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from mpi4py import MPI

from ecmcell.case.interfaces import LithiumElectrode, ReactingInterface
from ecmcell.case.protocol.step import Rate
from ecmcell.case.schema import Case
from ecmcell.case.units import HOUR
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.numerics.fixed_point import FixedPoint, transfer
from ecmcell.processes.build_domain import completed, divide
from ecmcell.processes.closed_form import polarisation
from ecmcell.processes.context import Context, M
from ecmcell.processes.registry import build
from ecmcell.processes.user_functions import NO_FUNCTIONS, UserFunctions
from ecmcell.simulation.electrochemistry import Electrochemistry
from ecmcell.simulation.step_statistics import StepStatistics

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
        functions: What stands in the place of numbers of the case.

    Attributes:
        domain: Bodies, interfaces and boundaries.
        state: All unknowns.
        properties: Conductivities, diffusivities and moduli of all parts.
        processes: All that goes on in it, in the order in which it is asked.
        electrochemistry: The equations of lithium and potentials.
        volumes: Volume of each phase, um3; in 2D area times 1 um.
        capacity: Charge in pC between the ends of the stoichiometry window of all active material.
        area: Footprint in um2; in 2D width times 1 um.
        between_passes: Is called before each pass over all equations, on all ranks; it may raise.
    """

    def __init__(
        self,
        case: Case,
        mesh: MeshData | None,
        comm: MPI.Comm,
        functions: UserFunctions = NO_FUNCTIONS,
    ):
        self.case = case = completed(case, mesh, comm)
        self.domain = divide(case, mesh, comm)
        self._context = context = Context(case, self.domain, functions)
        self.state, self.properties, self.active = context.state, context.properties, context.active
        self.processes = build(context)
        for name in {name for process in self.processes for name in process.accumulators}:
            self.state.accumulators[name] = 0.0
        self.state.process_scalars += [
            scalar
            for process in self.processes
            for scalar in (*process.scalars, *process.forces)
            if scalar not in self.state.scalars()
        ]
        self.electrochemistry = Electrochemistry(context, self.processes)
        self._couplings = [c for process in self.processes for c in process.couplings]
        tolerance = case.solver.fixed_point_tolerance
        self._fixed_point = FixedPoint(comm, self._couplings, tolerance, _LARGEST_ITERATION_COUNT)
        self.area = self.domain.footprint
        self.volumes = self.domain.phase_volumes()
        self.capacity = case.capacity(self.volumes)
        self.current_scale = self._current_scale()
        self.between_passes: Callable[[], None] = lambda: None
        self._min_current = max(_AT_REST * self.current_scale, _CLEAR * self._rounding())

    def all(self, kind: type[M]) -> Sequence[M]:
        """The processes of a kind, or what several of them share; empty where there are none."""
        return self._context.all(kind)

    def the(self, kind: type[M]) -> M:
        """The only one of a kind.

        Raises:
            ValueError: If there is none, or more than one.
        """
        return self._context.the(kind)

    def initialise(self) -> tuple[StepStatistics, int]:
        """Bring the cell to rest at its initial stoichiometry, under the pressure of the stack.

        Returns:
            The work done, and passes over electrochemistry and mechanics.
        """
        smallest = self.case.time.min_step
        for process in self.processes:
            process.initialise()
        for process in self.processes:
            process.solve()
        transfer(self._couplings)
        self.look()
        self.electrochemistry.control_current(0.0)
        self.begin_protocol_step()
        self.begin_step()
        done = self.iterate(smallest)
        for process in self.processes:
            process.rest(smallest)
        return done

    def look(self) -> None:
        """See what there is at the present state, as cracks."""
        for process in self.processes:
            process.look()

    def begin_protocol_step(self) -> None:
        """Put unknowns where a step of the protocol can begin."""
        for process in self.processes:
            process.begin_protocol_step()

    def begin_step(self) -> None:
        """Make the present state the start of the next time step."""
        for process in self.processes:
            process.begin_step()

    def iterate(self, step: float) -> tuple[StepStatistics, int]:
        """Find the fields at the end of a time step that `begin_step` has begun; they hold a guess.

        Args:
            step: Length of the step in s.

        Returns:
            The work done, and passes over electrochemistry and mechanics.

        Raises:
            NotConverged: If the equations could not be solved; the state is then of no use.
            EcmcellError: What `between_passes` raises; so too.
        """
        self.electrochemistry.step.value = step
        for process in self.processes:
            process.begin_iterations(step)
        work = StepStatistics()

        def solve() -> None:
            nonlocal work
            work += self._solve(step)

        count = self._fixed_point.solve(solve, lambda: self.contact_lost)
        work.iterations += self._fixed_point.iterations
        return work, count

    def _solve(self, step: float) -> StepStatistics:
        """Solve all equations once, one after the other, for the end of a time step of some s."""
        self.between_passes()
        work = StepStatistics(electrochemistry=self.electrochemistry.solve(self.current_scale))
        for process in self.processes:
            process.respond(step)
        for process in self.processes:
            work.mechanics += process.solve()
        return work

    @property
    def contact_lost(self) -> bool:
        """Whether the last pass has left no contact for the current that is asked for."""
        if self.electrochemistry.is_open:
            return False
        return any(process.contact_lost() for process in self.processes)

    @property
    def is_disconnected(self) -> bool:
        """Whether no contact is left to a cell at rest, so that its voltage is undefined."""
        if not self.electrochemistry.is_open:
            return False
        return any(process.is_disconnected() for process in self.processes)

    def check_range(self) -> None:
        """Whether the state just found is one that can be.

        Raises:
            NotConverged: If not.
        """
        for process in self.processes:
            process.check_range()

    def trouble(self) -> str:
        """For want of what no step succeeds, if it is known."""
        return next((told for process in self.processes if (told := process.trouble())), "")

    def ends_run(self) -> str | None:
        """Why no protocol goes on from the present state; None if it does."""
        reasons = (process.ends_run() for process in self.processes)
        return next((reason for reason in reasons if reason is not None), None)

    def error_controlled(self) -> list[npt.NDArray[np.float64]]:
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

    def energy(self) -> float:
        """All that a cell that cracks or flows has stored or spent, pJ; the balance of its work."""
        spent = {name for process in self.processes for name in process.spends}
        stored = sum(process.stored() for process in self.processes)
        return stored + sum(self.state.accumulators[name] for name in sorted(spent))

    @property
    def leaking(self) -> float:
        """Current of electrons in pA that leak through electrolytes, positive in self-discharge."""
        return sum(process.leaking() for process in self.processes)

    @property
    def at_rest(self) -> bool:
        """Whether there is no current to speak of, only relaxation or rounding."""
        return abs(self.state.current.value) <= self._min_current

    @property
    def unknowns(self) -> int:
        """Number of unknowns of fields and scalars over all ranks."""
        return self.electrochemistry.unknowns + sum(p.unknowns for p in self.processes)

    def current(self, rate: Rate) -> float:
        """The current of a rate in pA, positive on discharge."""
        return self.area * rate.density(self.capacity / self.area, self.area)

    def _current_scale(self) -> float:
        """The largest current of the protocol in pA, or a small one where none is prescribed."""
        footprint, voltage = self.capacity / self.area, self.case.rest_voltage() or 1.0
        largest = max(s.max_current(footprint, self.area, voltage) for s in self.case.protocol)
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
                if isinstance(law, ReactingInterface | LithiumElectrode)
                and law.exchange_current_density < np.inf
            ),
            default=np.inf,
        )
        last_digit = np.finfo(float).eps * abs(self.case.rest_voltage() or 0.0)
        return self.area * float(last_digit / least)

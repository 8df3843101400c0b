"""Lithium, ions and electrons of a cell as one nonlinear system."""

from collections.abc import Iterable, Sequence

import numpy as np
import ufl
from dolfinx import fem

from ecmcell.numerics import linear
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.newton import Newton, SolverStatistics, Stalled
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.scalars import Algebraic, ScalarEquation, prescribe
from ecmcell.processes.balance import Balance
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process

VOLTAGE, CURRENT = 0, 1
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
        context: The cell.
        processes: All that goes on in it.

    Attributes:
        is_open: Whether the circuit is open.
    """

    def __init__(self, context: Context, processes: Sequence[Process]):
        self.case, self.domain, self.state = context.case, context.domain, context.state
        self.step, self._processes = context.step, processes
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

    def solve(self, scale: float) -> SolverStatistics:
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

    def _build(self) -> Newton:
        fields: list[fem.Function] = []
        residuals: list[ufl.Form] = []
        fixed: list[np.ndarray] = []
        splits: dict[str, tuple[int, int]] = {}
        balances = [process for process in self._processes if isinstance(process, Balance)]
        for balance in balances:
            first, _ = splits.get(balance.group, (len(fields), 0))
            for body, field in balance.fields.items():
                test = ufl.TestFunction(field.function_space)
                leaving = sum(p.outflow(balance.carrier, body, test) for p in self._processes)
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
            equations=(_current_equation(self._processes), self._equation),
            refresh=self._refresh,
            followers=tuple(follower for one in balances for follower in one.followers),
            positive=tuple(f for one in balances if one.is_positive for f in one.fields.values()),
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
            combinations=[s for one in balances for s in one.combinations(fields)]
            if iterative
            else (),
        )
        return Newton(
            system,
            solver,
            self.case.solver.newton_tolerance,
            self.case.solver.max_newton_iterations,
            growth=_GROWTH,
        )

    def _refresh(self) -> None:
        for process in self._processes:
            process.refresh_transport()


def _current_equation(processes: Iterable[Process]) -> ScalarEquation:
    """Current that leaves through the collector: all that processes bring there."""
    leaving = sum(process.collected() for process in processes)
    gradient = np.array([0.0, -1.0])
    return ScalarEquation(-leaving, lambda scalars: (-scalars[CURRENT], gradient))

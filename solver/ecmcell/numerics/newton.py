"""Newton's method for fields and the scalars beside them, solved by block elimination."""

from dataclasses import dataclass

import numpy as np
from petsc4py import PETSc

from ecmcell.numerics.linear import LinearSolver, NotConverged
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.layout import Array

# Relative accuracy of the linear solves: for steps of a nonlinear and of a linear system, and for
# the response to a scalar, which is multiplied by the small change of that scalar.
_FORCING = 1e-5
_LINEAR = 1e-10
_RESPONSE = 1e-4
# Responses are found so much better where a step leaves more than this part of the linear system:
# next to a face that hardly resists, all that else resists may be in their last digits.
_SHARPER, _UNSOLVED = 1e-2, 0.1
# The residual may grow by a factor in the first few steps, if not told otherwise; later it must
# fall, lest kinks make it go in circles.
_GROWTH, _FREE = 2.0, 4
# Shorter steps that are tried; more of them only where the residual is out of all proportion, as
# that of an exponential is where the step along its tangent ends.
_TRIALS, _MOST_TRIALS, _ABSURD = 6, 40, 1e3


class Stalled(NotConverged):
    """Newton's method has not come as near as its tolerance asks."""


@dataclass
class SolverStatistics:
    """Work done.

    Attributes:
        newton: Newton steps.
        krylov: Krylov iterations.
        longest: Krylov iterations of the linear solve that took most of them.
        rounding: The largest residual above the tolerance that was accepted, being all rounding,
            relative to the scale; 0 if there was none.
    """

    newton: int = 0
    krylov: int = 0
    longest: int = 0
    rounding: float = 0.0

    def __add__(self, other: "SolverStatistics") -> "SolverStatistics":
        """Sum of two amounts of work."""
        return SolverStatistics(
            self.newton + other.newton,
            self.krylov + other.krylov,
            max(self.longest, other.longest),
            max(self.rounding, other.rounding),
        )


class Newton:
    """Solves a block system with its scalars.

    The bordered system of a Newton step, with the fields' matrix A, columns B, rows C and corner
    D, is solved by eliminating the fields:
    (D - C A^-1 B) dl = -g + C A^-1 F, dx = -A^-1 F - A^-1 B dl.

    Args:
        system: Fields and scalars.
        linear: Solver for the fields' matrix.
        tolerance: Largest residual, relative to the scale given to `solve`.
        largest_count: Newton steps before it gives up.
        forcing: Relative accuracy of the linear solves, where it is not linear as a whole.
        growth: Factor by which the residual may grow in the first few steps.
    """

    def __init__(
        self,
        system: BlockSystem,
        linear: LinearSolver,
        tolerance: float,
        largest_count: int,
        forcing: float = _FORCING,
        growth: float = _GROWTH,
    ):
        self.system, self.linear = system, linear
        self.tolerance, self.largest_count, self.forcing = tolerance, largest_count, forcing
        self._growth = growth
        self._residual, self._step = system.vector(), system.vector()
        self._trial, self._left = system.vector(), system.vector()
        self._columns: list[PETSc.Vec | None] = []
        self._responses: list[PETSc.Vec | None] = []
        self._accuracy = self._loosest = _LINEAR if system.jacobian.is_linear else _RESPONSE

    def solve(
        self, scale: float, tolerance: float = 0.0, setbacks: float = np.inf
    ) -> SolverStatistics:
        """Find the zero of the residual, starting from the present fields and scalars.

        Args:
            scale: Size that the residual is measured by.
            tolerance: Residual that does for now, if larger than the tolerance of the solver.
            setbacks: Steps of which no length lowers the residual, after the first few, that are
                put up with: at kinks it may go on in circles, or find the way out of them.

        Raises:
            NotConverged: If it is not found; the fields are then of no use.
        """
        statistics, allowed = SolverStatistics(), max(tolerance, self.tolerance)
        self.system.refresh()
        self._accuracy = min(self._accuracy / _SHARPER, self._loosest)  # it may do again
        norm, scalar_residual = self._evaluate(scale)
        while not norm <= allowed:  # nan is neither
            gives_up = statistics.newton == self.largest_count or setbacks < 0
            if gives_up or not np.isfinite(norm):
                raise Stalled(
                    f"Newton's residual is {norm:.1e} after {statistics.newton} steps, where "
                    f"{allowed:.1e} is asked for"
                )
            before = norm
            is_free = statistics.newton < _FREE
            bound = self._growth * norm if is_free else norm
            scalar_step, solved = self._newton_step(scalar_residual, self._forcing(norm, allowed))
            self.system.shorten(self._step)
            norm, scalar_residual = self._move(scalar_step, bound, scale)
            statistics += solved
            if not (is_free or norm <= bound):
                setbacks -= 1
            if norm > 0.5 * before and norm * scale <= self.system.rounding():
                if norm > allowed:
                    statistics.rounding = norm
                break  # all that is left is rounding, which no step can take away
        self.system.free_dropped()
        return statistics

    def _evaluate(self, scale: float) -> tuple[float, Array]:
        self.system.residual(self._residual)
        scalar_residual = self.system.border.residual()
        norm = np.hypot(self._residual.norm(), np.linalg.norm(scalar_residual))
        return float(norm) / scale, scalar_residual

    def _newton_step(
        self, scalar_residual: Array, forcing: float
    ) -> tuple[Array, SolverStatistics]:
        changed = self.system.jacobian.update()
        if changed:
            self.linear.matrix_changed(self.system.jacobian.is_other)
        self._residual.scale(-1.0)
        self._step.zeroEntries()
        iterations = self.linear.solve(self._residual, self._step, forcing)
        statistics = SolverStatistics(1, iterations, iterations)
        if not self.system.border.scalars:
            return np.zeros(0), statistics

        border, matrix = self.system.border, self.system.matrix
        corner, rows = border.corner(), border.rows(matrix)
        right = -scalar_residual - [0.0 if row is None else row.dot(self._step) for row in rows]
        if changed or border.columns_vary:
            self._columns = border.columns(matrix)
            statistics += self._find_responses()
        allowed = _UNSOLVED * np.hypot(self._residual.norm(), np.linalg.norm(scalar_residual))
        while True:
            scalar_step = self._scalar_step(corner, rows, right)
            step = self._trial
            self._step.copy(step)
            for change, response in zip(scalar_step, self._responses, strict=True):
                if response is not None:
                    step.axpy(-change, response)
            if self._accuracy <= _LINEAR or self._unsolved(step, scalar_step) <= allowed:
                break
            self._accuracy = max(_SHARPER * self._accuracy, _LINEAR)
            statistics += self._find_responses()
        step.copy(self._step)
        return scalar_step, statistics

    def _scalar_step(self, corner: Array, rows: list[PETSc.Vec | None], right: Array) -> Array:
        """Solve (D - C A^-1 B) dl = right."""
        reduced = corner.copy()
        for k, row in enumerate(rows):
            for j, response in enumerate(self._responses):
                if row is not None and response is not None:
                    reduced[k, j] -= row.dot(response)
        try:
            return np.asarray(np.linalg.solve(reduced, right), dtype=np.float64)
        except np.linalg.LinAlgError:  # a guess far off, where nothing answers to a scalar
            raise NotConverged("the equations of the scalars are singular") from None

    def _unsolved(self, step: PETSc.Vec, scalar_step: Array) -> float:
        """Norm of what a step leaves of the linear system of the fields."""
        left = self._left
        self.system.matrix.mult(step, left)
        left.aypx(-1.0, self._residual)
        for change, column in zip(scalar_step, self._columns, strict=True):
            if column is not None:
                left.axpy(-change, column)
        return float(left.norm())

    def _find_responses(self) -> SolverStatistics:
        """Solve for A^-1 B, what a unit change of each scalar does to the fields."""
        statistics = SolverStatistics()
        earlier = self._responses or [None] * len(self._columns)
        self._responses = []
        for column, response in zip(self._columns, earlier, strict=True):
            if column is not None:
                response = response or self.system.vector()
                iterations = self.linear.solve(column, response, self._accuracy)
                statistics += SolverStatistics(0, iterations, iterations)
            self._responses.append(response)
        return statistics

    def _forcing(self, norm: float, tolerance: float) -> float:
        """How well to solve for a step: no better than Newton's error or the goal ask."""
        least = _LINEAR if self.system.jacobian.is_linear else self.forcing
        return min(max(0.3 * tolerance / norm, least), 1e-2)

    def _move(self, scalar_step: Array, bound: float, scale: float) -> tuple[float, Array]:
        """Take the step, or a shorter one if the residual would grow beyond a bound."""
        taken, bound = 0.0, max(bound, self.tolerance)
        for trial, factor in enumerate(0.5 ** np.arange(_MOST_TRIALS), start=1):
            self.system.add(self._step, scalar_step, factor - taken)
            taken = factor
            new_norm, scalar_residual = self._evaluate(scale)
            if new_norm <= bound or (trial >= _TRIALS and new_norm <= _ABSURD * bound):
                break  # nan is neither
        return new_norm, scalar_residual

"""Newton's method for a law with kinks, which are rounded where it fails and sharpened again."""

from collections.abc import Sequence

import numpy as np
from dolfinx import fem

from ecmcell.numerics.linear import LinearSolver, NotConverged
from ecmcell.numerics.newton import Newton, SolverStatistics

# Residual that does for all stages but the last.
_ROUGH = 1e-4
# Steps that no length of lowers the residual, after which the kinks are rounded.
_SETBACKS = 3


class Staged:
    """Solves by Newton's method; where it circles about kinks, by way of smoother laws.

    The residual of a law with kinks may have to rise on the way to its zero, and steps along the
    tangent of one side end beyond those of the other. Rounded, it has a tangent that foresees the
    other side; what it leads to is the guess for the next sharper law.

    Args:
        newton: Solves for the fields.
        rounding: Over how much the kinks are rounded.
        widths: Values of it, the last for the law as it is.
    """

    def __init__(self, newton: Newton, rounding: fem.Constant, widths: Sequence[float]):
        self._newton, self._rounding, self._widths = newton, rounding, widths
        rounding.value = widths[-1]

    @property
    def linear(self) -> LinearSolver:
        """Solver for the fields' matrix."""
        return self._newton.linear

    def solve(
        self, scale: float, tolerance: float = 0.0, setbacks: float = np.inf
    ) -> SolverStatistics:
        """Find the zero of the residual, starting from the present fields and scalars.

        Args:
            scale: Size that the residual is measured by.
            tolerance: Residual that does for now, if larger than the tolerance of the solver.
            setbacks: Steps of which no length lowers the residual that are put up with.

        Raises:
            NotConverged: If it is not found; the fields are then of no use.
        """
        guess = self._newton.system.copy()
        try:
            return self._newton.solve(scale, tolerance, min(setbacks, _SETBACKS))
        except NotConverged:
            if setbacks < _SETBACKS:  # an attempt, which has something else to fall back on
                raise
            self._newton.system.restore(guess)
        statistics = SolverStatistics()
        try:
            for width in self._widths[:-1]:
                self._rounding.value = width
                statistics += self._newton.solve(scale, _ROUGH)
        finally:
            self._rounding.value = self._widths[-1]
        return statistics + self._newton.solve(scale, tolerance, setbacks)

"""The damage of interfaces as a group of fields, found while displacements are held."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.layout import Layout

Values = npt.NDArray[np.float64]


class Softening:
    """Damage between that at the start of the time step and 1.

    Args:
        damage: The damage that is held.
        find: The damage that the present displacements do, from that at the start on.

    Attributes:
        layout: The damage.
        lower: Damage at the start of the time step.
        upper: All of it.
    """

    def __init__(self, damage: fem.Function, find: Callable[[], Values]):
        space = damage.function_space
        self._damage, self._find = damage, find
        self.layout = Layout([damage], [np.zeros(0, dtype=np.int32)])
        self.lower, self.upper = [fem.Function(space)], [fem.Function(space)]
        self.upper[0].x.array[:] = 1.0

    def solve(self) -> SolverStatistics:
        """Hold the damage that the present displacements do, which minimises the energy."""
        self._damage.x.array[:] = self._find()
        return SolverStatistics()

    def refresh(self) -> None:
        """Nothing follows the damage."""

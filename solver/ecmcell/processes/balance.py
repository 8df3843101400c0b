"""The conservation of one carrier in the bodies of a cell."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.numerics.system.change_of_variables import FieldCombination
from ecmcell.numerics.system.curves import TabulatedCoefficient
from ecmcell.processes.process import Process

Nodes = npt.NDArray[np.int32]
_NONE = np.zeros(0, dtype=np.int32)


class Balance(Process):
    """How one carrier is stored and moves in bodies.

    What it exchanges between bodies is told by the processes that exchange it.

    Args:
        fields: Its unknown in each body.

    Attributes:
        carrier: What is conserved.
        group: Block of the preconditioner that its unknowns belong to.
        fields: Its unknown in each body.
        is_positive: Whether its unknown never gets to zero.
    """

    carrier: str
    group = "potentials"
    is_positive = False

    def __init__(self, fields: Mapping[str, fem.Function]):
        self.fields = fields

    @abstractmethod
    def inside(self, body: str, test: Expr) -> ufl.Form:
        """What is stored in a body and moves in it, times a test function, pA."""

    @property
    def followers(self) -> Sequence[TabulatedCoefficient]:
        """What follows its unknown node by node, however much it differs within a cell."""
        return ()

    def fixed(self, body: str) -> Nodes:
        """Local dofs where the unknown of a body keeps its value."""
        return _NONE

    def combinations(self, fields: Sequence[fem.Function]) -> list[FieldCombination]:
        """Its unknowns with others, combined into what hardly knows of the other.

        Args:
            fields: All unknown fields, in their order.
        """
        return []

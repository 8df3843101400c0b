"""Unknowns with one equation each: a potential, the strain of a stack, a pressure.

A scalar enters forms through its `symbol`. Its equation is a functional of the fields plus a
function of the scalars alone; Newton's method solves it together with the fields by block
elimination.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import ufl

from ecmcell.domain.domain import Domain

Algebraic = Callable[[npt.NDArray[np.float64]], tuple[float, npt.NDArray[np.float64]]]
"""Maps the values of all scalars to a residual and its gradient."""


class Scalar:
    """One unknown number.

    Attributes:
        name: What it is, with its unit.
        symbol: Stands for it in forms, and forms can be differentiated by it.
    """

    def __init__(self, domain: Domain, name: str, value: float = 0.0):
        self.name = name
        self._constant = domain.constant(value)
        self.symbol = ufl.variable(self._constant)

    @property
    def value(self) -> float:
        """Its present value."""
        return float(self._constant.value)

    @value.setter
    def value(self, value: float) -> None:
        self._constant.value = value


@dataclass
class ScalarEquation:
    """`functional + algebraic = 0`; either may be absent.

    Attributes:
        functional: A form without arguments that may depend on fields and scalars.
        algebraic: A function of the values of all scalars; may be replaced between solves.
    """

    functional: ufl.Form | None = None
    algebraic: Algebraic | None = None


def prescribe(index: int, count: int, value: float) -> Algebraic:
    """The algebraic equation `scalar[index] = value`."""
    gradient = np.zeros(count)
    gradient[index] = 1.0
    return lambda scalars: (scalars[index] - value, gradient)

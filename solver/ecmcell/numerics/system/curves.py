"""Functions of a field that are given as tables, in forms.

A table is evaluated node by node, with its slope, whenever the field changes; forms see the
tangent. The residual is then that of the table and the Jacobian exact, and no form depends on the
table's values.
"""

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from scipy.interpolate import PchipInterpolator
from ufl.core.expr import Expr


class Table:
    """A shape-preserving cubic through given points, straight beyond them.

    Fritsch and Carlson 1980, doi:10.1137/0717021.

    Args:
        x: Increasing abscissae.
        y: Values.
    """

    def __init__(self, x: npt.ArrayLike, y: npt.ArrayLike):
        self.low, self.high = float(np.min(x)), float(np.max(x))
        self._value = PchipInterpolator(x, y)
        self._slope = self._value.derivative()
        self._bend = self._slope.derivative()
        self._integral = self._value.antiderivative()

    def __call__(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Value at x."""
        inside = np.clip(x, self.low, self.high)
        return self._value(inside) + self._slope(inside) * (np.asarray(x) - inside)

    def slope(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """First derivative at x."""
        return self._slope(np.clip(x, self.low, self.high))

    def integral(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Integral from the lowest point to x."""
        inside = np.clip(x, self.low, self.high)
        mean = 0.5 * (self._value(inside) + self(x))  # of what is straight
        return self._integral(inside) + mean * (np.asarray(x) - inside)

    def bend(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Second derivative at x, zero beyond the points; it jumps at them."""
        inside = (np.asarray(x) > self.low) & (np.asarray(x) < self.high)
        return np.where(inside, self._bend(x), 0.0)


class ClampedTable(Table):
    """The same, but constant beyond the points."""

    def __call__(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Value at x."""
        return self._value(np.clip(x, self.low, self.high))

    def slope(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """First derivative at x, zero beyond the points; it jumps there."""
        inside = (np.asarray(x) >= self.low) & (np.asarray(x) <= self.high)
        return np.where(inside, self._slope(np.clip(x, self.low, self.high)), 0.0)


class LogarithmicTable:
    """A table over the logarithm of x, straight in x below its least point.

    Args:
        x: Increasing abscissae, positive.
        y: Values.
    """

    def __init__(self, x: npt.ArrayLike, y: npt.ArrayLike):
        self.low = float(np.min(x))
        self._table = Table(np.log(x), y)

    def __call__(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Value at x."""
        inside = np.maximum(x, self.low)
        return self._table(np.log(inside)) + self.slope(inside) * (np.asarray(x) - inside)

    def slope(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """First derivative at x."""
        inside = np.maximum(x, self.low)
        return self._table.slope(np.log(inside)) / inside

    def bend(self, x: npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Second derivative at x, zero below the least point."""
        inside = np.maximum(x, self.low)
        at = np.log(inside)
        bend = (self._table.bend(at) - self._table.slope(at)) / inside**2
        return np.where(np.asarray(x) > self.low, bend, 0.0)


class TabulatedCoefficient:
    """A table of a field at its nodes, as a function that follows it.

    `NodalCurves` put the tangent into forms, whose derivative is right at nodes and, between them,
    as far as the slope is the same at the nodes of a cell. Where that differs by orders of
    magnitude, forms see this function, and `Jacobian` takes its slope into account node by node.

    Attributes:
        field: The field that it follows.
        table: Value and slope at each value of the field.
        value: The function.
        slope: Its derivative by the field.
    """

    def __init__(self, field: fem.Function, table: Table | LogarithmicTable):
        self.field, self.table = field, table
        self.value, self.slope = (fem.Function(field.function_space) for _ in range(2))
        self.refresh()

    def refresh(self) -> None:
        """Evaluate the table at the present field."""
        self.value.x.array[:] = self.table(self.field.x.array)
        self.slope.x.array[:] = self.table.slope(self.field.x.array)


class NodalCurves:
    """Tables of one field, kept up to date together.

    Args:
        field: The field they depend on.
    """

    def __init__(self, field: fem.Function):
        self._field = field
        self._at = fem.Function(field.function_space)
        self._curves: list[
            tuple[Table | LogarithmicTable, fem.Function, fem.Function, fem.Function]
        ] = []

    def add(self, table: Table | LogarithmicTable) -> tuple[Expr, Expr]:
        """Put a table into forms: its value and its slope, which both follow the field."""
        value, slope, bend = (fem.Function(self._field.function_space) for _ in range(3))
        self._curves.append((table, value, slope, bend))
        self.refresh()
        change = self._field - self._at
        return value + slope * change, slope + bend * change

    def refresh(self) -> None:
        """Evaluate all tables at the present field."""
        x = self._field.x.array
        self._at.x.array[:] = x
        for table, value, slope, bend in self._curves:
            value.x.array[:] = table(x)
            slope.x.array[:] = table.slope(x)
            bend.x.array[:] = table.bend(x)

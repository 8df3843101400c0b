"""Averages around nodes or over cells: integrals against a basis, divided by the basis' own."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from ufl.core.expr import Expr

from ecmcell.domain.domain import Domain


class Average:
    """A quantity averaged with each basis function of a space as weight.

    Args:
        domain: The domain.
        space: Functions of a region, linear (averages around nodes) or constant a cell; vectors of
            so many numbers as the integrands have.
        terms: Integrands with their measures, and the side of the space's functions where these
            are those of contacts.

    Attributes:
        average: The averages; zero where no measure reaches.
        weight: Integral of each basis function over the measures.
    """

    def __init__(
        self,
        domain: Domain,
        space: fem.FunctionSpace,
        terms: Sequence[tuple[Expr, ufl.Measure] | tuple[Expr, ufl.Measure, str | None]],
    ):
        test = ufl.TestFunction(space)
        one = fem.Constant(domain.mesh, np.ones(test.ufl_shape))
        total, weights = 0, 0
        for value, measure, *side in terms:
            weight = test(side[0]) if side and side[0] else test
            total += ufl.dot(value, weight) * measure
            weights += ufl.dot(one, weight) * measure
        self._form, weights = domain.compile(total), domain.compile(weights)
        self.weight = fem.Function(space)
        self.average = fem.Function(space)
        assemble(weights, self.weight)
        self._owned = space.dofmap.index_map.size_local

    def update(self) -> fem.Function:
        """Evaluate the average with the present fields."""
        assemble(self._form, self.average)
        weight = self.weight.x.array
        values = self.average.x.array
        np.divide(values, weight, out=values, where=weight > 0.0)
        return self.average

    def owned(self) -> npt.NDArray[np.float64]:
        """Up-to-date averages of the dofs that this rank owns."""
        return self.update().x.array[: self._owned]

    @property
    def owned_weight(self) -> npt.NDArray[np.float64]:
        """Weights of the dofs that this rank owns; over all ranks they add up to the measure."""
        return self.weight.x.array[: self._owned]


def assemble(form: fem.Form, out: fem.Function) -> None:
    """Put a form of one test function, over all ranks, into a function of its space."""
    out.x.array[:] = 0.0
    fem.assemble_vector(out.x.array, form)
    out.x.scatter_reverse(la.InsertMode.add)
    out.x.scatter_forward()

"""Averages around nodes: integrals against the linear basis, divided by the basis' own integral."""

from collections.abc import Sequence

import numpy as np
import ufl
from dolfinx import fem, la
from ufl.core.expr import Expr

from ecmcell.domain.domain import Domain, Region


class NodalAverage:
    """A quantity averaged around each node of a region with the node's basis function as weight.

    Args:
        domain: The domain.
        region: Region whose nodes are used.
        terms: Pairs of an integrand and its measure.
        side: Side of the region's functions where the measures are those of contacts.

    Attributes:
        average: The averages; zero at nodes that no measure touches.
        weight: Integral of each node's basis function over the measures.
    """

    def __init__(
        self,
        domain: Domain,
        region: Region,
        terms: Sequence[tuple[Expr, ufl.Measure]],
        side: str | None = None,
    ):
        test = ufl.TestFunction(region.scalars)
        test = test(side) if side else test
        one = domain.constant(1.0)
        self._form = domain.compile(sum(value * test * measure for value, measure in terms))
        weights = domain.compile(sum(one * test * measure for _, measure in terms))
        self.weight = fem.Function(region.scalars)
        self.average = fem.Function(region.scalars)
        self._assemble(weights, self.weight)

    def update(self) -> fem.Function:
        """Evaluate the average with the present fields."""
        self._assemble(self._form, self.average)
        weight = self.weight.x.array
        values = self.average.x.array
        np.divide(values, weight, out=values, where=weight > 0.0)
        return self.average

    @staticmethod
    def _assemble(form: fem.Form, out: fem.Function) -> None:
        out.x.array[:] = 0.0
        fem.assemble_vector(out.x.array, form)
        out.x.scatter_reverse(la.InsertMode.add)
        out.x.scatter_forward()

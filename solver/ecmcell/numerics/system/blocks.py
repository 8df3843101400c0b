"""Coupled fields and the scalars beside them as one system of equations."""

from collections.abc import Callable, Collection, Sequence

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from petsc4py import PETSc

from ecmcell.domain.domain import Domain
from ecmcell.numerics.system.border import Border
from ecmcell.numerics.system.curves import TabulatedCoefficient
from ecmcell.numerics.system.jacobian import Jacobian
from ecmcell.numerics.system.layout import Array, Layout
from ecmcell.numerics.system.scalars import Scalar, ScalarEquation

_LARGEST_FALL = 0.9
Copy = tuple[list[Array], list[float]]


class BlockSystem:
    """Residual, Jacobian and border of a system.

    Args:
        domain: The domain that the fields live on.
        fields: The unknown fields.
        residuals: The residual of each field, a linear form on its space.
        fixed: For each field the local dofs (unrolled) that keep their value.
        scalars: The unknown numbers.
        equations: One equation for each scalar.
        refresh: Called whenever the fields have changed, for functions that follow them node by
            node.
        followers: Functions in the residuals that follow a field node by node.
        positive: Fields whose values stay above zero: logarithms are taken of them.

    Attributes:
        layout: Places of the fields in vectors.
        forms: The residual of each field.
        jacobian: Derivative of the residuals by the fields.
        border: The scalars.
    """

    def __init__(
        self,
        domain: Domain,
        fields: Sequence[fem.Function],
        residuals: Sequence[ufl.Form],
        fixed: Sequence[npt.NDArray[np.int32]],
        scalars: Sequence[Scalar] = (),
        equations: Sequence[ScalarEquation] = (),
        refresh: Callable[[], None] = lambda: None,
        followers: Sequence[TabulatedCoefficient] = (),
        positive: Collection[fem.Function] = (),
    ):
        self.comm, self.refresh = domain.comm, refresh
        refresh()
        self.layout = Layout(fields, fixed)
        self._positive = [any(field is one for one in positive) for field in fields]
        self.forms = list(residuals)
        self._residuals = [domain.compile(residual) for residual in residuals]
        self.jacobian = Jacobian(domain, self.layout, residuals, followers)
        self.border = Border(domain, self.layout, residuals, scalars, equations)
        self._values = self.jacobian.matrix.createVecLeft()
        self._diagonal = self.jacobian.matrix.createVecLeft()

    @property
    def matrix(self) -> PETSc.Mat:
        """Matrix of the Jacobian."""
        return self.jacobian.matrix

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks."""
        return int(self.matrix.getSize()[0]) + len(self.border.scalars)

    def vector(self) -> PETSc.Vec:
        """A zero vector over all fields."""
        return self.matrix.createVecLeft()

    def residual(self, out: PETSc.Vec) -> None:
        """Write the residual of the fields; rows of fixed dofs are zero."""
        self.layout.assemble(self._residuals, out)

    def shorten(self, step: PETSc.Vec) -> None:
        """Take from a Newton step what would bring a positive value to less than a tenth of it."""
        for field, is_positive, (start, end) in zip(
            self.layout.fields, self._positive, self.layout.spans(), strict=True
        ):
            if is_positive:
                lowest = -_LARGEST_FALL * np.maximum(field.x.array[: end - start], 0.0)
                step.array[start:end] = np.maximum(step.array[start:end], lowest)

    def copy(self) -> Copy:
        """The present fields, ghosts included, and scalars."""
        return [f.x.array.copy() for f in self.layout.fields], [
            s.value for s in self.border.scalars
        ]

    def restore(self, copy: Copy) -> None:
        """Return to a copy of fields and scalars."""
        for field, values in zip(self.layout.fields, copy[0], strict=True):
            field.x.array[:] = values
        for scalar, value in zip(self.border.scalars, copy[1], strict=True):
            scalar.value = value

    def rounding(self) -> float:
        """Size of the residual that the rounding of fields and scalars alone can make.

        To a last digit of a large value may belong much: where a reaction is fast, the rounding of
        a voltage makes a current.
        """
        self.layout.read(self._values)
        self.jacobian.matrix.getDiagonal(self._diagonal)
        self._values.pointwiseMult(self._values, self._diagonal)
        values, columns = self.border.values(), self.border.columns(self.matrix)
        sizes = [self._values.norm(), *np.ravel(self.border.corner() * values)]
        sizes += [
            column.norm() * value
            for column, value in zip(columns, values, strict=True)
            if column is not None
        ]
        return float(np.finfo(float).eps * np.linalg.norm(sizes))

    def free_dropped(self) -> None:
        """Free what Python has dropped; collective.

        On more than one rank petsc4py only notes what is dropped until all ranks clean up together.
        """
        PETSc.garbage_cleanup(self.jacobian.matrix.getComm())

    def add(self, step: PETSc.Vec, scalar_step: Array, factor: float) -> None:
        """Move fields and scalars by a multiple of a Newton step."""
        self.layout.add(step, factor)
        self.border.add(scalar_step, factor)
        self.refresh()

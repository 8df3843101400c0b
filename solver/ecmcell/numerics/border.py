"""What scalars add to a system of fields: their columns, their equations' rows, and the corner."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import ufl
from petsc4py import PETSc
from ufl.algorithms import expand_derivatives

from ecmcell.domain.domain import Domain, Integral
from ecmcell.numerics.jacobian import split
from ecmcell.numerics.layout import Array, Layout
from ecmcell.numerics.scalars import Scalar, ScalarEquation


class Border:
    """Scalars and their equations beside fields.

    Args:
        domain: The domain that the fields live on.
        layout: The fields.
        residuals: The residual of each field.
        scalars: The unknown numbers.
        equations: One equation for each of them.

    Attributes:
        scalars: The unknown numbers.
        columns_vary: Whether the residuals' derivatives by the scalars depend on any field.
    """

    def __init__(
        self,
        domain: Domain,
        layout: Layout,
        residuals: Sequence[ufl.Form],
        scalars: Sequence[Scalar],
        equations: Sequence[ScalarEquation],
    ):
        self.scalars, self._equations, self._layout = list(scalars), list(equations), layout
        columns = [[expand_derivatives(ufl.diff(r, s.symbol)) for r in residuals] for s in scalars]
        self.columns_vary = any(not split(f)[1].empty() for column in columns for f in column)
        self._columns = [[_compiled(domain, f) for f in column] for column in columns]
        self._functionals = [
            None if e.functional is None else domain.integral(e.functional) for e in equations
        ]
        self._rows = [self._row(domain, e.functional) for e in equations]
        self._corners = [self._corner(domain, e.functional) for e in equations]
        self._column_vectors: list[PETSc.Vec | None] = [None] * len(self.scalars)
        self._row_vectors: list[PETSc.Vec | None] = [None] * len(self.scalars)

    def residual(self) -> Array:
        """Residual of each equation."""
        values, residual = self.values(), np.zeros(len(self.scalars))
        for k, equation in enumerate(self._equations):
            functional = self._functionals[k]
            if functional is not None:
                residual[k] += functional.value
            if equation.algebraic is not None:
                residual[k] += equation.algebraic(values)[0]
        return residual

    def values(self) -> Array:
        """Values of the scalars."""
        return np.array([scalar.value for scalar in self.scalars])

    def add(self, step: Array, factor: float) -> None:
        """Move the scalars by a multiple of a step."""
        for scalar, change in zip(self.scalars, step, strict=True):
            scalar.value += factor * change

    def columns(self, like: PETSc.Mat) -> list[PETSc.Vec | None]:
        """Derivative of the fields' residuals by each scalar; None where there is no dependence.

        The vectors are the same at every call.
        """
        return self._fill(self._columns, self._column_vectors, like)

    def rows(self, like: PETSc.Mat) -> list[PETSc.Vec | None]:
        """Derivative of each equation by the fields; None where there is no dependence.

        The vectors are the same at every call.
        """
        return self._fill(self._rows, self._row_vectors, like)

    def corner(self) -> Array:
        """Derivative of each equation (row) by each scalar (column)."""
        values, corner = self.values(), np.zeros((len(self.scalars),) * 2)
        for k, equation in enumerate(self._equations):
            for j, integral in enumerate(self._corners[k]):
                if integral is not None:
                    corner[k, j] += integral.value
            if equation.algebraic is not None:
                corner[k] += equation.algebraic(values)[1]
        return corner

    def _row(self, domain: Domain, functional: ufl.Form | None) -> list[Any | None]:
        if functional is None:
            return [None] * len(self._layout.fields)
        return [
            _compiled(domain, ufl.derivative(functional, field, ufl.TestFunction(space)))
            for field, space in zip(self._layout.fields, self._layout.spaces, strict=True)
        ]

    def _corner(self, domain: Domain, functional: ufl.Form | None) -> list[Integral | None]:
        if functional is None:
            return [None] * len(self.scalars)
        forms = [expand_derivatives(ufl.diff(functional, s.symbol)) for s in self.scalars]
        return [None if form.empty() else domain.integral(form) for form in forms]

    def _fill(
        self,
        groups: Sequence[Sequence[Any | None]],
        vectors: list[PETSc.Vec | None],
        like: PETSc.Mat,
    ) -> list[PETSc.Vec | None]:
        for k, forms in enumerate(groups):
            if any(form is not None for form in forms):
                vectors[k] = vectors[k] or like.createVecLeft()
                self._layout.assemble(forms, vectors[k])
        return vectors


def _compiled(domain: Domain, form: ufl.Form) -> Any | None:
    form = expand_derivatives(form)
    return None if form.empty() else domain.compile(form)

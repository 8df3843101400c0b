"""Several fields as one vector and one matrix, assembled from their weak forms."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from ufl.algorithms import expand_derivatives
from ufl.algorithms.analysis import extract_coefficients

from ecmcell.domain import compat
from ecmcell.domain.domain import Domain
from ecmcell.numerics.scalars import Scalar, ScalarEquation
from petsc4py import PETSc

Array = npt.NDArray[np.float64]


class BlockSystem:
    """Residual and Jacobian of coupled fields and of the scalars beside them.

    The fields lie one behind the other within each rank's share of the vector. Integrals of the Jacobian
    that depend on no field are assembled again only when one of their constants changes.

    Args:
        domain: The domain that the fields live on.
        fields: The unknown fields.
        residuals: The residual of each field, a linear form on its space.
        fixed: For each field the local dofs (unrolled) that keep their value.
        scalars: The unknown numbers.
        equations: One equation for each scalar.
        refresh: Called before every assembly, for functions that depend on the fields node by node.

    Attributes:
        is_linear: Whether the Jacobian is the same at all fields.
        columns_vary: Whether the residual's derivatives by the scalars depend on any field.
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
    ):
        self.domain, self.fields, self.refresh = domain, list(fields), refresh
        self.scalars, self.equations = list(scalars), list(equations)
        self.spaces = [f.function_space for f in fields]
        owned = [s.dofmap.index_map.size_local * s.dofmap.index_map_bs for s in self.spaces]
        self.offsets = np.concatenate(([0], np.cumsum(owned))).astype(int)
        self._fixed_owned = np.concatenate(
            [dofs[dofs < n] + start for dofs, n, start in zip(fixed, owned, self.offsets, strict=False)]
        ).astype(np.int32)

        self._residuals = [domain.compile(r) for r in residuals]
        self._prepare_jacobian(residuals)
        self._prepare_border(residuals)

        start = self.matrix.getOwnershipRange()[0]
        self.start = start
        self._fixed_global = (self._fixed_owned + start).astype(PETSc.IntType)

    # Vectors

    def vector(self) -> PETSc.Vec:
        """A zero vector over all fields."""
        return self.matrix.createVecLeft()

    def residual(self, out: PETSc.Vec) -> None:
        """Write the residual of the fields; rows of fixed dofs are zero."""
        self._assemble(self._residuals, out)

    def scalar_residual(self) -> Array:
        """Residual of each scalar's equation."""
        values = np.array([s.value for s in self.scalars])
        residual = np.zeros(len(self.scalars))
        for k, equation in enumerate(self.equations):
            if self._functionals[k] is not None:
                residual[k] += self._functionals[k].value
            if equation.algebraic is not None:
                residual[k] += equation.algebraic(values)[0]
        return residual

    def add(self, step: PETSc.Vec, scalar_step: Array, factor: float) -> None:
        """Move fields and scalars by a multiple of a Newton step."""
        for field, start, end in zip(self.fields, self.offsets, self.offsets[1:], strict=False):
            field.x.array[: end - start] += factor * step.array_r[start:end]
            field.x.scatter_forward()
        for scalar, change in zip(self.scalars, scalar_step, strict=True):
            scalar.value += factor * change
        self.refresh()

    # Jacobian and its border

    def update_jacobian(self) -> bool:
        """Assemble the Jacobian at the present fields; returns whether the matrix changed."""
        constants = [np.array(c.value, copy=True) for c in self._constants]
        stale = self._constant_values is None or any(
            not np.array_equal(a, b) for a, b in zip(constants, self._constant_values, strict=True)
        )
        if stale:
            self._constant_part.zeroEntries()
            compat.add_block_matrix(self._constant_part, self._constant_forms, self.spaces)
            self._constant_values = constants
        elif self.is_linear:
            return False
        self._constant_part.copy(self.matrix, PETSc.Mat.Structure.SAME_NONZERO_PATTERN)
        if not self.is_linear:
            compat.add_block_matrix(self.matrix, self._varying_forms, self.spaces)
        self.matrix.zeroRowsColumns(self._fixed_global, 1.0)
        return True

    def border(self) -> tuple[list[PETSc.Vec | None], list[PETSc.Vec | None], Array]:
        """Derivatives of the residual by each scalar, of each equation by the fields and scalars."""
        columns = [self._optional_vector(forms) for forms in self._columns]
        rows = [self._optional_vector(forms) for forms in self._rows]
        values = np.array([s.value for s in self.scalars])
        corner = np.zeros((len(self.scalars),) * 2)
        for k, equation in enumerate(self.equations):
            for j, integral in enumerate(self._corners[k]):
                if integral is not None:
                    corner[k, j] += integral.value
            if equation.algebraic is not None:
                corner[k] += equation.algebraic(values)[1]
        return columns, rows, corner

    # Set-up

    def _prepare_jacobian(self, residuals: Sequence[ufl.Form]) -> None:
        constant, varying, pattern = [], [], []
        for residual in residuals:
            rows: tuple[list, list, list] = ([], [], [])
            for field, space in zip(self.fields, self.spaces, strict=True):
                block = expand_derivatives(
                    ufl.derivative(residual, field, ufl.TrialFunction(space))
                )
                parts = _split(block)
                compiled = [None if p.empty() else self.domain.compile(p) for p in parts]
                rows[0].append(compiled[0])
                rows[1].append(compiled[1])
                if None in compiled:
                    rows[2].append(compiled[0] or compiled[1])
                else:
                    rows[2].append(self.domain.compile(block))
                self._remember_constants(parts[0])
            constant.append(rows[0])
            varying.append(rows[1])
            pattern.append(rows[2])
        self._constant_forms, self._varying_forms = constant, varying
        self.is_linear = not any(form is not None for row in varying for form in row)
        self.matrix = compat.create_block_matrix(pattern)
        # A first assembly of everything: PETSc would drop places that it never saw filled.
        self.refresh()
        compat.add_block_matrix(self.matrix, pattern, self.spaces)
        self.matrix.setOption(PETSc.Mat.Option.KEEP_NONZERO_PATTERN, True)
        self._constant_part = self.matrix.duplicate()
        # A duplicate knows nothing of the fields' own numbering.
        self._constant_part.setLGMap(*self.matrix.getLGMap())
        self._constant_values: list[Array] | None = None

    def _remember_constants(self, form: ufl.Form) -> None:
        known: list[Any] = getattr(self, "_constants", [])
        known.extend(c for c in form.constants() if c not in known)
        self._constants = known

    def _prepare_border(self, residuals: Sequence[ufl.Form]) -> None:
        self._columns, self._rows, self._functionals, self._corners = [], [], [], []
        self.columns_vary = False
        for scalar in self.scalars:
            column = [expand_derivatives(ufl.diff(r, scalar.symbol)) for r in residuals]
            self.columns_vary |= any(not _split(form)[1].empty() for form in column)
            self._columns.append([self._compile_if_any(form) for form in column])
        for equation in self.equations:
            functional = equation.functional
            if functional is None:
                self._functionals.append(None)
                self._rows.append([None] * len(self.fields))
                self._corners.append([None] * len(self.scalars))
                continue
            self._functionals.append(self.domain.integral(functional))
            self._rows.append(
                [
                    self._compile_if_any(ufl.derivative(functional, f, ufl.TestFunction(s)))
                    for f, s in zip(self.fields, self.spaces, strict=True)
                ]
            )
            corners = [expand_derivatives(ufl.diff(functional, s.symbol)) for s in self.scalars]
            self._corners.append([None if c.empty() else self.domain.integral(c) for c in corners])

    def _compile_if_any(self, form: ufl.Form) -> Any | None:
        form = expand_derivatives(form)
        return None if form.empty() else self.domain.compile(form)

    def _optional_vector(self, forms: list[Any | None]) -> PETSc.Vec | None:
        if all(form is None for form in forms):
            return None
        out = self.vector()
        self._assemble(forms, out)
        return out

    def _assemble(self, forms: Sequence[Any | None], out: PETSc.Vec) -> None:
        values = out.array
        for form, start, end in zip(forms, self.offsets, self.offsets[1:], strict=False):
            if form is None:
                values[start:end] = 0.0
                continue
            vector = fem.assemble_vector(form)
            vector.scatter_reverse(la.InsertMode.add)
            values[start:end] = vector.array[: end - start]
        values[self._fixed_owned] = 0.0


def _split(form: ufl.Form) -> tuple[ufl.Form, ufl.Form]:
    """Integrals without any field, and integrals with some."""
    plain = [i for i in form.integrals() if not extract_coefficients(i.integrand())]
    others = [i for i in form.integrals() if extract_coefficients(i.integrand())]
    return ufl.Form(plain), ufl.Form(others)

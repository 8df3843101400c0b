"""How several fields share one vector: each rank's part holds its part of each field in turn."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from dolfinx import fem, la
from petsc4py import PETSc

Array = npt.NDArray[np.float64]


class Layout:
    """Places of fields in a common vector.

    Args:
        fields: The fields.
        fixed: For each field the local dofs (unrolled, ghosts allowed) that keep their value.

    Attributes:
        fields: The fields.
        spaces: Their spaces.
        offsets: Where each field begins within this rank's part, and the end.
        fixed: Places within this rank's part that keep their value.
    """

    def __init__(self, fields: Sequence[fem.Function], fixed: Sequence[npt.NDArray[np.int32]]):
        self.fields = list(fields)
        self.spaces = [f.function_space for f in fields]
        owned = [s.dofmap.index_map.size_local * s.dofmap.index_map_bs for s in self.spaces]
        self.offsets = np.concatenate(([0], np.cumsum(owned))).astype(int)
        places = [
            dofs[dofs < size] + start
            for dofs, size, start in zip(fixed, owned, self.offsets[:-1], strict=True)
        ]
        self.fixed = np.concatenate(places).astype(np.int32)

    def spans(self) -> list[tuple[int, int]]:
        """Begin and end of each field within this rank's part."""
        return list(zip(self.offsets[:-1].tolist(), self.offsets[1:].tolist(), strict=True))

    def assemble(self, forms: Sequence[Any | None], out: PETSc.Vec) -> None:
        """Write compiled linear forms, one a field, to a vector; places that are fixed get zero."""
        values = out.array
        for form, (start, end) in zip(forms, self.spans(), strict=True):
            if form is None:
                values[start:end] = 0.0
                continue
            vector = fem.assemble_vector(form)
            vector.scatter_reverse(la.InsertMode.add)
            values[start:end] = vector.array[: end - start]
        values[self.fixed] = 0.0

    def read(self, out: PETSc.Vec) -> None:
        """Write the fields to a vector."""
        for field, (start, end) in zip(self.fields, self.spans(), strict=True):
            out.array[start:end] = field.x.array[: end - start]

    def add(self, step: PETSc.Vec, factor: float) -> None:
        """Move the fields by a multiple of a vector, of which what is fixed takes nothing.

        An inexact solve leaves a little there, which no residual would ever take away again.
        """
        moves = factor * step.array_r
        moves[self.fixed] = 0.0
        for field, (start, end) in zip(self.fields, self.spans(), strict=True):
            field.x.array[: end - start] += moves[start:end]
            field.x.scatter_forward()

"""Unknowns that share one value, such as the potential of all of a perfect conductor.

With x = P y, where every row of P has a single one, the system A x = b becomes P^T A P y = P^T b.
That is exact, and its matrix stays symmetric and positive.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI
from petsc4py import PETSc

from ecmcell.domain.domain import Domain
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.layout import Array

ALONE = -1
"""Group of the unknowns that share their value with none."""

Groups = npt.NDArray[np.int64]


class TiedSystem(BlockSystem):
    """A system of fields in which groups of unknowns move as one.

    Args:
        domain: The domain that the fields live on.
        fields: The unknown fields; members of a group start from the same value.
        residuals: The residual of each field.
        fixed: For each field the local dofs (unrolled) that keep their value.
        groups: For each field the group of each local dof, the same numbers on all ranks, or
            `ALONE`. A group may reach over several fields; it has no fixed member.
        count: Number of groups.
    """

    def __init__(
        self,
        domain: Domain,
        fields: Sequence[fem.Function],
        residuals: Sequence[ufl.Form],
        fixed: Sequence[npt.NDArray[np.int32]],
        groups: Sequence[Groups],
        count: int,
    ):
        super().__init__(domain, fields, residuals, fixed)
        spans = zip(groups, self.layout.spans(), strict=True)
        owned = np.concatenate([group[: end - start] for group, (start, end) in spans])
        self._spread = _spreading(self.comm, owned, count)
        self._full = self._spread.createVecLeft()
        self._tied: PETSc.Mat | None = None

    @property
    def matrix(self) -> PETSc.Mat:
        """Matrix of the Jacobian for the values that groups share, the same object every time."""
        self._tied = self.jacobian.matrix.PtAP(self._spread, self._tied)
        return self._tied

    @property
    def unknowns(self) -> int:
        """Number of unknowns over all ranks, a group counting once."""
        return int(self._spread.getSize()[1])

    def vector(self) -> PETSc.Vec:
        """A zero vector over all unknowns."""
        return self._spread.createVecRight()

    def residual(self, out: PETSc.Vec) -> None:
        """Write the residual, summed over each group."""
        super().residual(self._full)
        self._spread.multTranspose(self._full, out)

    def add(self, step: PETSc.Vec, scalar_step: Array, factor: float) -> None:
        """Move the fields by a multiple of a step."""
        self._spread.mult(step, self._full)
        super().add(self._full, scalar_step, factor)


def _spreading(comm: MPI.Comm, groups: Groups, count: int) -> PETSc.Mat:
    """The matrix P, given the group of every place of this rank."""
    here = np.full(count, comm.size)
    here[groups[groups != ALONE]] = comm.rank
    keeper = np.empty_like(here)
    comm.Allreduce(here, keeper, MPI.MIN)
    kept = np.flatnonzero(keeper == comm.rank)
    alone = np.count_nonzero(groups == ALONE)
    size = alone + len(kept)
    start = sum(comm.allgather(size)[: comm.rank])

    of_group = np.zeros(count, dtype=np.int64)
    of_group[kept] = start + alone + np.arange(len(kept))
    comm.Allreduce(MPI.IN_PLACE, of_group, MPI.SUM)
    columns = np.empty(len(groups), dtype=PETSc.IntType)
    columns[groups == ALONE] = start + np.arange(alone)
    columns[groups != ALONE] = of_group[groups[groups != ALONE]]
    rows = np.arange(len(groups) + 1, dtype=PETSc.IntType)
    spread = PETSc.Mat().createAIJ(
        ((len(groups), None), (size, None)), csr=(rows, columns, np.ones(len(groups))), comm=comm
    )
    spread.assemble()
    return spread

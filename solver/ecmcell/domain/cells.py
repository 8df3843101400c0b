"""What belongs to cells as wholes: their middles, and functions with one number for each."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx import mesh as dmesh

from ecmcell.domain import compat
from ecmcell.domain.domain import Region, share_marks


def midpoints(mesh: dmesh.Mesh) -> npt.NDArray[np.float64]:
    """Middle of each local cell, ghosts included, shape (n, 3)."""
    corners: npt.NDArray[np.float64] = mesh.geometry.x[compat.cell_nodes(mesh)]
    return corners.mean(axis=1)


def rim(inner: Region, whole: Region) -> npt.NDArray[np.bool_]:
    """Which local nodes of a region belong to cells of a larger one as well that it has not."""
    within = np.isin(whole.parents, inner.parents)
    outside = fem.Function(whole.scalars)
    outside.x.array[whole.scalars.dofmap.list[~within]] = 1.0
    share_marks(outside)
    order = np.argsort(whole.parents)
    cells = order[np.searchsorted(whole.parents, inner.parents, sorter=order)]
    marks = fem.Function(inner.scalars)
    marks.x.array[inner.scalars.dofmap.list] = outside.x.array[whole.scalars.dofmap.list[cells]]
    return np.asarray(marks.x.array > 0.0)


def fill_cells(function: fem.Function, values: npt.NDArray[np.float64]) -> None:
    """Set a function that may jump between cells to one number in each local cell."""
    function.x.array[function.function_space.dofmap.list] = values[:, None]

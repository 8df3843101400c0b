"""What belongs to cells as wholes: their middles, and functions with one number for each."""

import numpy as np
import numpy.typing as npt
from dolfinx import fem
from dolfinx import mesh as dmesh

from ecmcell.domain import compat


def midpoints(mesh: dmesh.Mesh) -> npt.NDArray[np.float64]:
    """Middle of each local cell, ghosts included, shape (n, 3)."""
    corners: npt.NDArray[np.float64] = mesh.geometry.x[compat.cell_nodes(mesh)]
    return corners.mean(axis=1)


def fill_cells(function: fem.Function, values: npt.NDArray[np.float64]) -> None:
    """Set a function that may jump between cells to one number in each local cell."""
    function.x.array[function.function_space.dofmap.list] = values[:, None]

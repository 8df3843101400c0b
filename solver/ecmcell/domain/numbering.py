"""Names the values of a function by the numbers that the vertices of a mesh have in its file.

These are the same on any number of ranks, whereas DOLFINx numbers cells, vertices and degrees of
freedom anew on each.
"""

from dataclasses import dataclass

import basix
import numpy as np
import numpy.typing as npt
from dolfinx import fem

from ecmcell.domain import compat


@dataclass(frozen=True)
class Rows:
    """Degrees of freedom on the vertices, edges or cells of a mesh that a rank knows.

    Attributes:
        kind: `vertices`, `edges` or `cells`.
        keys: Numbers of the vertices of each entity, rising, shape (entities, vertices of one).
        dofs: Its degrees of freedom, shape (entities, nodes of one); of a cell in the order of its
            keys. Each stands for as many numbers as the function has components.
        is_owned: Whether this rank owns them.
    """

    kind: str
    keys: npt.NDArray[np.int64]
    dofs: npt.NDArray[np.int32]
    is_owned: npt.NDArray[np.bool_]


def rows_of(space: fem.FunctionSpace) -> list[Rows]:
    """All degrees of freedom of a space that this rank knows, each once.

    Args:
        space: Continuous functions of degree 1 or 2, or such that jump between cells, of degree 0
            or 1, on cells or facets.
    """
    mesh, element = space.mesh, space.ufl_element()
    vertices = mesh.geometry.input_global_indices[compat.cell_nodes(mesh)]
    dofs = space.dofmap.list[: len(vertices)]
    size = space.dofmap.index_map.size_local
    if element.discontinuous:
        order = np.argsort(vertices, axis=1)
        keys = np.take_along_axis(vertices, order, axis=1)
        if element.degree > 0:
            dofs = np.take_along_axis(dofs, order, axis=1)
        return [Rows("cells", keys, dofs, dofs[:, 0] < size)]
    count = vertices.shape[1]
    found = [_each_once("vertices", vertices.reshape(-1, 1), dofs[:, :count].ravel(), size)]
    if element.degree > 1:
        ends = np.array(basix.topology(element.cell_type)[1])
        keys = np.sort(vertices[:, ends].reshape(-1, 2), axis=1)
        found.append(_each_once("edges", keys, dofs[:, count:].ravel(), size))
    return found


def _each_once(
    kind: str, keys: npt.NDArray[np.int64], dofs: npt.NDArray[np.int32], size: int
) -> Rows:
    known, first = np.unique(dofs, return_index=True)
    return Rows(kind, keys[first], known[:, None], known < size)

"""A region: some parts of the domain as one submesh, and the functions that live on it."""

from functools import cached_property

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from dolfinx import mesh as dmesh
from ufl.core.expr import Expr

from ecmcell.domain.plan import Subdomain


class Region:
    """Some parts of the domain as one submesh, on which fields live.

    Attributes:
        name: Name of the region.
        subdomains: The parts it holds.
        mesh: Submesh; a rank may have no cell of it.
        parents: Parent cell of each local cell, ghosts included.
        is_quadratic: Whether its displacements are quadratic.
    """

    def __init__(
        self,
        name: str,
        subdomains: tuple[Subdomain, ...],
        mesh: dmesh.Mesh,
        parents: npt.NDArray[np.int32],
        is_quadratic: bool,
    ):
        self.name, self.subdomains, self.mesh, self.parents = name, subdomains, mesh, parents
        self.is_quadratic = is_quadratic

    @cached_property
    def scalars(self) -> fem.FunctionSpace:
        """Continuous linear functions."""
        return fem.functionspace(self.mesh, ("Lagrange", 1))

    @cached_property
    def vectors(self) -> fem.FunctionSpace:
        """Continuous linear vector fields."""
        return fem.functionspace(self.mesh, ("Lagrange", 1, (self.mesh.geometry.dim,)))

    @cached_property
    def displacements(self) -> fem.FunctionSpace:
        """Continuous vector fields, quadratic where the region asks for it, else linear."""
        if not self.is_quadratic:
            return self.vectors
        return fem.functionspace(self.mesh, ("Lagrange", 2, (self.mesh.geometry.dim,)))

    @cached_property
    def from_centre(self) -> Expr:
        """Place less the centre of its cell, um."""
        corners = ufl.geometry.CellVertices(self.mesh)
        count, dim = corners.ufl_shape
        centre = ufl.as_vector(
            [sum(corners[k, i] for k in range(count)) / count for i in range(dim)]
        )
        return ufl.SpatialCoordinate(self.mesh) - centre

    def cellwise(self, shape: tuple[int, ...] = ()) -> fem.FunctionSpace:
        """Functions linear in each cell and free to jump between them."""
        return fem.functionspace(self.mesh, ("Discontinuous Lagrange", 1, shape))

    @cached_property
    def cell_constants(self) -> fem.FunctionSpace:
        """One number a cell."""
        return fem.functionspace(self.mesh, ("Discontinuous Lagrange", 0))

    def constants(self, shape: tuple[int, ...] = ()) -> fem.FunctionSpace:
        """So many numbers a cell."""
        if not shape:
            return self.cell_constants
        return fem.functionspace(self.mesh, ("Discontinuous Lagrange", 0, shape))

    def continuous(self, shape: tuple[int, ...] = ()) -> fem.FunctionSpace:
        """Continuous linear functions of so many numbers."""
        return fem.functionspace(self.mesh, ("Lagrange", 1, shape)) if shape else self.scalars

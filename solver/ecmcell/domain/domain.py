"""The domain of a cell: a distributed mesh with its parts, regions, contacts and exterior facets.

Integrals are always written on the parent mesh; a function that lives on a submesh takes part in
them through the entity maps. Contacts are integrated with `dS`, their first part being the "+"
side.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from mpi4py import MPI

from ecmcell.domain import compat
from ecmcell.domain.distribute import distribute
from ecmcell.domain.faces import ExteriorBoundary, FacetSet, Interface
from ecmcell.domain.plan import BodyPlan, Network, Pair, Subdomain, plan_bodies
from ecmcell.domain.region import Region
from ecmcell.microstructure.mesh.meshdata import MeshData

# Degree 2 integrates products of linear functions exactly; the kinetics gain nothing from more.
QUADRATURE = {"quadrature_degree": 2}
# Nodal integration along interfaces: tractions of stiff interfaces do not oscillate with it.
NODAL_QUADRATURE = {"quadrature_rule": "vertex", "quadrature_degree": 1}
# The same where displacements are quadratic: in the plane Simpson's rule, whose points are their
# nodes. In space no rule on the nodes alone is exact enough, and one in the interior is taken.
QUADRATIC_QUADRATURE = {
    2: {"quadrature_rule": "GLL", "quadrature_degree": 3},
    3: {"quadrature_rule": "default", "quadrature_degree": 4},
}


class Domain:
    """A mesh divided into parts, with everything needed to integrate over them.

    Args:
        data: The mesh on rank 0, None elsewhere.
        comm: All ranks.
        bonded: Pairs of phases whose fields are continuous across their boundary.
        debonding: Phases whose grains may debond from each other.
        networks: Conducting networks by name; each part knows which of them reach it.
        quadratic: Phases whose bodies have quadratic displacements.
        loose: Whether nothing is sure to hold each grain, on rank 0; all are held if None.

    Attributes:
        contacts: Where parts of different bodies meet.
        borders: Where different parts of one body do.
        loose: The same on all ranks.
    """

    def __init__(
        self,
        data: MeshData | None,
        comm: MPI.Comm,
        bonded: Iterable[Pair] = (),
        debonding: Iterable[str] = (),
        networks: Mapping[str, Network] | None = None,
        quadratic: Iterable[str] = (),
        loose: npt.NDArray[np.bool_] | None = None,
    ):
        self.comm = comm
        self._quadratic = frozenset(quadratic)
        plan = plan_bodies(data, bonded, debonding, networks or {}) if data is not None else None
        self.plan: BodyPlan = comm.bcast(plan)
        self.subdomains = self.plan.subdomains
        self.tags: tuple[str, ...] = comm.bcast(data.tags if data is not None else None)
        self.grain_phase: tuple[str, ...] = comm.bcast(data.grain_phase if data else None)
        self.loose: npt.NDArray[np.bool_] = comm.bcast(loose)
        if self.loose is None:
            self.loose = np.zeros(len(self.grain_phase), dtype=bool)
        self.footprint: float = comm.bcast(data.footprint if data is not None else None)
        self.rough_boundaries: frozenset[str] = comm.bcast(data.rough_boundaries if data else None)
        self.bounds = np.array(comm.bcast(data.bounds if data is not None else None))

        self.mesh, self.cell_grain, self._facet_tag = distribute(data, comm)
        self.dim = self.mesh.topology.dim
        self.cell_subdomain = self.plan.grain_subdomain[self.cell_grain]
        self.normal = ufl.FacetNormal(self.mesh)

        faces, neighbours = self._find_inner_faces()
        self.interfaces = tuple(f for f in faces if f.plus.body != f.minus.body)
        self.borders = tuple(f for f in faces if f.plus.body == f.minus.body)
        self.boundaries = self._find_boundaries()
        self._maps = compat.EntityMaps(self.mesh, neighbours)
        self._measures = self._make_measures()

        names = dict.fromkeys(subdomain.body for subdomain in self.subdomains)
        self.bodies = {
            n: self.region(n, [p for p in self.subdomains if p.body == n]) for n in names
        }

    # Integration

    def dx(self, subdomain: Subdomain) -> ufl.Measure:
        """Volume measure of one part."""
        return self._measures["dx"](subdomain.index)

    def lumped(self, subdomain: Subdomain) -> ufl.Measure:
        """The same with the quadrature points on the nodes: what is stored at one stays there."""
        # By a number of its own: kernels hold one rule each.
        return self._measures["dx"](
            len(self.subdomains) + subdomain.index, metadata=NODAL_QUADRATURE
        )

    def centres(self, subdomain: Subdomain) -> ufl.Measure:
        """The same with one point, the centre of each cell."""
        # Likewise: kernels of FFCx 0.9 mix up a rule of one point with others.
        number = 2 * len(self.subdomains) + subdomain.index
        return self._measures["dx"](number, metadata={"quadrature_degree": 1})

    def loose_dx(self, subdomain: Subdomain) -> ufl.Measure:
        """Volume measure of the grains of a part that nothing is sure to hold."""
        return self._measures["dx"](3 * len(self.subdomains) + subdomain.index)

    def dS(self, contact: Interface) -> ufl.Measure:
        """Measure of one contact."""
        return self._measures["dS"](contact.index)

    def ds(self, boundary: ExteriorBoundary) -> ufl.Measure:
        """Measure of the exterior facets of one part with one boundary tag."""
        return self._measures["ds"](boundary.index)

    def nodal(self, face: FacetSet) -> ufl.Measure:
        """Measure of a contact or of exterior facets with the quadrature points on the nodes."""
        kind = "dS" if isinstance(face, Interface) else "ds"
        subdomains = (face.plus, face.minus) if isinstance(face, Interface) else (face.subdomain,)
        is_quadratic = any(self.bodies[subdomain.body].is_quadratic for subdomain in subdomains)
        rule = QUADRATIC_QUADRATURE[self.dim] if is_quadratic else NODAL_QUADRATURE
        return self._measures[kind](face.index, metadata=rule)

    def compile(self, form: Any) -> Any:
        """Compile a form, or nested lists of them; None stays None."""
        return compat.compile_form(form, self._maps)

    def integral(self, form: ufl.Form) -> "Integral":
        """A scalar-valued form, compiled once, that can be evaluated over all ranks."""
        return Integral(self, form)

    def max(self, value: float) -> float:
        """The largest value that any rank has."""
        return float(self.comm.allreduce(value, op=MPI.MAX))

    def total(self, value: float) -> float:
        """The sum over all ranks."""
        return float(self.comm.allreduce(value))

    def constant(self, value: float) -> fem.Constant:
        """A number in forms that may change without recompilation."""
        return fem.Constant(self.mesh, float(value))

    # Parts

    def region(self, name: str, subdomains: Iterable[Subdomain]) -> Region:
        """Submesh of some parts, registered so that its functions may appear in forms."""
        subdomains = tuple(subdomains)
        wanted = np.isin(self.cell_subdomain, [p.index for p in subdomains])
        submesh, parents, raw = compat.create_submesh(
            self.mesh, self.dim, np.flatnonzero(wanted).astype(np.int32)
        )
        self._maps.add(submesh, parents, raw)
        is_quadratic = any(subdomain.phase in self._quadratic for subdomain in subdomains)
        return Region(name, subdomains, submesh, parents, is_quadratic)

    @cached_property
    def skeleton(self) -> fem.FunctionSpace:
        """Functions on all contacts and exterior facets, linear on each facet and free to jump.

        In an integral over a contact they are restricted to its "+" side: `Interface.here`.
        """
        known = self.mesh.topology.index_map(self.dim - 1)
        body = np.array([subdomain.body for subdomain in self.subdomains])
        between, _ = self._facets_between(known.size_local + known.num_ghosts, body)
        boundary = np.flatnonzero(self._facet_tag >= 0)
        facets = np.union1d(between, boundary).astype(np.int32)
        submesh, self._skeleton_parents, raw = compat.create_submesh(
            self.mesh, self.dim - 1, facets
        )
        self._maps.add(submesh, self._skeleton_parents, raw)
        return fem.functionspace(submesh, ("Discontinuous Lagrange", 1))

    def skeleton_cells(self, face: FacetSet) -> npt.NDArray[np.int32]:
        """Local cells of the mesh of `skeleton` that are the facets of a face, in their order."""
        known = self.mesh.topology.index_map(self.dim - 1)
        of_facet = np.full(known.size_local + known.num_ghosts, -1, dtype=np.int32)
        _ = self.skeleton
        of_facet[self._skeleton_parents] = np.arange(len(self._skeleton_parents), dtype=np.int32)
        to_facets = self.mesh.topology.connectivity(self.dim, self.dim - 1).array
        facets = to_facets.reshape(-1, self.dim + 1)[face.facets[:, 0], face.facets[:, 1]]
        return of_facet[facets]

    def fill(
        self,
        fraction: fem.Function,
        faces: Iterable[FacetSet],
        inside: Callable[[npt.NDArray[np.float64]], npt.NDArray],
    ) -> None:
        """Set a function of the skeleton on some faces to the fraction of each facet inside.

        Args:
            fraction: The function.
            faces: The faces.
            inside: Tells for points without their x, shape (k, dim - 1), how far each of them is.
        """
        to_facets = self.mesh.topology.connectivity(self.dim, self.dim - 1).array
        rows = [face.facets[:, 0] * (self.dim + 1) + face.facets[:, 1] for face in faces]
        wanted = to_facets[np.concatenate([np.zeros(0, dtype=np.int32), *rows])]
        cells = np.flatnonzero(np.isin(self._skeleton_parents, wanted))
        mesh = fraction.function_space.mesh
        corners = mesh.geometry.x[compat.cell_nodes(mesh)[cells], : self.dim]
        points = np.einsum("sc,kcd->ksd", _sample(self.dim), corners)
        found = inside(points.reshape(-1, self.dim)[:, 1:]).reshape(points.shape[:2])
        fraction.x.array[fraction.function_space.dofmap.list[cells]] = found.mean(axis=1)[:, None]
        fraction.x.scatter_forward()

    def phase_volumes(self) -> dict[str, float]:
        """Volume of each phase, um3; in the plane um2."""
        volumes: dict[str, float] = {}
        for subdomain in self.subdomains:
            volumes[subdomain.phase] = volumes.get(subdomain.phase, 0.0) + self.subdomain_volume(
                subdomain
            )
        return volumes

    def subdomain_volume(self, subdomain: Subdomain) -> float:
        """Volume of a part in um3 (um2 in 2D), over all ranks."""
        return float(self.plan.grain_volume[self.plan.grain_subdomain == subdomain.index].sum())

    def boundary_area(self, tag: str) -> float:
        """Area of the boundary of a tag in um2 (length in um in 2D), over all ranks."""
        one = self.constant(1.0)
        return sum(self.integral(one * self.ds(o)).value for o in self.boundaries if o.tag == tag)

    def grains_of(self, subdomain: Subdomain) -> npt.NDArray[np.intp]:
        """Numbers of the grains of a part."""
        return np.flatnonzero(self.plan.grain_subdomain == subdomain.index)

    def boundary_nodes(
        self,
        region: Region,
        tags: Iterable[str],
        axis: int | None = None,
        ends: Iterable[int] = (0, 1),
        space: fem.FunctionSpace | None = None,
    ) -> npt.NDArray[np.int32]:
        """Local nodes of a region on exterior facets of some boundary tags.

        Args:
            region: The region whose nodes are wanted.
            tags: Boundary tags of the facets.
            axis: Only facets in the planes that bound the domain along this axis; all if None.
            ends: Which of the two planes, 0 the lower one.
            space: Functions of the region whose nodes are meant; linear ones if None.

        Returns:
            Sorted local node numbers, ghosts included, the same on every rank that knows the node.
        """
        space = space or region.scalars
        tags = set(tags)
        facets = [
            (cell, facet)
            for boundary in self.boundaries
            if boundary.tag in tags and boundary.subdomain in region.subdomains
            for cell, facet in boundary.facets
            if axis is None or self._lies_in_plane(cell, facet, axis, ends)
        ]
        return self._nodes(region, space, facets)

    def face_nodes(self, region: Region, faces: Iterable[FacetSet]) -> npt.NDArray[np.int32]:
        """Local nodes of a region on some faces of its own, as `boundary_nodes` gives them."""
        facets = [
            (cell, facet)
            for face in faces
            for subdomain, columns in face.sides
            if subdomain in region.subdomains
            for cell, facet in face.facets[:, columns]
        ]
        return self._nodes(region, region.scalars, facets)

    def _nodes(
        self, region: Region, space: fem.FunctionSpace, facets: Iterable[tuple[int, int]]
    ) -> npt.NDArray[np.int32]:
        """Local nodes of a region on facets that any rank has, each a cell and its facet."""
        marker = fem.Function(space)
        closure = compat.element_dofs_on_facets(space)
        dofs, size = space.dofmap.list, space.dofmap.bs
        local_cell = np.full(len(self.cell_subdomain), -1, dtype=np.int32)
        local_cell[region.parents] = np.arange(len(region.parents), dtype=np.int32)
        for cell, facet in facets:
            marker.x.array[dofs[local_cell[cell]][closure[facet]] * size] = 1.0
        synchronise_marks(marker)
        return np.flatnonzero(marker.x.array[::size]).astype(np.int32)

    # Construction

    def _find_inner_faces(self) -> tuple[tuple[Interface, ...], npt.NDArray[np.int32]]:
        fdim, topology = self.dim - 1, self.mesh.topology
        to_facets = topology.connectivity(self.dim, fdim).array.reshape(-1, self.dim + 1)
        own_label = np.arange(len(self.subdomains))
        facets, cells = self._facets_between(topology.index_map(fdim).size_local, own_label)
        subdomains = self.cell_subdomain[cells]
        swap = subdomains[:, 0] > subdomains[:, 1]
        cells[swap], subdomains[swap] = cells[swap][:, ::-1], subdomains[swap][:, ::-1]
        local = [np.argmax(to_facets[cells[:, s]] == facets[:, None], axis=1) for s in (0, 1)]
        rows = np.column_stack((cells[:, 0], local[0], cells[:, 1], local[1])).astype(np.int32)

        here = {(int(a), int(b)) for a, b in subdomains}
        pairs = sorted(set().union(*self.comm.allgather(here)))
        faces = tuple(
            Interface(
                i, self.subdomains[a], self.subdomains[b], rows[(subdomains == (a, b)).all(axis=1)]
            )
            for i, (a, b) in enumerate(pairs)
        )
        return faces, cells.astype(np.int32).reshape(-1, 2)

    def _facets_between(
        self, count: int, label: npt.NDArray
    ) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Those of the first facets between parts of different labels, and their two cells."""
        to_cells = self.mesh.topology.connectivity(self.dim - 1, self.dim)
        first = to_cells.offsets[:count]
        facets = np.flatnonzero(np.diff(to_cells.offsets[: count + 1]) == 2)
        cells = np.column_stack((to_cells.array[first[facets]], to_cells.array[first[facets] + 1]))
        labels = label[self.cell_subdomain[cells]]
        between = labels[:, 0] != labels[:, 1]
        return facets[between].astype(np.int32), cells[between]

    def _find_boundaries(self) -> tuple[ExteriorBoundary, ...]:
        fdim, topology = self.dim - 1, self.mesh.topology
        to_cells = topology.connectivity(fdim, self.dim)
        to_facets = topology.connectivity(self.dim, fdim).array.reshape(-1, self.dim + 1)
        facets = np.flatnonzero(self._facet_tag >= 0)
        cells = to_cells.array[to_cells.offsets[facets]]
        local = np.argmax(to_facets[cells] == facets[:, None], axis=1)
        keys = np.column_stack((self.cell_subdomain[cells], self._facet_tag[facets]))
        here = {(int(a), int(b)) for a, b in keys}
        found = sorted(set().union(*self.comm.allgather(here)))
        rows = np.column_stack((cells, local)).astype(np.int32)
        return tuple(
            ExteriorBoundary(
                i, self.subdomains[p], self.tags[r], rows[(keys == (p, r)).all(axis=1)]
            )
            for i, (p, r) in enumerate(found)
        )

    def _make_measures(self) -> dict[str, ufl.Measure]:
        owned = self.cell_subdomain[: self.mesh.topology.index_map(self.dim).size_local]
        cells = [np.flatnonzero(owned == p.index).astype(np.int32) for p in self.subdomains]
        is_loose = self.loose[self.cell_grain]
        data = {
            # The cells of `dx`, the same for `lumped` and for `centres`, then those of `loose_dx`.
            "dx": list(enumerate([*(3 * cells), *(own[is_loose[own]] for own in cells)])),
            "dS": [(c.index, c.facets.ravel()) for c in (*self.interfaces, *self.borders)],
            "ds": [(o.index, o.facets.ravel()) for o in self.boundaries],
        }
        return {
            kind: ufl.Measure(kind, domain=self.mesh, subdomain_data=sets, metadata=QUADRATURE)
            for kind, sets in data.items()
        }

    def _lies_in_plane(self, cell: int, facet: int, axis: int, ends: Iterable[int]) -> bool:
        nodes = compat.cell_nodes(self.mesh)[cell]
        closure = [i for i in range(self.dim + 1) if i != facet]
        x = self.mesh.geometry.x[nodes[closure], axis]
        tolerance = 1e-8 * np.ptp(self.bounds[:, axis])
        return any(np.all(np.abs(x - self.bounds[end, axis]) < tolerance) for end in ends)


class Integral:
    """A compiled scalar form; its value is the sum over all ranks."""

    def __init__(self, domain: Domain, form: ufl.Form):
        self._comm = domain.comm
        self._form = domain.compile(form)

    @property
    def value(self) -> float:
        """The integral with the present coefficients."""
        return float(self._comm.allreduce(fem.assemble_scalar(self._form)))


def _sample(dim: int) -> npt.NDArray[np.float64]:
    """Barycentric coordinates of points evenly distributed over a facet, shape (k, dim)."""
    count = 16 if dim == 2 else 8
    if dim == 2:
        first = (np.arange(count) + 0.5) / count
        return np.column_stack((first, 1.0 - first))
    step = (np.arange(count) + 1.0 / 3.0) / count
    a, b = (grid.ravel() for grid in np.meshgrid(step, step))
    below = a + b < 1.0
    return np.column_stack((a, b, 1.0 - a - b))[below]


def synchronise_marks(marker: fem.Function) -> None:
    """Make a node marked on any rank marked on all ranks that know it."""
    marker.x.scatter_reverse(la.InsertMode.add)
    marker.x.scatter_forward()

"""Which cracked places hang together, over all bodies and ranks."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra
from scipy.spatial import KDTree

from ecmcell.case.materials import needed
from ecmcell.case.schema import Case
from ecmcell.domain import gather
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary, FacetSet, Interface
from ecmcell.microstructure.mesh.simplices import distances
from ecmcell.processes.context import Context
from ecmcell.processes.process import Process
from ecmcell.processes.state import DAMAGE, State

CRACKED = 0.9
"""What has at least this damage, over less than the length of cracks, is a crack."""

# What is damaged through and through ends this many lengths from where neither an edge of it nor
# the surface is near: the corner of a square does at the root of two; half of that is for the mesh.
_FRINGE = 2.2
# Points closer than this part of the size of the cell are the same.
_SAME = 1e-9

Floats = npt.NDArray[np.float64]
Nodes = npt.NDArray[np.intp]
Bools = npt.NDArray[np.bool_]


class CrackGraph(Process):
    """Nodes of all that may crack or conduct ions, joined where something may flow between them.

    What its methods return is complete on rank 0 and empty elsewhere. It is made and it looks on
    all ranks together.

    Args:
        case: What to solve.
        domain: Where.
        state: The unknowns.

    Attributes:
        points: Coordinates of the nodes, shape (n, 3).
    """

    def __init__(self, case: Case, domain: Domain, state: State):
        self._domain, self._state = domain, state
        wanted = state.crack.keys() | state.electrolyte.keys()
        self._regions = {b: region for b, region in domain.bodies.items() if b in wanted}
        points = [gather.gather_points(region) for region in self._regions.values()]
        cells = [gather.gather_cells(region) for region in self._regions.values()]
        starts = np.cumsum([0, *map(len, points)])
        self._start = dict(zip(self._regions, starts, strict=False))
        self.points = np.concatenate(points)
        joined = np.concatenate([c + s for c, s in zip(cells, starts, strict=False)])
        corners = range(joined.shape[1])
        self._edges = np.concatenate([joined[:, [i, j]] for i in corners for j in range(i)])
        scale = np.ptp(domain.bounds, axis=0).max() * _SAME
        _, place = np.unique(np.round(self.points / scale), axis=0, return_inverse=True)
        self._place: Nodes = place.ravel()  # the same for nodes of several bodies at one place
        self._node_of = {
            body: gather.gather_node_map(region, self._regions[body]) + self._start[body]
            for body, region in state.crack_regions.items()
        }
        self._length = {
            body: max(
                needed(case.phases[subdomain.phase].cracking).regularisation_length
                for subdomain in region.subdomains
            )
            for body, region in state.crack_regions.items()
        }
        self._depth = {  # of each node below the surface of its body, um
            body: _depth(gather.gather_points(region), gather.gather_cells(region))
            for body, region in state.crack_regions.items()
        }
        self._grain = np.full(len(self.points), -1, dtype=np.intp)
        for body, region in state.crack_regions.items():
            nodes = self._node_of[body][gather.gather_cells(region)]
            grains = gather.gather_cell_values(region, domain.cell_grain[region.parents])
            self._grain[nodes] = grains[:, None]
        self._pores = self._edges_on(partial(_has_tag, "pore"))
        self._broken: Nodes = np.zeros((0, 2), dtype=np.intp)
        self._damaged = np.zeros(len(self.points), dtype=bool)
        self._cracked = self._damaged.copy()
        # Where there ever was a crack lithium may flow, though all around be damaged by now, too.
        self._passable: Bools = self._cracked.copy()

    @classmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Where something may crack, or lithium fill pores."""
        is_asked = context.state.crack or context.case.filled_crack_count
        return [cls(context.case, context.domain, context.state)] if is_asked else []

    def end_step(self) -> None:
        """See what has cracked in the time step."""
        self.look()

    def memory(self) -> dict[str, npt.NDArray[np.float64]]:
        """Where there ever was a crack."""
        return {"passable": self._passable.astype(float)}

    def recall(self, memory: Mapping[str, npt.NDArray[np.float64]]) -> None:
        """Lithium may flow there."""
        if len(self.points):  # on rank 0
            self._passable = np.asarray(memory["passable"]) > 0.5
        self.look()

    def look(self) -> None:
        """See what is cracked and broken at the present state; collective."""
        for body, damage in self._state.crack.items():
            nodes, damaged = self._node_of[body], gather.gather_nodes(damage) >= CRACKED
            self._damaged[nodes] = damaged
            points, depth = self.points[nodes], self._depth[body]
            self._cracked[nodes] = localised(points, damaged, self._length[body], depth)
        self._passable |= self._cracked
        self._broken = self._find_broken()

    def cracked(self, body: str) -> Bools:
        """Which nodes of a body that may crack lie in cracks, in the order of `gather_nodes`."""
        return self._cracked[self._node_of[body]]

    def nodes_on(self, wanted: Callable[[FacetSet], bool]) -> Nodes:
        """The nodes on some contacts and exterior facets."""
        found = [self._facets(face).ravel() for face in self._faces(wanted)]
        return np.unique(np.concatenate([np.zeros(0, dtype=np.intp), *found]))

    def nodes_of(self, tag: str) -> Nodes:
        """The nodes on the exterior facets of a boundary tag."""
        return self.nodes_on(partial(_has_tag, tag))

    def cracked_grains(self) -> Nodes:
        """Numbers of the grains in which there is a crack."""
        return np.unique(self._grain[self._cracked])

    def cracks(self) -> list[Nodes]:
        """The nodes of each crack, of whatever bodies and across whatever interfaces it runs."""
        return self._connected(self._cracked, np.zeros((0, 2), dtype=np.intp))

    def ways(self) -> list[Nodes]:
        """The nodes of all that lithium may flow through: cracks, broken contacts and pores.

        What is broken over more than the width of a crack is no crack, but lithium flows on into it
        from any of these: where a full pore breaks what is around it, say. Without one of them
        near, even damage is no way.
        """
        joined = np.concatenate([self._pores, self._broken])
        certain = self._passable.copy()
        certain[joined] = True
        found = self._connected(self._passable | self._damaged, joined)
        return [nodes for nodes in found if certain[nodes].any()]

    def path(self, way: Nodes, begin: Nodes, end: Nodes) -> Floats:
        """Points on the shortest way among some nodes from some of them to others; rank 0."""
        inside = np.zeros(len(self.points), dtype=bool)
        inside[way] = True
        edges = self._edges[inside[self._edges].all(axis=1)]
        lengths = distances(self.points, edges)
        links = self._links(self._place[edges], lengths)
        start = np.unique(self._place[np.intersect1d(way, begin)])
        distance, before, _ = dijkstra(
            links, directed=False, indices=start, min_only=True, return_predecessors=True
        )
        goals = self._place[np.intersect1d(way, end)]
        at = int(goals[np.argmin(distance[goals])])
        passed = [at]
        while before[at] >= 0:
            at = int(before[at])
            passed.append(at)
        point = np.zeros((self._place.max() + 1, 3))
        point[self._place] = self.points
        return point[passed[::-1]]

    def _connected(self, cracked: Bools, also: Nodes) -> list[Nodes]:
        """The nodes of each connected set, cracked or on edges that join beside the cells."""
        if self._domain.comm.rank > 0:
            return []
        cracked = cracked.copy()
        edges = np.concatenate([self._edges[cracked[self._edges].all(axis=1)], also])
        cracked[also] = True
        _, label = connected_components(self._links(self._place[edges]), directed=False)
        of_node = np.where(cracked, label[self._place], -1)
        return [np.flatnonzero(of_node == n) for n in np.unique(label[self._place[edges]])]

    def _faces(self, wanted: Callable[[FacetSet], bool]) -> list[FacetSet]:
        """The contacts and exterior facets of the bodies that are wanted."""
        faces: list[FacetSet] = [*self._domain.interfaces, *self._domain.boundaries]
        return [face for face in faces if wanted(face) and self._body(face) is not None]

    def _body(self, face: FacetSet) -> str | None:
        """The body that counts the nodes of a face."""
        subdomains = (face.plus, face.minus) if isinstance(face, Interface) else (face.subdomain,)
        return next(
            (subdomain.body for subdomain in subdomains if subdomain.body in self._regions), None
        )

    def _facets(self, face: FacetSet) -> Nodes:
        """Nodes of each facet of a face, shape (facets, dim)."""
        body = needed(self._body(face))
        found = gather.gather_face_nodes(self._domain, face, self._regions[body])
        return (found + self._start[body]).astype(np.intp)

    def _edges_on(self, wanted: Callable[[FacetSet], bool]) -> Nodes:
        return _edges([self._facets(face) for face in self._faces(wanted)])

    def _find_broken(self) -> Nodes:
        """Edges of the facets where interfaces have debonded."""
        if not self._state.interface:
            return np.zeros((0, 2), dtype=np.intp)
        damage, found = self._state.interface[DAMAGE], []
        for face in self._faces(lambda face: not isinstance(face, ExteriorBoundary)):
            region = self._regions[needed(self._body(face))]
            values = gather.gather_skeleton_values(self._domain, face, region, damage)
            found.append(self._facets(face)[values >= CRACKED])
        return _edges(found)

    def _links(self, edges: Nodes, lengths: Floats | None = None) -> coo_array:
        weights = np.ones(len(edges)) if lengths is None else lengths
        # Where cells share an edge it counts once.
        edges, first = np.unique(np.sort(edges, axis=1), axis=0, return_index=True)
        size = int(self._place.max(initial=-1)) + 1
        return coo_array((weights[first], edges.T), shape=(size, size))


def localised(points: Floats, damaged: Bools, length: float, depth: Floats) -> Bools:
    """Which of some nodes of a body lie in cracks, and not where it is damaged evenly.

    A crack is damaged over a small part of its length: whole nodes, or the surface of the body, are
    near. Where neither is within the length, damage has not localised, and what is around it
    belongs to it. Across a narrow place no crack falls off: all damage there is one.

    Args:
        points: The nodes of the body.
        damaged: Those with the damage of a crack.
        length: Over which cracks are smeared, um.
        depth: Of each node below the surface of the body, um.
    """
    whole, inner = points[~damaged], damaged & (depth > length * (1.0 + _SAME))
    deep = points[inner]
    if len(whole) and len(deep):
        deep = deep[KDTree(whole).query(deep)[0] > length]
    found = damaged.copy()
    if len(deep):
        found[damaged] = KDTree(deep).query(points[damaged])[0] > _FRINGE * length
    return found


def _depth(points: Floats, cells: Nodes) -> Floats:
    """How far each node of a body is from the nodes of its surface."""
    if not len(cells):
        return np.zeros(len(points))
    facets = np.concatenate([np.delete(cells, corner, axis=1) for corner in range(cells.shape[1])])
    facets, count = np.unique(np.sort(facets, axis=1), axis=0, return_counts=True)
    surface = points[np.unique(facets[count == 1])]
    return np.asarray(KDTree(surface).query(points)[0])


def _edges(facets: list[Nodes]) -> Nodes:
    """The edges of some facets, shape (n, 2)."""
    none = np.zeros((0, 2), dtype=np.intp)
    pairs = [f[:, [i, j]] for f in facets for i in range(f.shape[1]) for j in range(i)]
    return np.concatenate([none, *pairs])


def _has_tag(tag: str, face: FacetSet) -> bool:
    return isinstance(face, ExteriorBoundary) and face.tag == tag

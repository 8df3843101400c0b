"""Which cracked places hang together, over all bodies and ranks."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, dijkstra

from ecmcell.domain import gather
from ecmcell.domain.domain import Domain, Face
from ecmcell.simulation.state import State

# Points closer than this part of the size of the cell are the same.
_SAME = 1e-9

CRACKED = 0.9
"""Nodes with at least this damage lie in a crack."""

Floats = npt.NDArray[np.float64]
Nodes = npt.NDArray[np.intp]


class CrackGraph:
    """Nodes of all that may crack, joined by cells, and from body to body where they coincide.

    All methods are collective; what they return is complete on rank 0 and empty elsewhere.

    Args:
        domain: Where.
        state: The unknowns.

    Attributes:
        points: Coordinates of the nodes, shape (n, 3).
    """

    def __init__(self, domain: Domain, state: State):
        self._domain, self._state = domain, state
        regions = state.crack_regions
        points = {body: gather.gather_points(region) for body, region in regions.items()}
        cells = [gather.gather_cells(region) for region in regions.values()]
        starts = np.cumsum([0, *(len(p) for p in points.values())])
        self._start = dict(zip(regions, starts, strict=False))
        self.points = np.concatenate(list(points.values()))
        joined = np.concatenate([c + s for c, s in zip(cells, starts, strict=False)])
        corners = range(joined.shape[1])
        self._edges = np.concatenate([joined[:, [i, j]] for i in corners for j in range(i)])
        scale = np.ptp(self.points, axis=0).max(initial=0.0) * _SAME or 1.0
        _, place = np.unique(np.round(self.points / scale), axis=0, return_inverse=True)
        self._place: Nodes = place.ravel()

    def nodes_on(self, wanted: Callable[[Face], bool]) -> Nodes:
        """The nodes on some contacts and outer facets."""
        domain, found = self._domain, [np.zeros(0, dtype=np.intp)]
        faces: list[Face] = [*domain.contacts, *domain.outers]
        for face in faces:
            if not wanted(face):
                continue
            for body, region in self._state.crack_regions.items():
                if face.near in region.parts or getattr(face, "minus", None) in region.parts:
                    nodes = gather.gather_face_nodes(domain, face, region)
                    found.append(np.unique(nodes) + self._start[body])
        return np.concatenate(found).astype(np.intp)

    def connected(self) -> list[Nodes]:
        """The nodes of each crack, of whatever bodies and across whatever interfaces it runs."""
        damage = [gather.gather_nodes(d) for d in self._state.crack.values()]
        if self._domain.comm.rank > 0:
            return []
        cracked = np.concatenate(damage) >= CRACKED
        edges = self._place[self._edges[cracked[self._edges].all(axis=1)]]
        _, label = connected_components(self._links(edges), directed=False)
        of_node = np.where(cracked, label[self._place], -1)
        return [np.flatnonzero(of_node == number) for number in np.unique(label[edges])]

    def path(self, crack: Nodes, begin: Nodes, end: Nodes) -> Floats:
        """Points on the shortest way through a crack from some of its nodes to others; rank 0."""
        inside = np.zeros(len(self.points), dtype=bool)
        inside[crack] = True
        edges = self._edges[inside[self._edges].all(axis=1)]
        lengths = np.linalg.norm(np.diff(self.points[edges], axis=1)[:, 0], axis=1)
        links = self._links(self._place[edges], lengths)
        start = np.unique(self._place[np.intersect1d(crack, begin)])
        distance, before, _ = dijkstra(
            links, directed=False, indices=start, min_only=True, return_predecessors=True
        )
        goals = self._place[np.intersect1d(crack, end)]
        at = int(goals[np.argmin(distance[goals])])
        way = [at]
        while before[at] >= 0:
            at = int(before[at])
            way.append(at)
        point = np.zeros((self._place.max() + 1, 3))
        point[self._place] = self.points
        return point[way[::-1]]

    def _links(self, edges: npt.NDArray[np.intp], lengths: Floats | None = None) -> coo_array:
        weights = np.ones(len(edges)) if lengths is None else lengths
        # Where cells share an edge it counts once.
        edges, first = np.unique(np.sort(edges, axis=1), axis=0, return_index=True)
        size = int(self._place.max(initial=-1)) + 1
        return coo_array((weights[first], edges.T), shape=(size, size))

"""Where the values of each body go in the arrays that are written.

All calls are collective; what they return is complete on rank 0 and empty elsewhere.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np
from dolfinx import fem

from ecmcell.domain import gather
from ecmcell.domain.average import Average
from ecmcell.domain.domain import Domain
from ecmcell.domain.faces import ExteriorBoundary, FacetSet
from ecmcell.domain.region import Region

Fields = Mapping[str, np.ndarray]
"""Values by name with unit."""


class OnDemand(Fields):
    """Values by name with unit that are evaluated when they are asked for.

    Args:
        evaluations: What gives the values, by name; collective calls.
    """

    def __init__(self, evaluations: Mapping[str, Callable[[], np.ndarray]]):
        self._evaluations = evaluations

    def __getitem__(self, name: str) -> np.ndarray:
        """The values at present."""
        return self._evaluations[name]()

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._evaluations)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._evaluations)


class Points:
    """The points of all bodies, one body after the other.

    Args:
        domain: The domain.

    Attributes:
        starts: Number of the first point of each body.
        coordinates: Where the points are, shape (points, 3), um.
    """

    def __init__(self, domain: Domain):
        self._domain = domain
        found = {body: gather.gather_points(region) for body, region in domain.bodies.items()}
        counts = [len(points) for points in found.values()]
        self.starts = dict(zip(found, np.cumsum([0, *counts]), strict=False))
        self.coordinates = np.concatenate(list(found.values()))
        self._maps: dict[str, np.ndarray] = {}

    def nodal(
        self,
        functions: Mapping[str, fem.Function],
        factors: Mapping[str, float] | None = None,
    ) -> np.ndarray:
        """Values from linear functions by body, times a factor each."""
        out = None
        for body, function in functions.items():
            values = gather.gather_nodes(function)
            if out is None:
                out = np.full((len(self.coordinates), *values.shape[1:]), np.nan)
            start = self.starts[body]
            factor = 1.0 if factors is None else factors[body]
            out[start : start + len(values)] = factor * values
        return np.zeros(0) if out is None else out

    def spread(
        self, functions: Mapping[str, fem.Function], regions: Mapping[str, Region]
    ) -> np.ndarray:
        """Values from functions by body that live in a region of it alone."""
        return self.put({b: gather.gather_nodes(f) for b, f in functions.items()}, regions)

    def put(self, values: Mapping[str, np.ndarray], regions: Mapping[str, Region]) -> np.ndarray:
        """Gathered values at the nodes of a region of each body."""
        out = np.full(len(self.coordinates), np.nan)
        for body, given in values.items():
            out[self.starts[body] + self._nodes(body, regions[body])] = given
        return out

    def _nodes(self, body: str, region: Region) -> np.ndarray:
        """For each node of a region its number in the body."""
        if region.name not in self._maps:
            self._maps[region.name] = gather.gather_node_map(region, self._domain.bodies[body])
        return self._maps[region.name]


class Cells:
    """The cells of all bodies, in the order of `Points`.

    Args:
        domain: The domain.
    """

    def __init__(self, domain: Domain):
        self._bodies = domain.bodies

    def nodes(self, starts: Mapping[str, int]) -> np.ndarray:
        """The points of each cell, where those of each body start at some number."""
        return np.concatenate(
            [gather.gather_cells(region) + starts[b] for b, region in self._bodies.items()]
        )

    def put(self, values: Mapping[str, np.ndarray], shape: tuple[int, ...] = ()) -> np.ndarray:
        """Values by body, one of some shape for each cell of this rank, ghosts included."""
        found = []
        for body, region in self._bodies.items():
            none = np.full((len(region.parents), *shape), np.nan)
            found.append(gather.gather_cell_values(region, values.get(body, none)))
        return np.concatenate(found)

    def averages(self, averages: Mapping[str, Average], size: int) -> np.ndarray:
        """Averages over cells by body, vectors of some size; nan where they have no weight.

        Returns:
            Shape (cells, size).
        """
        values = {}
        for body, average in averages.items():
            found = average.update().x.array
            known = np.where(average.weight.x.array > 0.0, found, np.nan)
            values[body] = known.reshape(-1, size)
        return self.put(values, (size,))


class Facets:
    """The facets of all contacts and of some outer faces, one face after the other.

    Args:
        domain: The domain.
        boundaries: The outer faces.

    Attributes:
        nodes: Numbers of the nodes of each facet in the near body of its face, by face.
    """

    def __init__(self, domain: Domain, boundaries: Iterable[ExteriorBoundary]):
        self._domain = domain
        faces: list[FacetSet] = [*domain.interfaces, *boundaries]
        self._near = {face: domain.bodies[face.near.body] for face in faces}
        self.nodes = {
            face: gather.gather_face_nodes(domain, face, region)
            for face, region in self._near.items()
        }

    def put(
        self, averages: Mapping[Any, Average], regions: Mapping[Any, Region] | None = None
    ) -> np.ndarray:
        """Means over facets of averages around nodes of the near bodies, or of others, by face."""
        regions, out = regions or self._near, list[np.ndarray]()
        for face, nodes in self.nodes.items():
            values: np.ndarray = np.full(len(nodes), np.nan)
            if face in averages:
                function = averages[face].update()
                values = gather.gather_face_values(self._domain, face, regions[face], function)
            out.append(values)
        return np.concatenate(out)

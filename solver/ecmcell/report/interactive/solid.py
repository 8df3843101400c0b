"""What the interactive view draws: the cells of a run, as many as a page can hold."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.mesh.facets import unique_rows
from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import OutputMesh

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Means:
    """Means of values over those that became one, not counting NaN.

    Attributes:
        source: Which value each entry takes, shape (e,).
        target: Which mean it goes into, shape (e,).
        weight: How much it counts, shape (e,).
        count: Number of means.
    """

    source: Integers
    target: Integers
    weight: Floats
    count: int

    def of(self, values: Floats) -> Floats:
        """Means of the values, shape (count,); NaN where there is nothing but NaN."""
        taken = values[self.source]
        known = np.isfinite(taken)
        target, weight = self.target[known], self.weight[known]
        total = np.bincount(target, weight, self.count)
        summed = np.bincount(target, weight * taken[known], self.count)
        return np.divide(summed, total, out=np.full(self.count, np.nan), where=total > 0)


@dataclass(frozen=True)
class Solid:
    """Bodies as simplices; what one phase has in one body has points of its own.

    Attributes:
        points: Coordinates in um, shape (n, 3).
        point_phase: Index of the phase of each point, shape (n,).
        cells: Points of each triangle or tetrahedron, shape (m, dim + 1).
        boundary: Points of each facet around the phases in the bodies, shape (b, dim).
        facet_points: Coordinates in um, shape (p, 3).
        facets: Facet points of each interface facet, shape (k, dim); k may be 0.
        from_points: Takes values on points of the run to `points`.
        from_cells: Takes values on cells of the run to `points`.
        from_facets: Takes values on interface facets of the run to `facets`.
    """

    points: Floats
    point_phase: Integers
    cells: Integers
    boundary: Integers
    facet_points: Floats
    facets: Integers
    from_points: Means
    from_cells: Means
    from_facets: Means


def solid_of(mesh: OutputMesh, spacing: float = 0.0) -> Solid:
    """The cells of a run, as many as a spacing leaves.

    All points in a cube with that side move to one place, whatever body they belong to, so that
    bodies stay in touch; cells that lose their extent by it go.

    Args:
        mesh: The cells.
        spacing: Side of the cubes in um; 0 keeps every cell.
    """
    places, place, facet_place = _places(mesh, spacing)
    parts = mesh.cell_body.astype(np.int64) * len(mesh.phase_names) + mesh.cell_phase
    corners = mesh.cells.ravel()
    owner = np.repeat(np.arange(len(mesh.cells)), mesh.cells.shape[1])
    keys = np.column_stack([place[corners], parts[owner]])
    first, number, _ = unique_rows(keys)
    cells, _, _ = _distinct(number.reshape(mesh.cells.shape))
    facets, kept, facet = _distinct(facet_place[mesh.interface_facets])
    touched, facets = np.unique(facets, return_inverse=True)
    moves = np.column_stack([corners, number])
    once = unique_rows(moves)[0]
    volumes = sizes(mesh.points, mesh.cells)
    areas = sizes(mesh.interface_points, mesh.interface_facets)
    return Solid(
        points=places[keys[first, 0]],
        point_phase=mesh.cell_phase.astype(np.int64)[owner[first]],
        cells=cells,
        boundary=_boundary(cells),
        facet_points=places[touched],
        facets=facets.reshape(-1, mesh.dim),
        from_points=Means(moves[once, 0], moves[once, 1], np.ones(len(once)), len(first)),
        from_cells=Means(owner, number, volumes[owner], len(first)),
        from_facets=Means(kept, facet, areas[kept], len(facets)),
    )


def _places(mesh: OutputMesh, spacing: float) -> tuple[Floats, Integers, Integers]:
    """Where points lie: the places, and the place of each point and of each interface point."""
    points = np.concatenate([mesh.points, mesh.interface_points])
    place: Integers = np.arange(len(points))
    if spacing > 0:
        low, high = points.min(axis=0), points.max(axis=0)
        cubes = np.floor((points - low) / spacing).astype(np.int64)
        first, place, _ = unique_rows(cubes)
        near = 1e-9 * float((high - low).max())
        rank = 2 * ((points - low < near).sum(axis=1) + (high - points < near).sum(axis=1))
        rank[len(mesh.points) + np.unique(mesh.interface_facets)] += 1
        highest = np.zeros(len(first), rank.dtype)
        np.maximum.at(highest, place, rank)
        leading = rank == highest[place]  # corners stay, then edges, sides and interfaces
        count = np.bincount(place[leading], minlength=len(first))
        sums = [np.bincount(place[leading], x[leading], len(first)) for x in points.T]
        points = np.column_stack(sums) / count[:, None]
    return points, place[: len(mesh.points)], place[len(mesh.points) :]


def _distinct(simplices: Integers) -> tuple[Integers, Integers, Integers]:
    """Simplices of different corners, each once; the rows that have some, and which one each is."""
    ordered = np.sort(simplices, axis=1)
    kept = np.flatnonzero((ordered[:, 1:] != ordered[:, :-1]).all(axis=1))
    if not len(kept):
        return simplices[:0], kept, kept
    first, number, _ = unique_rows(ordered[kept])
    return simplices[kept[first]], kept, number


def _boundary(cells: Integers) -> Integers:
    """Facets of one cell only."""
    corners = range(cells.shape[1])
    facets = np.concatenate([np.delete(cells, corner, axis=1) for corner in corners])
    first, _, count = unique_rows(np.sort(facets, axis=1))
    return facets[first[count == 1]]

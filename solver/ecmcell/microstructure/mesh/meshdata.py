"""The mesh as plain arrays: what a recipe makes on rank 0 and the domain distributes."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ecmcell.microstructure.mesh.facets import facets_of

_LEVEL = 1e-8  # of the length, within which a vertex lies in a plane


@dataclass(frozen=True)
class MeshData:
    """A simplex mesh whose cells belong to grains and whose exterior facets have boundary tags.

    Attributes:
        points: Vertex coordinates in um, shape (n, dim).
        cells: Vertices of each triangle or tetrahedron, shape (m, dim + 1).
        cell_grain: Grain of each cell, shape (m,), numbered 0, 1, ... without holes.
        grain_phase: Phase name of each grain.
        facets: Vertices of the exterior facets that have a boundary tag, shape (k, dim).
        facet_tag: Index into `tags` of each of those facets, shape (k,).
        tags: Names such as `anode`, `collector`, `side`.
        statistics: What was made against what was asked (plain numbers and strings).
        box: Lower and upper corner of the sample, shape (2, dim), where voids at its faces make it
            larger than what is meshed; None where it is not.
        section: Footprint in um2 (um in 2D) of a sample that is no box; None of one that is.
    """

    points: npt.NDArray[np.float64]
    cells: npt.NDArray[np.int64]
    cell_grain: npt.NDArray[np.int32]
    grain_phase: tuple[str, ...]
    facets: npt.NDArray[np.int64]
    facet_tag: npt.NDArray[np.int32]
    tags: tuple[str, ...]
    statistics: dict[str, object] = field(default_factory=dict)
    box: npt.NDArray[np.float64] | None = None
    section: float | None = None

    @property
    def dim(self) -> int:
        """Space dimension, 2 or 3."""
        return self.points.shape[1]

    @property
    def bounds(self) -> npt.NDArray[np.float64]:
        """Lower and upper corner of the sample, shape (2, dim)."""
        if self.box is not None:
            return self.box
        return np.array([self.points.min(axis=0), self.points.max(axis=0)])

    @property
    def footprint(self) -> float:
        """Section of the sample across x, um2 (um in 2D)."""
        if self.section is not None:
            return self.section
        return float(np.prod(np.ptp(self.bounds[:, 1:], axis=0)))

    @cached_property
    def touching(self) -> set[tuple[int, int]]:
        """Pairs of grains with a facet in common, the lower number first."""
        facets = facets_of(self.cells)
        grain = np.sort(self.cell_grain[facets.cells[~facets.boundary]], axis=1)
        pairs = np.unique(grain[grain[:, 0] != grain[:, 1]], axis=0)
        return {(int(a), int(b)) for a, b in pairs}

    @cached_property
    def rough_boundaries(self) -> frozenset[str]:
        """Boundary tags with a facet outside of the planes that bound the sample along x."""
        rough = ~self.in_planes(0, (0, 1))
        return frozenset(self.tags[k] for k in np.unique(self.facet_tag[rough]))

    def in_planes(self, axis: int, ends: Sequence[int]) -> npt.NDArray[np.bool_]:
        """Which of `facets` lie in the planes that bound the sample along an axis, shape (k,).

        Args:
            axis: Across the planes.
            ends: Which of the two, 0 the lower one.
        """
        planes, length = self.bounds[list(ends), axis], np.ptp(self.bounds[:, axis])
        near = np.abs(self.points[self.facets, axis][..., None] - planes) < _LEVEL * length
        return np.asarray(near.all(axis=1).any(axis=-1))

    def digest(self) -> str:
        """SHA-256 of everything but the statistics."""
        made = hashlib.sha256(json.dumps([self.grain_phase, self.tags, self.dim]).encode())
        arrays = [self.points, self.cells, self.cell_grain, self.facets, self.facet_tag]
        for array in arrays if self.box is None else [*arrays, self.box]:
            made.update(np.ascontiguousarray(array).data)
        return made.hexdigest()

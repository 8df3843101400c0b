"""The mesh as plain arrays: what a recipe makes on rank 0 and the domain distributes."""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class MeshData:
    """A simplex mesh whose cells belong to grains and whose outer facets have roles.

    Attributes:
        points: Vertex coordinates in um, shape (n, dim).
        cells: Vertices of each triangle or tetrahedron, shape (m, dim + 1).
        cell_grain: Grain of each cell, shape (m,), numbered 0, 1, ... without holes.
        grain_phase: Phase name of each grain.
        facets: Vertices of the outer facets that have a role, shape (k, dim).
        facet_role: Index into `roles` of each of those facets, shape (k,).
        roles: Names such as `anode`, `collector`, `side`.
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
    facet_role: npt.NDArray[np.int32]
    roles: tuple[str, ...]
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
        n = self.cells.shape[1]
        facets = np.vstack([np.delete(self.cells, i, axis=1) for i in range(n)])
        grain = np.tile(self.cell_grain, n)
        facets.sort(axis=1)
        order = np.lexsort(facets.T)
        facets, grain = facets[order], grain[order]
        shared = np.all(facets[1:] == facets[:-1], axis=1)
        a, b = grain[:-1][shared], grain[1:][shared]
        between = a != b
        low, high = np.minimum(a, b)[between], np.maximum(a, b)[between]
        return {(int(i), int(j)) for i, j in zip(low, high, strict=True)}

    def digest(self) -> str:
        """SHA-256 of everything but the statistics."""
        made = hashlib.sha256(json.dumps([self.grain_phase, self.roles, self.dim]).encode())
        arrays = [self.points, self.cells, self.cell_grain, self.facets, self.facet_role]
        for array in arrays if self.box is None else [*arrays, self.box]:
            made.update(np.ascontiguousarray(array).data)
        return made.hexdigest()

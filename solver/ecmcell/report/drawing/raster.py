"""Fields of a plane mesh on a regular grid of pixels."""

from dataclasses import dataclass

import numpy as np
from matplotlib.tri import Triangulation


@dataclass(frozen=True)
class Raster:
    """Where each pixel lies in the mesh.

    Attributes:
        x: Middles of the columns, shape (columns,).
        y: Middles of the rows, shape (rows,).
        cell: Triangle at each pixel, -1 outside the mesh, shape (rows, columns).
        weights: Barycentric coordinates in that triangle, shape (rows, columns, 3).
    """

    x: np.ndarray
    y: np.ndarray
    cell: np.ndarray
    weights: np.ndarray

    @classmethod
    def of(cls, points: np.ndarray, triangles: np.ndarray, columns: int) -> "Raster":
        """Find the triangles of the pixels.

        Args:
            points: Coordinates, shape (n, 2), no two alike.
            triangles: Points of each triangle, shape (m, 3).
            columns: Pixels along the width.
        """
        low, size = points.min(axis=0), np.ptp(points, axis=0)
        rows = max(2, round(columns * size[1] / size[0]))
        x = low[0] + (np.arange(columns) + 0.5) * size[0] / columns
        y = low[1] + (np.arange(rows) + 0.5) * size[1] / rows
        places = np.stack(np.meshgrid(x, y), axis=-1)
        find = Triangulation(points[:, 0], points[:, 1], triangles).get_trifinder()
        cell = np.asarray(find(places[..., 0], places[..., 1]))
        corners = points[triangles[cell]]
        edges = np.swapaxes(corners[..., 1:, :] - corners[..., :1, :], -1, -2)
        rest = np.linalg.solve(edges, (places - corners[..., 0, :])[..., None])[..., 0]
        weights = np.concatenate([1 - rest.sum(axis=-1, keepdims=True), rest], axis=-1)
        return cls(x, y, cell, weights)

    def from_cells(self, values: np.ndarray) -> np.ndarray:
        """Values on triangles (m,) at the pixels; NaN outside."""
        return np.where(self.cell >= 0, values[self.cell], np.nan)

    def from_points(self, values: np.ndarray, triangles: np.ndarray) -> np.ndarray:
        """Values on points (n,) at the pixels, linear in each of `triangles` (m, 3)."""
        inside = (values[triangles[self.cell]] * self.weights).sum(axis=-1)
        return np.where(self.cell >= 0, inside, np.nan)

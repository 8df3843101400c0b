"""What is known of grains before a mesh is distributed."""

import numpy as np
import pytest

from ecmcell.domain.plan import grain_centroids
from meshes import grid


@pytest.mark.parametrize("dim", [2, 3])
def test_centroids_of_grains(dim: int) -> None:
    """Cells of different sizes count by these; a grain that is bent has its centroid outside."""
    axes = [np.array([0.0, 1.0, 3.0])] * 2 + [np.array([0.0, 0.5, 2.0])] * (dim - 2)
    corner = grid(axes, {0: "bent", 1: "rest"}, lambda at: (at[:, :2] > 1).all(axis=1).astype(int))
    bent = (9.0 * 1.5 - 4.0 * 2.0) / 5.0
    expected = np.array([[bent, bent, 1.0], [2.0, 2.0, 1.0]])[:, :dim]
    assert grain_centroids(corner) == pytest.approx(expected, rel=1e-12)

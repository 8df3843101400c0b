"""Size and shape of simplices against values by hand."""

import numpy as np
import pytest

from ecmcell.microstructure.mesh.simplices import (
    distances,
    edge_lengths,
    is_flat,
    measures,
    quality,
    sizes,
)

CORNERS = np.vstack([np.zeros(3), np.diag([1.0, 2.0, 3.0])])
TRIANGLE = np.array([[0.0, 0.0], [2.0, 0.0], [1.0, np.sqrt(3.0)]])
# Every other corner of a cube of edge 1: a regular tetrahedron of edge sqrt(2).
TETRAHEDRON = np.array([[0.0, 0.0, 0.0], [1.0, 1.0, 0.0], [1.0, 0.0, 1.0], [0.0, 1.0, 1.0]])


def test_sizes_of_segments_triangles_and_tetrahedra() -> None:
    assert sizes(CORNERS, np.array([[0, 2], [1, 2]])) == pytest.approx([2.0, np.sqrt(5.0)])
    assert sizes(CORNERS, np.array([[0, 1, 2]])) == pytest.approx([1.0])
    assert sizes(CORNERS, np.array([[0, 1, 2, 3]])) == pytest.approx([1.0])


def test_cells_that_run_the_wrong_way_count_negative() -> None:
    cells = np.array([[0, 1, 2], [0, 2, 1]])
    assert measures(TRIANGLE, cells) == pytest.approx([np.sqrt(3.0), -np.sqrt(3.0)])
    assert sizes(TRIANGLE, cells) == pytest.approx([np.sqrt(3.0)] * 2)


@pytest.mark.parametrize(("points", "edge"), [(TRIANGLE, 2.0), (TETRAHEDRON, np.sqrt(2.0))])
def test_regular_simplices(points: np.ndarray, edge: float) -> None:
    cells = np.arange(len(points))[None]
    assert edge_lengths(points, cells) == pytest.approx([edge])
    assert quality(points, cells) == pytest.approx([1.0])
    assert not is_flat(points, cells)
    flattened = points * np.append(np.ones(points.shape[1] - 1), 1e-4)
    assert is_flat(flattened, cells)


def test_distances_of_pairs() -> None:
    pairs = np.array([[0, 3], [3, 2]])
    assert distances(CORNERS, pairs) == pytest.approx([3.0, np.sqrt(13.0)])

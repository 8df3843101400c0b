"""Cells that a disc touches."""

import numpy as np
import pytest

from ecmcell.domain.intersections import disc

RNG = np.random.default_rng(7)


def tetrahedra(count: int, size: float) -> np.ndarray:
    """Corners of some around random places near the origin, shape (count, 4, 3)."""
    middles = RNG.uniform(-1.5, 1.5, size=(count, 1, 3))
    return middles + size * RNG.normal(size=(count, 4, 3))


def holds(corners: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Whether any of some points lies in each tetrahedron."""
    edges = (corners[:, 1:] - corners[:, :1]).transpose(0, 2, 1)
    inverse = np.linalg.inv(edges)
    fraction = np.einsum("cij,pcj->pci", inverse, points[:, None] - corners[None, :, 0])
    return ((fraction >= 0.0).all(axis=2) & (fraction.sum(axis=2) <= 1.0)).any(axis=0)


@pytest.mark.parametrize("size", [0.05, 0.3, 2.0])
def test_disc_touches_what_holds_a_point_of_it(size: float) -> None:
    """All cells with a point of it, and hardly any other."""
    normal = np.array([1.0, 2.0, -2.0]) / 3.0
    along = np.array([2.0, -1.0, 0.0]) / np.sqrt(5.0)
    across = np.cross(normal, along)
    centre = np.array([0.1, -0.2, 0.3])
    radius = np.sqrt(RNG.uniform(size=4000))
    angle = RNG.uniform(0.0, 2.0 * np.pi, size=4000)
    points = centre + radius[:, None] * (
        np.cos(angle)[:, None] * along + np.sin(angle)[:, None] * across
    )
    corners = tetrahedra(600, size)
    touched = disc(centre, normal, 1.0)(corners)
    held = holds(corners, points)
    assert not (held & ~touched).any()
    assert touched.any()
    assert not touched.all()
    height = (corners - centre) @ normal
    reach = 1.0 + np.ptp(corners, axis=1).max(axis=1) * np.sqrt(3.0)
    assert (height.min(axis=1)[touched] <= 0.0).all()
    assert (height.max(axis=1)[touched] >= 0.0).all()
    assert (np.linalg.norm(corners[:, 0] - centre, axis=1) <= reach)[touched].all()


def test_disc_touches_a_cell_around_its_centre_and_one_corner() -> None:
    """Wholly within a large cell, or no more than a corner in its plane."""
    cell = np.array([[[-9.0, -9.0, -9.0], [27.0, -9.0, -9.0], [-9.0, 27.0, -9.0], [-9, -9, 27]]])
    up = np.array([0.0, 0.0, 1.0])
    assert disc(np.zeros(3), up, 0.1)(cell).all()
    tip = np.array([[[0.5, 0.0, 0.0], [1.0, 0.0, 1.0], [0.0, 0.5, 1.0], [0.0, -0.5, 1.0]]])
    assert disc(np.zeros(3), up, 0.6)(tip).all()
    assert not disc(np.zeros(3), up, 0.4)(tip).any()

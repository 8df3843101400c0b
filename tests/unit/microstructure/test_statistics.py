"""Statistics: shares, surfaces and percolation of a mesh that is known by heart."""

import numpy as np
import pytest

from ecmcell.microstructure.mesh.facets import facets_of
from ecmcell.microstructure.mesh.topology import assemble
from ecmcell.microstructure.statistics import describe


def strip(phases: list[str], width: float = 2.0):
    """Unit squares side by side, each of a region of its own, `width` high."""
    x = np.arange(len(phases) + 1.0)
    points = np.array([[a, b] for a in x for b in (0.0, width)])
    cells = np.array(
        [
            c
            for k in range(len(phases))
            for c in ((2 * k, 2 * k + 1, 2 * k + 2), (2 * k + 1, 2 * k + 2, 2 * k + 3))
        ]
    )
    region = np.repeat(np.arange(len(phases)), 2)
    return assemble(points, cells, region, dict(enumerate(phases)))


def test_shares_and_surfaces():
    told = describe(strip(["a", "b", "b", "a"]))
    assert told["Volume fraction of a"] == pytest.approx(0.5)
    assert told["Specific surface a|b [um-1]"] == pytest.approx(2 * 2.0 / 8.0)
    assert told["Specific surface b|b [um-1]"] == pytest.approx(2.0 / 8.0)
    assert told["Mean neighbours of b"] == pytest.approx(1.0)
    assert told["Mean neighbours of a"] == 0.0
    assert told["Mean size of a [um]"] == pytest.approx(2 * np.sqrt(2.0 / np.pi))


def test_percolation_ends_where_another_phase_stands_between():
    told = describe(strip(["a", "a", "b", "a"]))
    assert told["Fraction of a reached from the anode"] == pytest.approx(2 / 3)
    assert told["Fraction of a reached from the collector"] == pytest.approx(1 / 3)
    assert told["Fraction of b reached from the anode"] == 0.0


def test_joined_phases_conduct_as_one():
    mesh = strip(["separator", "catholyte", "active", "catholyte"])
    alone = describe(mesh)
    joined = describe(mesh, [{"separator", "catholyte"}])
    assert alone["Fraction of catholyte reached from the anode"] == 0.0
    assert joined["Fraction of catholyte reached from the anode"] == pytest.approx(0.5)
    assert joined["Fraction of separator reached from the anode"] == 1.0
    assert joined["Fraction of active reached from the anode"] == 0.0


def test_facets_are_the_same_however_many_points_there_are():
    """Rows are sorted as one number each where that fits, else as rows."""
    mesh = strip(["a", "b"])
    small, large = facets_of(mesh.cells), facets_of(mesh.cells + 2**40)
    assert np.array_equal(small.vertices + 2**40, large.vertices)
    assert np.array_equal(small.cells, large.cells)

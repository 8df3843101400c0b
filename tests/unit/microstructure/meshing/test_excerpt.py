"""Meshes made of others."""

import numpy as np
import pytest

from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures
from ecmcell.microstructure.meshing.excerpt import excerpt, seen_along
from meshes import composite, layers


def tags(mesh: MeshData) -> dict[str, float]:
    """Length or area of the exterior facets of each boundary tag that is there."""
    size = np.bincount(mesh.facet_tag, measures(mesh.points, mesh.facets))
    return {mesh.tags[k]: size[k] for k in np.flatnonzero(size)}


def test_the_whole_stays_as_it_is() -> None:
    mesh = composite()
    assert excerpt(mesh, ["active", "catholyte", "separator"]) is mesh


def test_the_composite_layer_alone() -> None:
    whole = composite()
    layer = excerpt(whole, ["active", "catholyte"])
    assert layer.points.min(axis=0) == pytest.approx([0.0, 0.0])
    assert layer.points.max(axis=0) == pytest.approx([9.0, 8.0])
    assert measures(layer.points, layer.cells).sum() == pytest.approx(72.0)
    assert layer.grain_phase.count("active") == whole.grain_phase.count("active")
    assert tags(layer) == pytest.approx({"anode": 8.0, "collector": 8.0, "side": 18.0})


def test_what_is_left_out_is_pore() -> None:
    left = tags(excerpt(composite(), ["catholyte"]))
    assert left["pore"] > 4 * 2.0 * np.pi  # four discs of at least 2 um, one of them cut
    assert 0.0 < left["collector"] < 8.0


def test_axes_change_places() -> None:
    mesh = layers(3, {"a": 2.0, "b": 4.0}, [2, 2], across=3)
    turned = seen_along(mesh, 2)
    assert np.ptp(turned.points, axis=0) == pytest.approx([3.0, 6.0, 3.0])
    assert tags(turned) == pytest.approx({"anode": 18.0, "collector": 18.0, "side": 54.0})
    assert measures(turned.points, turned.cells).min() > 0.0
    assert turned.grain_phase == mesh.grain_phase

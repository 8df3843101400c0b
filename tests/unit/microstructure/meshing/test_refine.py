"""Cells are halved until they are as small as asked: same solid, same faces, no hanging nodes."""

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.facets import facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import edge_lengths, measures
from ecmcell.microstructure.meshing.refine import REFINED, refined
from ecmcell.microstructure.statistics import max_cells
from meshes import composite, layers

PORES = {"fraction": 0.03, "diameter": "0.8 um"}


@pytest.fixture(scope="module", params=["discs", "layers"])
def mesh(request: pytest.FixtureRequest) -> MeshData:
    if request.param == "discs":
        return composite()
    return layers(3, {"separator": 2.0, "catholyte": 2.0}, [2, 2])


def test_no_cell_is_larger_than_asked_and_all_is_as_it_was(mesh: MeshData) -> None:
    fine = refined(mesh, {"catholyte": 0.3})
    sizes = max_cells(fine)
    assert 0.15 < sizes["catholyte"] <= 0.3
    assert "catholyte from" in str(fine.statistics[REFINED])
    assert fine.statistics["Cells"] == len(fine.cells)
    volume = measures(fine.points, fine.cells)
    assert volume.min() > 0.0
    for grain in range(len(mesh.grain_phase)):
        before = measures(mesh.points, mesh.cells[mesh.cell_grain == grain]).sum()
        assert volume[fine.cell_grain == grain].sum() == pytest.approx(before, rel=1e-12)
    for tag in range(len(mesh.tags)):
        before = measures(mesh.points, mesh.facets[mesh.facet_tag == tag]).sum()
        after = measures(fine.points, fine.facets[fine.facet_tag == tag]).sum()
        assert after == pytest.approx(before, rel=1e-12)


def test_neighbours_share_whole_facets(mesh: MeshData) -> None:
    """A hanging node would leave facets with one cell only in the middle of the solid."""
    fine = refined(mesh, {"catholyte": 0.3})
    facets = facets_of(fine.cells)
    boundary = np.sort(facets.vertices[facets.boundary], axis=1)
    assert {*map(tuple, boundary)} == {*map(tuple, np.sort(fine.facets, axis=1))}


def test_cells_grow_away_from_those_that_had_to_be_small() -> None:
    """The other end of another layer stays as it was."""
    coarse = layers(2, {"separator": 16.0, "catholyte": 1.0}, [16, 1], across=1)
    fine = refined(coarse, {"catholyte": 0.1})
    size = edge_lengths(fine.points, fine.cells)
    far = fine.points[fine.cells].mean(axis=1)[:, 0] < 8.0
    assert size[far].min() == pytest.approx(edge_lengths(coarse.points, coarse.cells).max())
    assert max_cells(fine)["catholyte"] <= 0.1


def test_a_mesh_that_is_fine_enough_is_left_alone(mesh: MeshData) -> None:
    assert refined(mesh, {"catholyte": 10.0}) is mesh
    assert refined(mesh, {}) is mesh


def test_too_many_cells_are_refused_before_they_are_made(mesh: MeshData) -> None:
    with pytest.raises(Fault) as caught:
        refined(mesh, {"catholyte": 1e-4})
    assert caught.value.key == ("catholyte",)

"""Options of the composite cathode: particles cut by the sides, pores, necks."""

import numpy as np
import pytest
from tests.unit.microstructure.mesh.test_mesh import COMPOSITE, SPHERES

from ecmcell.case.faults import Fault
from ecmcell.microstructure.geometry.cuts import COLLECTOR, FREE, UNCUT, Cut, Cuts
from ecmcell.microstructure.geometry.diameters import Diameters, PackingError, ball_volume
from ecmcell.microstructure.geometry.packing import pack, place_pores
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.recipes.composite_cathode import CompositeCathode
from ecmcell.microstructure.statistics import describe

DIAMETERS = Diameters(mean=5.0, deviation=1.0, minimum=3.0, maximum=8.0)
COARSE = SPHERES | {
    "size": {"interface": "0.7 um", "max": "3 um", "growth": 0.5, "cells_across_gap": 0.7}
}
BOX = np.array([36.0, 24.0, 24.0])
CUTS = Cuts(Cut(0.2, 0.2), Cut(0.45, 1.0))


def build(content: dict, seed: int = 1):
    return CompositeCathode.model_validate(content).build(seed)


@pytest.fixture(scope="module")
def dense():
    return pack(DIAMETERS, BOX, 0.55, 0.1, CUTS, seed=1)


def test_two_hundred_spheres_fill_55_percent(dense):
    assert 150 < len(dense.radii) < 250
    assert dense.volume_fraction == pytest.approx(0.55, rel=1e-9)
    assert dense.min_gap() >= 0.1 - 1e-9


def test_spheres_at_the_sides_are_whole_with_their_mirror_images(dense):
    for face in range(1, 5):
        axis, far = (face + 1) // 2, face % 2 == 0
        own = dense.centres[dense.faces == face]
        assert len(own) >= 5
        assert np.allclose(own[:, axis], 24.0 if far else 0.0)
    free = dense.faces == FREE
    off = dense.centres[free] - dense.radii[free, None]
    assert off.min() >= 0.1 - 1e-9
    beyond = dense.centres[free] + dense.radii[free, None]
    assert (beyond <= BOX - 0.1 + 1e-9).all()


@pytest.mark.parametrize("depth", [0.3, 1.0])
def test_volume_of_cut_particles_counts_as_far_as_it_is_inside(depth):
    cuts = Cuts(Cut(0.1, 0.2), Cut(0.2, depth))
    packing = pack(DIAMETERS, BOX, 0.35, 0.2, cuts, seed=2)
    points = BOX * np.random.default_rng(1).random((200_000, 3))
    inside = np.zeros(len(points), dtype=bool)
    for centre, radius in zip(packing.centres, packing.radii, strict=True):
        inside |= ((points - centre) ** 2).sum(axis=1) < radius**2
    assert inside.mean() == pytest.approx(0.35, abs=0.005)


def test_without_sides_nothing_is_cut_there():
    packing = pack(DIAMETERS, BOX, 0.35, 0.2, Cuts(Cut(0.1, 0.2)), seed=2)
    assert Cuts(Cut(0.1, 0.2)).sides == UNCUT
    assert set(packing.faces) == {FREE, COLLECTOR}


def test_neighbours_are_those_within_reach(dense):
    pairs = {tuple(pair) for pair in dense.neighbours(0.5).tolist()}
    for i in range(len(dense.radii)):
        for j in range(i):
            away = np.linalg.norm(dense.centres[i] - dense.centres[j])
            assert ((j, i) in pairs) == (away - dense.radii[i] - dense.radii[j] < 0.5)


def test_pores_lie_in_the_matrix_and_have_their_volume():
    packing = pack(DIAMETERS, np.array([50.0, 22.0]), 0.5, 0.2, Cuts(Cut(0.1, 0.2)), seed=1)
    balls = packing.centres, packing.radii
    centres, radii = place_pores(packing.lengths, balls, (1.0, 0.03), 0.2, [1])
    assert ball_volume(radii, 2).sum() / (50 * 22) == pytest.approx(0.03)
    assert 2 * radii[0] == pytest.approx(1.0, rel=0.05)
    all_centres = np.concatenate([packing.centres, centres])
    all_radii = np.concatenate([packing.radii, radii])
    for k in range(len(radii)):
        away = np.linalg.norm(all_centres - centres[k], axis=1) - all_radii - radii[k]
        away[len(packing.radii) + k] = np.inf
        assert away.min() >= 0.2 - 1e-9


def test_too_many_pores_are_refused_with_what_fits():
    packing = pack(DIAMETERS, np.array([50.0, 22.0]), 0.6, 0.2, Cuts(Cut(0.1, 0.2)), seed=1)
    balls = packing.centres, packing.radii
    with pytest.raises(PackingError) as failed:
        place_pores(packing.lengths, balls, (2.0, 0.2), 0.2, [1])
    assert failed.value.reached is not None
    assert 0 < failed.value.reached < 0.2
    with pytest.raises(Fault, match="fits") as wrong:
        build(COMPOSITE | {"pores": {"fraction": 0.3, "diameter": "1 um"}})
    assert wrong.value.key == ("pores", "fraction")


def test_pores_of_the_separator_leave_the_layer_whole():
    mesh = build(COMPOSITE | {"separator_pores": {"fraction": 0.05, "diameter": "1 um"}})
    assert mesh.tags[-1] == "pore"
    rims = mesh.points[mesh.facets[mesh.facet_tag == mesh.tags.index("pore")]]
    assert rims[..., 0].max() < -0.29
    meshed = mesh.statistics["Separator pore fraction meshed"]
    assert meshed == pytest.approx(0.05, rel=0.1)
    assert "Pore fraction meshed" not in mesh.statistics
    with pytest.raises(Fault) as wrong:
        build(COMPOSITE | {"separator_pores": {"fraction": 0.7, "diameter": "1 um"}})
    assert wrong.value.key == ("separator_pores", "fraction")


def test_pores_are_holes_whose_faces_have_a_role_of_their_own():
    mesh = build(COMPOSITE | {"pores": {"fraction": 0.03, "diameter": "1 um"}})
    assert mesh.tags == ("anode", "collector", "side", "pore")
    volume = measures(mesh.points, mesh.cells).sum()
    assert volume == pytest.approx(14 * 26 - 0.03 * 14 * 20, rel=2e-3)
    faces = mesh.facets[mesh.facet_tag == 3]
    count = mesh.statistics["Pores"]
    diameter = np.sqrt(4 * 0.03 * 280 / (np.pi * count))
    assert measures(mesh.points, faces).sum() == pytest.approx(count * np.pi * diameter, rel=0.05)
    assert mesh.statistics["Pore fraction meshed"] == pytest.approx(0.03, rel=0.1)
    beside = np.isin(mesh.cells, np.unique(faces)).any(axis=1)
    assert {mesh.grain_phase[g] for g in mesh.cell_grain[beside]} == {"catholyte"}


def test_a_mesh_without_pores_has_no_role_for_them():
    assert build(COMPOSITE).tags == ("anode", "collector", "side")


@pytest.mark.parametrize("content", [COMPOSITE, COARSE])
def test_necks_join_particles_to_grains(content):
    asked = {"necks": {"reach": "1.2 um", "ratio": 0.3}, "side_contact": 0.1}
    alone = build(content | {"side_contact": 0.1})
    mesh = build(content | asked)
    necks = mesh.statistics["Necks"]
    particles = mesh.statistics["Particles"]
    grains = mesh.grain_phase.count("active")
    assert necks > 0
    assert particles - necks <= grains < particles == alone.grain_phase.count("active")
    assert quality(mesh.points, mesh.cells).min() > 0.01
    grown = mesh.statistics["Volume fraction meshed"] - alone.statistics["Volume fraction meshed"]
    assert 0 < grown < 0.05
    if mesh.dim == 3:
        reached = "Fraction of active reached from the collector"
        assert describe(mesh)[reached] > describe(alone)[reached] + 1e-3


def test_sides_cut_meshes_in_halves():
    mesh = build(COARSE | {"side_contact": 0.2})
    box = np.ptp(mesh.points, axis=0)
    assert measures(mesh.points, mesh.cells).sum() == pytest.approx(box.prod())
    told = mesh.statistics
    assert told["Volume fraction meshed"] == pytest.approx(0.2, rel=0.05)
    side = mesh.facets[mesh.facet_tag == mesh.tags.index("side")]
    active = np.isin(side, np.unique(mesh.cells[mesh.cell_grain < told["Particles"]])).all(axis=1)
    fraction = measures(mesh.points, side[active]).sum() / (4 * 20 * 13)
    assert fraction == pytest.approx(told["Side contact made"], rel=0.05)


def without(content: dict, *keys: str) -> dict:
    return {key: value for key, value in content.items() if key not in keys}


EIGHT = without(COMPOSITE, "cathode_thickness", "width", "diameter") | {
    "dimension": 3,
    "volume_fraction": 0.4,
    "particles": 8,
    "collector_contact": 0.1,
    "minimum_gap": "0.1 um",
}
BALLS = {"diameter": {"mean": "5 um"}}


def packed(content: dict, seed: int):
    return CompositeCathode.model_validate(content)._packing(seed)


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize(
    "content",
    [
        EIGHT | BALLS,
        EIGHT | BALLS | {"side_contact": 0.3},
        EIGHT | BALLS | {"volume_fraction": 0.25, "width": "14 um"},
        EIGHT | BALLS | {"volume_fraction": 0.25, "cathode_thickness": "14 um"},
        EIGHT | {"width": "11 um", "cathode_thickness": "12 um"},
        EIGHT | {"dimension": 2, "diameter": {"mean": "5 um", "deviation": "1 um"}},
    ],
)
def test_what_is_left_out_follows_from_the_number_of_particles(content, seed):
    packing = packed(content, seed)
    assert len(packing.radii) == 8
    assert packing.volume_fraction == pytest.approx(content["volume_fraction"], rel=1e-9)
    for key, axis in (("cathode_thickness", 0), ("width", 1)):
        if key in content:
            assert packing.lengths[axis] == float(content[key].split()[0])
    if "cathode_thickness" not in content and "width" not in content:
        assert np.ptp(packing.lengths) == 0.0
    if "diameter" in content:  # gives way so that whole particles have the volume
        assert 2 * packing.radii.mean() == pytest.approx(5.0, rel=0.05)


def test_edge_of_a_square_of_discs_that_nothing_cuts():
    """The exact edge: n pi d^2 / 4 = fraction edge^2."""
    keys = {"dimension": 2, "collector_contact": 0.0, "particles": 20} | BALLS
    packing = packed(EIGHT | keys, 1)
    assert packing.lengths == pytest.approx(np.sqrt(20 * np.pi * 25 / 4 / 0.4))
    assert 2 * packing.radii == pytest.approx(5.0)


def test_mesh_tells_the_layer_that_follows():
    mesh = build(EIGHT | BALLS | {"dimension": 2})
    assert mesh.statistics["Particles"] == 8
    told = mesh.statistics["Cathode thickness [um]"], mesh.statistics["Width [um]"]
    assert told[0] == told[1] == pytest.approx(mesh.points[:, 0].max())
    assert "Width [um]" not in build(COMPOSITE).statistics


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (COMPOSITE | {"particles": 8}, "is one value too many. Leave one of the four out"),
        (without(COMPOSITE, "diameter", "width") | {"particles": 8}, "without diameter and width"),
        (EIGHT, "without diameter and cathode_thickness is one value too few"),
    ],
)
def test_number_with_too_many_or_too_few_values_is_refused(content, words):
    with pytest.raises(ValueError, match=words) as wrong:
        CompositeCathode.model_validate(content)
    assert wrong.value.error_count() == 1


def test_number_that_cannot_be_packed_is_refused_with_what_would_do():
    with pytest.raises(Fault, match="leave out width and cathode_thickness for a cube"):
        packed(EIGHT | BALLS | {"volume_fraction": 0.65}, 1)


def test_one_size_gives_way_a_little_where_bounds_allow_it():
    packing = packed(COMPOSITE | {"diameter": {"mean": "4 um"}}, 1)
    assert np.ptp(packing.radii) == 0.0
    assert 2 * packing.radii[0] == pytest.approx(4.0, rel=0.1)
    narrow = {"mean": "4 um", "deviation": "0 um", "minimum": "4 um", "maximum": "4 um"}
    with pytest.raises(Fault, match=r"Widen diameter\.minimum"):
        packed(COMPOSITE | {"diameter": narrow}, 1)

"""Meshes of the recipes: they fill the box, keep to the particles, and know their faces."""

import subprocess
import sys
from itertools import pairwise, product
from pathlib import Path

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.facets import MeshingError, facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.mesh.topology import assemble, interface_measure
from ecmcell.microstructure.recipes import RECIPES
from meshes import grid, punched

COMPOSITE = {
    "recipe": "composite_cathode",
    "dimension": 2,
    "separator_thickness": "6 um",
    "cathode_thickness": "20 um",
    "width": "14 um",
    "volume_fraction": 0.45,
    "minimum_gap": "0.3 um",
    "collector_contact": 0.25,
    "diameter": {"mean": "5 um", "deviation": "0.6 um", "minimum": "4 um", "maximum": "6 um"},
    "size": {"interface": "0.3 um", "max": "2 um", "growth": 0.3},
}
SPHERES = COMPOSITE | {
    "dimension": 3,
    "width": "13 um",
    "volume_fraction": 0.2,
    "collector_contact": 0.08,
    "size": {"interface": "0.5 um", "max": "2.5 um", "growth": 0.4},
}
LAYERS = {
    "recipe": "layered",
    "dimension": 2,
    "width": "3 um",
    "size": "0.7 um",
    "layers": [
        {"phase": "separator", "thickness": "4 um", "size": "0.5 um"},
        {"phase": "active", "thickness": "1 um", "size": "0.3 um"},
        {"phase": "separator", "thickness": "2 um", "size": "1 um"},
    ],
}
BOXES = {
    "discs": ([-6, 20], [0, 14]),
    "spheres": ([-6, 20], [0, 13], [0, 13]),
    "layers": ([0, 7], [0, 3]),
    "solid layers": ([0, 7], [0, 3], [0, 3]),
}


def recipe_of(content: dict):
    return RECIPES[content["recipe"]].model_validate(content)


@pytest.fixture(scope="module")
def meshes() -> dict[str, MeshData]:
    contents = {
        "discs": COMPOSITE,
        "spheres": SPHERES,
        "layers": LAYERS,
        "solid layers": LAYERS | {"dimension": 3},
    }
    return {name: recipe_of(content).build(1) for name, content in contents.items()}


@pytest.fixture(params=BOXES)
def named(request, meshes) -> tuple[MeshData, np.ndarray]:
    return meshes[request.param], np.array(BOXES[request.param], dtype=float)


def test_cells_fill_the_box_and_none_is_turned_or_flat(named):
    mesh, box = named
    size = measures(mesh.points, mesh.cells)
    assert size.min() > 0
    assert size.sum() == pytest.approx(np.ptp(box, axis=1).prod(), rel=1e-12)
    assert quality(mesh.points, mesh.cells).min() > 0.1
    assert np.allclose(mesh.points.min(axis=0), box[:, 0])
    assert np.allclose(mesh.points.max(axis=0), box[:, 1])


def test_points_are_all_used_and_none_is_twice(named):
    mesh, _ = named
    assert np.array_equal(np.unique(mesh.cells), np.arange(len(mesh.points)))
    assert len(np.unique(mesh.points.round(9), axis=0)) == len(mesh.points)


def test_types_are_those_of_the_contract(named):
    mesh, _ = named
    assert mesh.points.dtype == np.float64
    assert mesh.cells.dtype == mesh.facets.dtype == np.int64
    assert mesh.cell_grain.dtype == mesh.facet_tag.dtype == np.int32
    assert set(mesh.cell_grain) == set(range(len(mesh.grain_phase)))


def test_every_outer_facet_has_the_role_of_its_face(named):
    mesh, box = named
    lengths = np.ptp(box, axis=1)
    area = measures(mesh.points, mesh.facets)
    by_tag = {tag: area[mesh.facet_tag == k].sum() for k, tag in enumerate(mesh.tags)}
    section = lengths[1:].prod()
    whole = sum(2 * lengths.prod() / length for length in lengths)
    assert by_tag["anode"] == pytest.approx(section)
    assert by_tag["collector"] == pytest.approx(section)
    assert by_tag["side"] == pytest.approx(whole - 2 * section)
    x = mesh.points[mesh.facets][:, :, 0]
    assert np.all(x[mesh.facet_tag == 0] == box[0, 0])
    assert np.allclose(x[mesh.facet_tag == 1], box[0, 1])


@pytest.mark.parametrize("name", ["discs", "spheres"])
def test_cells_of_a_particle_lie_within_it_and_no_others(name, meshes):
    content = COMPOSITE if name == "discs" else SPHERES
    packing, mesh = recipe_of(content)._packing(1), meshes[name]
    centre = mesh.points[mesh.cells].mean(axis=1)
    inside = (np.linalg.norm(centre[:, None] - packing.centres, axis=2) < packing.radii).T
    for particle in range(len(packing.radii)):
        own = mesh.cells[mesh.cell_grain == particle]
        away = np.linalg.norm(mesh.points[own] - packing.centres[particle], axis=2)
        assert mesh.grain_phase[particle] == "active"
        assert away.max() <= packing.radii[particle] * (1 + 1e-9)
        assert inside[particle][mesh.cell_grain == particle].all()
        strangers = inside[particle] & (mesh.cell_grain != particle)
        fraction = measures(mesh.points, mesh.cells[strangers]).sum()
        assert fraction < 0.02 * measures(mesh.points, own).sum()  # chords cut a little off
    in_separator = np.array(mesh.grain_phase)[mesh.cell_grain] == "separator"
    assert np.array_equal(in_separator, centre[:, 0] < 0)


@pytest.mark.parametrize("name", ["discs", "spheres"])
def test_statistics_say_what_was_made(name, meshes):
    mesh, dim = meshes[name], meshes[name].dim
    told = mesh.statistics
    layer = 20 * (14 if dim == 2 else 13 * 13)
    active = measures(mesh.points, mesh.cells[mesh.cell_grain < told["Particles"]]).sum() / layer
    assert told["Volume fraction packed"] == pytest.approx(told["Volume fraction asked"], rel=1e-9)
    assert told["Volume fraction meshed"] == pytest.approx(active)
    assert active == pytest.approx(told["Volume fraction asked"], rel=0.01 if dim == 2 else 0.02)
    assert told["Minimum gap [um]"] >= 0.3 - 1e-9
    assert told["Vertices"] == len(mesh.points)
    assert told["Cells"] == len(mesh.cells)
    assert told["Minimum diameter [um]"] <= told["Mean diameter [um]"]
    at_collector = mesh.facets[mesh.facet_tag == mesh.tags.index("collector")]
    phase = np.array(mesh.grain_phase)[mesh.cell_grain]
    active_points = np.unique(mesh.cells[phase == "active"])
    touching = np.isin(at_collector, active_points).all(axis=1)
    fraction = measures(mesh.points, at_collector[touching]).sum() * 20 / layer
    assert fraction == pytest.approx(told["Collector contact made"], rel=0.03)
    surface = interface_measure(mesh, "catholyte", "active") / layer
    assert surface == pytest.approx(told["Specific surface [um-1]"])
    smooth = 2 * dim * active / told["Mean diameter [um]"]  # of particles all alike
    assert surface == pytest.approx(smooth, rel=0.15)


def test_cells_are_small_in_gaps_and_grow_away(meshes):
    mesh = meshes["discs"]
    packing = recipe_of(COMPOSITE)._packing(1)
    edges = facets_of(mesh.cells).vertices
    length = np.linalg.norm(np.diff(mesh.points[edges], axis=1)[:, 0], axis=1)
    middle = mesh.points[edges].mean(axis=1)
    away = np.sort(np.linalg.norm(middle[:, None] - packing.centres, axis=2) - packing.radii)
    in_gap = (away[:, 0] > 0) & (away[:, :2].sum(axis=1) < 0.4)
    assert in_gap.sum() > 10
    assert np.median(length[in_gap]) < 0.25
    assert np.median(length[np.abs(away[:, 0]) < 0.1]) == pytest.approx(0.3, rel=0.15)
    assert np.median(length[away[:, 0] > 4]) > 1.0


def test_equal_seeds_give_equal_meshes_and_others_do_not(meshes):
    again, other = (recipe_of(COMPOSITE).build(seed) for seed in (1, 2))
    mesh = meshes["discs"]
    assert np.array_equal(mesh.points, again.points)
    assert np.array_equal(mesh.cells, again.cells)
    assert np.array_equal(mesh.cell_grain, again.cell_grain)
    assert not np.array_equal(mesh.points, other.points)


def test_layers_are_grains_of_their_own_in_their_order(meshes):
    for name in ("layers", "solid layers"):
        mesh = meshes[name]
        assert mesh.grain_phase == ("separator", "active", "separator")
        bounds = [
            (round(x.min(), 9), round(x.max(), 9))
            for x in (mesh.points[mesh.cells[mesh.cell_grain == g]][..., 0] for g in range(3))
        ]
        assert bounds == [(0, 4), (4, 5), (5, 7)]
    x = np.unique(meshes["layers"].points[:, 0].round(9))
    assert len(x) == 1 + 2 * (8 + 4 + 2)  # every box has its middle
    steps = np.diff(x[::2])
    assert steps == pytest.approx([0.5] * 8 + [0.25] * 4 + [1.0] * 2)


def test_a_pocket_of_the_matrix_is_a_grain_of_its_own():
    x = np.arange(4.0)
    points = np.array([[a, b] for a in x for b in (0.0, 1.0)])
    cells = np.array([c for k in (0, 2, 4) for c in ([k, k + 1, k + 2], [k + 1, k + 2, k + 3])])
    mesh = assemble(points, cells, np.array([5, 5, 3, 3, 5, 5]), {3: "active", 5: "catholyte"})
    assert mesh.grain_phase == ("active", "catholyte", "catholyte")
    assert mesh.cell_grain.tolist() == [1, 1, 0, 0, 2, 2]


def test_a_mesh_that_is_not_a_box_is_refused():
    points = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [0.5, 0.5]])
    cells = np.array([[0, 1, 3], [0, 3, 2]])
    with pytest.raises(MeshingError, match="hole"):
        assemble(points, cells, np.zeros(2, dtype=int), {0: "active"})


def test_a_flat_cell_is_refused():
    points = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, 1e-5], [0.5, 1.0]])
    with pytest.raises(MeshingError, match="flat"):
        assemble(points, np.array([[0, 1, 2], [0, 2, 3], [2, 1, 3]]), np.zeros(3), {0: "active"})


@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize(
    ("thickness", "width", "size", "key", "at_most"),
    [("3 nm", "0.3 um", "0.3 um", ("size",), 0.12), ("9 um", "3 nm", "3 nm", ("layers", 1), 0.12)],
)
def test_layers_too_thin_for_their_columns(dim, thickness, width, size, key, at_most):
    """What is refused names the size that would do, and that size does."""
    content = LAYERS | {"dimension": dim, "width": width, "size": size}
    content["layers"] = [
        {"phase": "separator", "thickness": "30 nm", "size": "30 nm"},
        {"phase": "film", "thickness": thickness, "size": thickness},
    ]
    with pytest.raises(Fault, match="are flat") as wrong:
        recipe_of(content).build(1)
    assert wrong.value.key[:2] == key
    assert f"at most {at_most:g} um" in wrong.value.remedy
    if key == ("size",):
        content["size"] = f"{at_most} um"
    else:
        content["layers"][1]["size"] = f"{at_most} um"
    mesh = recipe_of(content).build(1)
    assert mesh.statistics["Minimum cell quality"] > 1e-3


def test_quality_is_one_for_regular_cells():
    triangle = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, np.sqrt(0.75)]])
    tetrahedron = np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    assert quality(triangle, np.array([[0, 1, 2]])) == pytest.approx(1.0)
    assert quality(tetrahedron, np.array([[0, 1, 2, 3]])) == pytest.approx(1.0)
    corner = np.vstack(
        [np.zeros(3), np.eye(3)]
    )  # inscribed (3 - sqrt 3)/6, circumscribed sqrt(3)/2
    expected = 3 * (3 - np.sqrt(3)) / 6 / (np.sqrt(3) / 2)
    assert quality(corner, np.array([[0, 1, 2, 3]])) == pytest.approx(expected)


@pytest.mark.parametrize("name", ["discs", "spheres"])
def test_picture(name, meshes, tmp_path: Path):
    from matplotlib.image import imread

    from ecmcell.microstructure.picture import phase_colours, picture

    picture(meshes[name], tmp_path / "mesh.png")
    image = (255 * imread(tmp_path / "mesh.png")[..., :3]).round()
    assert min(image.shape[:2]) > 300
    for colour in phase_colours(meshes[name].grain_phase).values():
        wanted = np.array([int(colour[k : k + 2], 16) for k in (1, 3, 5)])
        near = np.abs(image - wanted).max(axis=2) < (12 if name == "discs" else 40)
        assert near.mean() > 0.01


def test_what_encloses_particles_hides_none_of_them() -> None:
    """Eight cubes in a matrix: of that only the floor and the two walls behind them are drawn."""
    from ecmcell.microstructure.picture import _render, phase_colours

    def cubes(at: np.ndarray) -> np.ndarray:
        return (np.floor(at) % 2 == 1).all(axis=1).astype(int)

    mesh = grid([np.arange(6.0)] * 3, {0: "matrix", 1: "inclusion"}, cubes)
    colours = phase_colours(mesh.grain_phase)
    image, _, pixel_of = _render(mesh, colours)
    bluish = image[..., 2].astype(int) > image[..., 0] + 15
    for middle in product((1.5, 3.5), repeat=3):
        seen = [
            bluish[tuple(np.round(pixel_of(middle + 0.45 * np.array(offset))).astype(int)[::-1])]
            for offset in ((0, 0, 1), (0, -1, 0), (-1, 0, 0))
        ]
        assert any(seen), middle


def test_walls_of_voids_are_no_walls_behind_particles() -> None:
    """Of a matrix with a hole its floor and the two walls behind are drawn, not the hole."""
    from ecmcell.microstructure.picture import _far_faces

    mesh = punched([np.arange(4.0)] * 3, "matrix", lambda at: (np.abs(at - 1.5) < 1).all(axis=1))
    faces = mesh.points[_far_faces(mesh, 0)]
    assert float(measures(mesh.points, _far_faces(mesh, 0)).sum()) == pytest.approx(27.0)
    on_box = (np.abs(faces[:, :, None] - [[0.0], [3.0]]) < 1e-9).all(axis=1)
    assert on_box.any(axis=(1, 2)).all()


def test_scale_bar_lengths_are_round():
    from ecmcell.microstructure.picture import nice_length

    lengths = [nice_length(extent) for extent in (3.0, 4.0, 79.0, 80.0, 200.0, 0.5)]
    assert lengths == pytest.approx([0.5, 1.0, 10.0, 20.0, 50.0, 0.1])
    assert all(a <= b for a, b in pairwise(sorted(lengths)))


def test_a_lane_ends_at_its_depth() -> None:
    lane = {"phase": "lane", "middle": "1.5 um", "width": "0.6 um", "size": "0.2 um"}
    for depth, end in ((None, 7.0), ("2 um", 2.0)):
        mesh = recipe_of(LAYERS | {"lane": lane | ({"depth": depth} if depth else {})}).build(1)
        grains = [g for g, phase in enumerate(mesh.grain_phase) if phase == "lane"]
        corners = mesh.points[mesh.cells[np.isin(mesh.cell_grain, grains)]].reshape(-1, mesh.dim)
        assert np.allclose(corners.min(axis=0), [0.0, 1.2])
        assert np.allclose(corners.max(axis=0), [end, 1.8])


def test_gmsh_takes_no_memory_where_nothing_is_meshed() -> None:
    code = """
import sys
import ecmcell.runs.run
loaded = [path for path in open("/proc/self/maps") if "libgmsh" in path]
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh
gmsh.isInitialized()
print(len(loaded), any("libgmsh" in path for path in open("/proc/self/maps")))
"""
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["0", "True"]

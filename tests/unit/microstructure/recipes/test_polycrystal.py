"""Polycrystals: Voronoi grains that fill the box, and their statistics."""

from itertools import pairwise

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.microstructure.geometry.tessellation import (
    TessellationError,
    edges_of,
    flattened,
    seeds_in_box,
    tessellate,
)
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.recipes.polycrystal import Polycrystal
from ecmcell.microstructure.statistics import describe

PELLET = {
    "recipe": "polycrystal",
    "dimension": 2,
    "thickness": "20 um",
    "width": "15 um",
    "grain_size": "4 um",
    "size": "0.5 um",
}
BLOCK = PELLET | {"dimension": 3, "width": "12 um", "grain_size": "6 um", "size": "1 um"}
BOXES = {2: np.array([20.0, 15.0]), 3: np.array([20.0, 12.0, 12.0])}
COUNTS = {2: 24, 3: 25}


@pytest.fixture(scope="module", params=[2, 3])
def mesh(request):
    return Polycrystal.model_validate(PELLET if request.param == 2 else BLOCK).build(1)


def seeds_of(dim: int) -> np.ndarray:
    return seeds_in_box(COUNTS[dim], BOXES[dim], 3, np.random.default_rng(1))


def test_grains_fill_the_box(mesh):
    assert measures(mesh.points, mesh.cells).sum() == pytest.approx(BOXES[mesh.dim].prod())
    assert mesh.grain_phase == ("grain",) * COUNTS[mesh.dim]
    assert quality(mesh.points, mesh.cells).min() > 0.03
    section = BOXES[mesh.dim][1:].prod()
    for tag in (0, 1):
        faces = mesh.facets[mesh.facet_tag == tag]
        assert measures(mesh.points, faces).sum() == pytest.approx(section)


def test_cells_belong_to_the_grain_of_the_nearest_seed(mesh):
    middle = mesh.points[mesh.cells].mean(axis=1)
    nearest = np.linalg.norm(middle[:, None] - seeds_of(mesh.dim), axis=2).argmin(axis=1)
    volume = measures(mesh.points, mesh.cells)
    strange = volume[nearest != mesh.cell_grain].sum() / volume.sum()
    assert strange < 0.01  # short edges taken out move boundaries a little


def test_seeds_become_even(mesh):
    lengths, count = BOXES[mesh.dim], COUNTS[mesh.dim]
    spread = []
    for rounds in (0, 6):
        seeds = seeds_in_box(count, lengths, rounds, np.random.default_rng(2))
        assert (seeds > 0).all()
        assert (seeds < lengths).all()
        distance = np.linalg.norm(seeds[:, None] - seeds, axis=2) + 1e9 * np.eye(count)
        spread.append(distance.min(axis=1).std() / distance.min(axis=1).mean())
    assert spread[1] < 0.6 * spread[0]


@pytest.mark.parametrize("dim", [2, 3])
def test_bent_faces_are_cut_into_triangles(dim):
    bent = tessellate(seeds_of(dim), BOXES[dim], 0.5)
    flat = flattened(bent)
    assert np.array_equal(flat.vertices[: len(bent.vertices)], bent.vertices)
    for face in flat.faces:
        corners = flat.vertices[list(face)]
        assert np.linalg.matrix_rank(corners - corners[0], tol=1e-5) < dim
    if dim == 2:
        assert flat.faces == bent.faces
        return
    assert len(flat.faces) > len(bent.faces)
    volume = np.zeros(flat.count)  # from the divergence theorem: the faces of each grain close
    middle = np.array([bent.vertices[list(owned(bent, k))].mean(axis=0) for k in range(bent.count)])
    for face, sides in zip(flat.faces, flat.sides, strict=True):
        corners = flat.vertices[list(face)]
        for grain in sides:
            a, *rest = corners - middle[grain]
            parts = [abs(np.linalg.det([a, b, c])) for b, c in pairwise(rest)]
            volume[grain] += sum(parts) / 6
    assert volume.sum() == pytest.approx(BOXES[3].prod(), rel=1e-9)


def owned(cells, grain):
    """Vertices of a grain."""
    faces = [f for f, sides in zip(cells.faces, cells.sides, strict=True) if grain in sides]
    return set().union(*faces)


def test_hundreds_of_grains_are_meshed_at_once(monkeypatch):
    monkeypatch.setattr("ecmcell.microstructure.recipes.polycrystal.ATTEMPTS", 1)
    edge = f"{(200 * np.pi / 6) ** (1 / 3) * 3.0} um"
    many = BLOCK | {"thickness": edge, "width": edge, "grain_size": "3 um", "size": "1.4 um"}
    mesh = Polycrystal.model_validate(many).build(1)
    assert len(mesh.grain_phase) == 200
    assert quality(mesh.points, mesh.cells).min() > 0.05


@pytest.mark.parametrize("dim", [2, 3])
def test_no_edge_is_short(dim):
    lengths, shortest = BOXES[dim], 0.2
    seeds = seeds_in_box(COUNTS[dim], lengths, 0, np.random.default_rng(3))
    for limit in (1e-6, shortest):
        cells = tessellate(seeds, lengths, limit)
        ends = np.array([edge for face in cells.faces for edge in edges_of(face)])
        length = np.linalg.norm(np.diff(cells.vertices[ends], axis=1)[:, 0], axis=1)
        assert length.min() >= limit
        if limit < shortest:
            assert length.min() < shortest  # or there would be nothing to take out


def test_a_box_thinner_than_the_shortest_edge_is_refused():
    with pytest.raises(TessellationError):
        tessellate(np.array([[0.2, 0.2], [0.3, 1.0]]), np.array([0.5, 2.0]), 0.6)


def test_equal_seeds_give_equal_polycrystals_and_others_do_not():
    recipe = Polycrystal.model_validate(PELLET)
    first, again, other = (recipe.build(seed) for seed in (1, 1, 2))
    assert np.array_equal(first.points, again.points)
    assert np.array_equal(first.cell_grain, again.cell_grain)
    assert not np.array_equal(first.points[:50], other.points[:50])


def test_statistics_of_a_polycrystal(mesh):
    told = describe(mesh)
    mean = told["Mean size of grain [um]"]
    assert mean == pytest.approx(4.0 if mesh.dim == 2 else 6.0, rel=0.1)
    assert told["Number of grain"] == COUNTS[mesh.dim]
    assert told["Fraction of grain reached from the anode"] == 1.0
    low, middle, high = map(float, told["Deciles 1, 5, 9 of the size of grain [um]"].split(", "))
    assert low < middle < high
    # planar graph: fewer than six neighbours on average; in space more
    assert 3 < told["Mean neighbours of grain"] < (6 if mesh.dim == 2 else 16)


@pytest.mark.parametrize("aspect", [3.0, 0.4])
def test_plates_and_columns(aspect):
    content = PELLET | {"aspect": aspect, "grain_size": "3 um", "size": "0.3 um"}
    mesh = Polycrystal.model_validate(content).build(1)
    lengths = np.ptp(mesh.points, axis=0)
    assert lengths == pytest.approx([20, 15])
    ratios = []
    for grain in range(len(mesh.grain_phase)):
        own = mesh.points[np.unique(mesh.cells[mesh.cell_grain == grain])]
        ratios.append(own[:, 1].std() / own[:, 0].std())
    assert np.median(ratios) == pytest.approx(aspect, rel=0.25)


def test_one_grain_alone():
    mesh = Polycrystal.model_validate(PELLET | {"grain_size": "20 um"}).build(1)
    assert mesh.grain_phase == ("grain",)


def test_phases_have_their_shares():
    """As near as a grain, and drawn by chance: another seed draws others."""
    recipe = Polycrystal.model_validate(PELLET | {"fractions": {"a": 0.5, "b": 0.3, "c": 0.2}})
    meshes = [recipe.build(seed) for seed in (1, 1, 2)]
    for mesh in meshes:
        told = describe(mesh)
        found = [told[f"Volume fraction of {phase}"] for phase in "abc"]
        assert found == pytest.approx([0.5, 0.3, 0.2], abs=1 / COUNTS[2])
    assert meshes[0].grain_phase == meshes[1].grain_phase != meshes[2].grain_phase


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"fractions": {"a": 0.5, "b": 0.4}}, "add up to 0.9"),
        ({"fractions": {"a": 0.5, "b": 0.5}, "phase": "c"}, "beside fractions"),
        ({"fractions": {"a": 1.5, "b": -0.5}}, "less than 1"),
        ({"fractions": {"a b": 0.5, "b": 0.5}}, "pattern"),
    ],
)
def test_shares_that_cannot_be(wrong, words):
    with pytest.raises(ValueError, match=words):
        Polycrystal.model_validate(PELLET | wrong)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [({"grain_size": "0.01 um"}, "grains"), ({"size": "3 um"}, "half the grain")],
)
def test_polycrystals_that_cannot_be(wrong, words):
    with pytest.raises(Fault, match=words):
        Polycrystal.model_validate(PELLET | wrong).build(1)

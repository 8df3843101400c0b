"""Meshes of regular cells: lattices of inclusions and the contact through a disc."""

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.sparse import coo_array
from scipy.sparse.linalg import spsolve

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.facets import MeshingError
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.mesh.topology import interface_measure
from ecmcell.microstructure.recipes import RECIPES

LATTICE = {
    "recipe": "lattice",
    "arrangement": "square",
    "fraction": 0.5,
    "spacing": "1 um",
    "size": "0.03 um",
}
DISC = {
    "recipe": "disc_contact",
    "thickness": "15 um",
    "radius": "10 um",
    "contact_radius": "1 um",
    "rim_size": "0.04 um",
    "max_size": "3 um",
}


def build(content: dict):
    return RECIPES[content["recipe"]].model_validate(content).build(1)


def resistance(mesh) -> float:
    """Resistance at unit conductivity from the anode to the collector, linear elements."""
    corners = mesh.points[mesh.cells]
    gradients = np.linalg.inv(corners[:, 1:] - corners[:, :1]).transpose(0, 2, 1)
    gradients = np.concatenate([-gradients.sum(axis=1, keepdims=True), gradients], axis=1)
    volume = measures(mesh.points, mesh.cells)
    local = volume[:, None, None] * gradients @ gradients.transpose(0, 2, 1)
    n = mesh.cells.shape[1]
    rows, columns = np.repeat(mesh.cells, n, axis=1), np.tile(mesh.cells, n)
    shape = (len(mesh.points),) * 2
    stiffness = coo_array((local.ravel(), (rows.ravel(), columns.ravel())), shape).tocsr()
    ends = [np.unique(mesh.facets[mesh.facet_tag == mesh.tags.index(r)]) for r in mesh.tags[:2]]
    potential = np.zeros(len(mesh.points))
    potential[ends[0]] = 1.0
    free = np.setdiff1d(np.arange(len(mesh.points)), np.concatenate(ends))
    potential[free] = spsolve(stiffness[free][:, free], -(stiffness @ potential)[free])
    return float(1 / (potential @ (stiffness @ potential)))


@pytest.mark.parametrize(
    ("arrangement", "fraction", "lengths", "grains"),
    [
        ("square", 0.5, [0.5, 0.5], 2),
        ("square", 0.76, [0.5, 0.5], 2),
        ("hexagonal", 0.7, [0.5, np.sqrt(0.75)], 3),
        ("simple cubic", 0.4, [0.5, 0.5, 0.5], 2),
    ],
)
def test_a_lattice_has_its_fraction_and_its_cell(arrangement, fraction, lengths, grains):
    size = "0.06 um" if arrangement == "simple cubic" else "0.03 um"
    asked = {"arrangement": arrangement, "fraction": fraction, "size": size}
    mesh = build(LATTICE | asked)
    assert np.ptp(mesh.points, axis=0) == pytest.approx(lengths)
    assert measures(mesh.points, mesh.cells).sum() == pytest.approx(np.prod(lengths))
    inside = np.array(mesh.grain_phase)[mesh.cell_grain] == "inclusion"
    made = measures(mesh.points, mesh.cells[inside]).sum() / np.prod(lengths)
    assert made == pytest.approx(fraction, rel=2e-3 if mesh.dim == 2 else 8e-3)
    assert mesh.statistics["Volume fraction meshed"] == pytest.approx(made)
    assert len(mesh.grain_phase) == grains
    assert quality(mesh.points, mesh.cells).min() > 0.1


def test_inclusions_are_round_and_stand_at_the_corners():
    mesh = build(LATTICE | {"arrangement": "hexagonal", "fraction": 0.6})
    radius = np.sqrt(0.6 * np.sqrt(0.75) / np.pi)
    centres = [np.zeros(2), np.array([0.5, np.sqrt(0.75)])]
    for grain, phase in enumerate(mesh.grain_phase):
        if phase == "inclusion":
            own = mesh.points[np.unique(mesh.cells[mesh.cell_grain == grain])]
            away = min(np.linalg.norm(own - centre, axis=1).max() for centre in centres)
            assert away == pytest.approx(radius, rel=1e-6)
    quarters = 2 * np.pi * radius / 4
    assert interface_measure(mesh, "inclusion", "matrix") == pytest.approx(2 * quarters, rel=2e-3)


def test_narrow_gaps_are_resolved():
    mesh = build(LATTICE | {"fraction": 0.76})
    gap = mesh.statistics["Minimum gap [um]"]
    at_edge = mesh.points[(mesh.points[:, 1] < 1e-9) & (mesh.points[:, 0] > 0.5 - gap / 2 - 1e-9)]
    assert gap < 0.02
    assert len(at_edge) >= 2
    assert np.diff(np.sort(at_edge[:, 0])).max() < 0.75 * gap


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"fraction": 0.78}, "at most 0.76"),
        ({"arrangement": "simple cubic", "fraction": 0.53}, "at most 0.5"),
        ({"size": "0.6 um"}, "0.5 um"),
    ],
)
def test_lattices_that_cannot_be(wrong, words):
    with pytest.raises(Fault, match=words):
        build(LATTICE | wrong)


def test_the_anode_is_the_disc_alone():
    mesh = build(DISC)
    area = {
        tag: measures(mesh.points, mesh.facets[mesh.facet_tag == k]).sum()
        for k, tag in enumerate(mesh.tags)
    }
    assert area["anode"] == pytest.approx(np.pi / 4, rel=1e-3)
    assert area["collector"] == pytest.approx(100 * np.pi / 4, rel=2e-2)
    x = mesh.points[mesh.facets[mesh.facet_tag == 0]]
    assert x[..., 0].max() < 1e-9
    assert np.hypot(x[..., 1], x[..., 2]).max() == pytest.approx(1.0)
    assert mesh.points.min(axis=0) == pytest.approx([0, 0, 0], abs=1e-9)


def test_cells_shrink_towards_the_rim():
    mesh = build(DISC)
    middle = mesh.points[mesh.cells].mean(axis=1)
    to_rim = np.hypot(np.hypot(middle[:, 1], middle[:, 2]) - 1.0, middle[:, 0])
    edge = (6 * np.sqrt(2) * measures(mesh.points, mesh.cells)) ** (1 / 3)
    assert np.median(edge[to_rim < 0.04]) == pytest.approx(0.04, rel=0.4)
    assert np.median(edge[to_rim > 9]) > 1.0


def test_the_constriction_has_the_resistance_of_a_disc_in_a_tube():
    """Holm's 1/(4 a) times the series of Roess for a tube of finite radius."""
    mesh = build(DISC | {"rim_size": "0.01 um", "max_size": "2 um", "growth": 0.12})
    ratio = 0.1
    constriction = (1 - 1.40925 * ratio + 0.29591 * ratio**3 + 0.05254 * ratio**5) / 4
    expected = 4 * (constriction + 15 / (100 * np.pi))  # of a quarter
    assert resistance(mesh) == pytest.approx(expected, rel=1e-2)


@pytest.mark.parametrize(
    "wrong",
    [{"contact_radius": "10 um"}, {"rim_size": "2 um"}, {"max_size": "0.01 um"}],
)
def test_discs_that_cannot_be(wrong):
    with pytest.raises(ValueError, match="Give"):
        build(DISC | wrong)


POROUS = {
    "recipe": "porous",
    "dimension": 2,
    "thickness": "8 um",
    "width": "6 um",
    "pores": [
        {"middle": ["4 um", "3 um"], "diameter": "2 um"},
        {"middle": ["0 um", "1 um"], "diameter": "1 um"},
    ],
    "size": "0.2 um",
}


def test_pores_are_missing_and_known_as_such() -> None:
    """One lies within; one cuts the anode, which is smaller by its width."""
    mesh = build(POROUS)
    area = measures(mesh.points, mesh.cells).sum()
    assert area == pytest.approx(48.0 - np.pi - np.pi / 8.0, rel=3e-3)
    length = measures(mesh.points, mesh.facets)
    of_tag = {r: length[mesh.facet_tag == k].sum() for k, r in enumerate(mesh.tags)}
    assert of_tag["pore"] == pytest.approx(2.0 * np.pi + np.pi / 2.0, rel=5e-3)
    assert of_tag["anode"] == pytest.approx(5.0, rel=1e-9)
    assert of_tag["collector"] == pytest.approx(6.0, rel=1e-9)


def test_pores_are_balls_in_space() -> None:
    pores = [{"middle": ["2 um", "2 um", "2 um"], "diameter": "2 um"}]
    sizes = {"thickness": "4 um", "width": "4 um", "size": "0.35 um"}
    mesh = build(POROUS | sizes | {"dimension": 3, "pores": pores})
    volume = measures(mesh.points, mesh.cells).sum()
    assert volume == pytest.approx(64.0 - 4.0 / 3.0 * np.pi, rel=3e-3)


def band(begin: list[str], end: list[str], width: str, phase: str = "boundary") -> dict:
    return {"phase": phase, "begin": begin, "end": end, "width": width}


@pytest.mark.parametrize("dim", [2, 3])
def test_bands_are_other_phases(dim: int) -> None:
    """A boundary that ends in the pore, and a layer before the collector that cuts another off."""
    bands = [
        band(["0 um", "3 um"], ["4 um", "3 um"], "0.5 um"),
        band(["4 um", "1 um"], ["9 um", "1 um"], "0.5 um"),
        band(["7 um", "0 um"], ["7 um", "6 um"], "2 um", "cathode"),
    ]
    pore = {"middle": ["4 um", "3 um", "3 um"][:dim], "diameter": "2 um"}
    mesh = build(
        POROUS
        | {"dimension": dim, "bands": bands, "pores": [pore], "size": f"{0.2 * 2 ** (dim - 2)} um"}
    )
    size = measures(mesh.points, mesh.cells)
    phase = np.array(mesh.grain_phase)[mesh.cell_grain]
    found = {name: size[phase == name].sum() for name in set(mesh.grain_phase)}
    deep = 1.0 if dim == 2 else 6.0
    assert found["cathode"] == pytest.approx(12.0 * deep, rel=1e-9)
    # The tip of the first lies in the pore, whose edge bends by 0.03 um over the width.
    gone = 0.25 * np.sqrt(1.0 - 0.25**2) + np.arcsin(0.25)
    lost = gone if dim == 2 else 0.5 * np.pi / 2.0 * (1.0 - 0.25**2 / 3.0)
    assert found["boundary"] == pytest.approx((2.0 + 1.0) * deep - lost, rel=1e-2)
    assert sorted(mesh.grain_phase) == ["boundary", "boundary", "cathode", "separator"]


@pytest.mark.parametrize(
    "change",
    [
        {"bands": [band(["1 um", "1 um"], ["1 um", "1 um"], "1 um")]},
        {"bands": [band(["1 um", "1 um", "1 um"], ["2 um", "1 um"], "1 um")]},
        {"bands": [band(["9 um", "1 um"], ["9 um", "2 um"], "1 um")]},
        {"pores": [{"middle": ["1 um", "1 um", "1 um"], "diameter": "1 um"}]},
        {"pores": [{"middle": ["4 um", "3 um"], "diameter": "20 um"}]},
    ],
)
def test_pores_that_cannot_be(change: dict) -> None:
    """Bands of no length, in space, outside; a point of space in a plane mesh; nothing left."""
    with pytest.raises((MeshingError, ValidationError, Fault)):
        build(POROUS | change)

"""Recipe `secondary_particle`: a disc of crystallites that fit together."""

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.domain.plan import touching_phases
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.microstructure.recipes.secondary_particle import divided_disc

USUAL = {
    "recipe": "secondary_particle",
    "separator_thickness": "2 um",
    "thickness": "8 um",
    "width": "8 um",
    "diameter": "6 um",
    "grain_size": "1.5 um",
    "size": "0.3 um",
    "max_size": "0.9 um",
}


def made(seed: int = 1, **changed: object) -> MeshData:
    recipe = RECIPES["secondary_particle"].model_validate(USUAL | changed)
    return recipe.build(seed)


def test_crystallites_fill_the_particle() -> None:
    mesh = made()
    crystals = [k for k, phase in enumerate(mesh.grain_phase) if phase == "crystal"]
    assert len(crystals) == 16
    volume = np.bincount(mesh.cell_grain, measures(mesh.points, mesh.cells))
    assert volume[crystals].sum() == pytest.approx(np.pi * 9.0, rel=0.01)  # less its arcs
    assert volume.sum() == pytest.approx(80.0, rel=1e-12)
    assert volume[crystals].std() / volume[crystals].mean() < 0.35
    assert touching_phases(mesh) == {
        ("catholyte", "crystal"),
        ("catholyte", "separator"),
        ("crystal", "crystal"),
    }
    centre = np.array([6.0, 4.0])
    of_crystal = np.isin(mesh.cell_grain, crystals)
    reach = np.linalg.norm(mesh.points[mesh.cells[of_crystal]] - centre, axis=-1).max()
    assert reach == pytest.approx(3.0, rel=1e-9)


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_few_crystallites(count: int) -> None:
    mesh = made(grain_size=f"{6.0 / np.sqrt(count)} um", separator_thickness="0 um")
    assert mesh.grain_phase.count("crystal") == count
    assert "separator" not in mesh.grain_phase


def test_seeds_make_the_mesh() -> None:
    one, same, other = made(1), made(1), made(2)
    assert np.array_equal(one.points, same.points)
    assert one.points.shape != other.points.shape or not np.array_equal(one.points, other.points)


def test_borders_end_on_the_circle_or_at_one_another() -> None:
    seeds = np.random.default_rng(3).uniform(-0.7, 0.7, (12, 2))
    crystals = divided_disc(seeds, 1.0)
    away = np.linalg.norm(crystals.points, axis=1)
    assert (away[: crystals.inner] < 1.0).all()
    assert away[crystals.inner :] == pytest.approx(1.0, rel=1e-12)
    # Euler: with the arcs, cells and the outside are faces of a connected plane graph.
    arcs = list(crystals.arcs())
    edges = len(crystals.borders) + len(arcs)
    assert len(crystals.points) - edges + crystals.count + 1 == 2
    for (a, b), (left, right) in zip(crystals.borders, crystals.sides, strict=True):
        for point in crystals.points[[a, b]]:
            apart = [np.linalg.norm(seeds[k] - point) for k in (left, right)]
            assert apart[0] == pytest.approx(apart[1], rel=1e-9)


@pytest.mark.parametrize(
    ("changed", "key"),
    [
        ({"diameter": "8 um"}, "diameter"),
        ({"size": "1 um", "max_size": "2 um"}, "size"),
        ({"max_size": "0.2 um"}, "max_size"),
        ({"grain_size": "0.2 um", "size": "0.1 um"}, "grain_size"),
    ],
)
def test_what_cannot_be_made(changed: dict[str, str], key: str) -> None:
    with pytest.raises(Fault) as caught:
        made(**changed)
    assert tuple(caught.value.key) == (key,)

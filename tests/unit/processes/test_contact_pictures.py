"""Pictures as maps of contact, and rough faces of meshes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ecmcell.case.contact import PicturedContact, RandomContact
from ecmcell.case.faults import Fault
from ecmcell.case.files.greyscale import read_grey
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.processes.contact_maps import pattern

SHADES = np.array([[0, 51, 102, 255], [255, 153, 0, 0]])  # fifths of white, where not black
LOW, HIGH = np.array([1.0, 2.0]), np.array([9.0, 6.0])  # um


def as_written(pixels: np.ndarray, path: Path) -> np.ndarray:
    Image.fromarray(pixels).save(path)
    return read_grey(path.name, path.parent).grey


def test_shades_in_any_depth(tmp_path: Path) -> None:
    """8 and 16 bits, floating point and colours give the same grey."""
    fraction = SHADES / 255.0
    deep = (SHADES * 257).astype(np.uint16)
    colours = np.repeat(SHADES[..., None], 3, axis=-1).astype(np.uint8)
    for name, pixels in (
        ("eight.png", SHADES.astype(np.uint8)),
        ("sixteen.png", deep),
        ("sixteen.tif", deep),
        ("float.tiff", fraction.astype(np.float32)),
        ("colours.bmp", colours),
    ):
        assert as_written(pixels, tmp_path / name) == pytest.approx(fraction, abs=1e-7), name
    bits = as_written(SHADES > 200, tmp_path / "bits.png")
    assert np.array_equal(bits, SHADES > 200)


def pictured(directory: Path, **table: object) -> PicturedContact:
    Image.fromarray(SHADES.astype(np.uint8)).save(directory / "shades.png")
    given = {"map": "image", "file": "shades.png"} | table
    return PicturedContact.model_validate(given, context={"directory": directory})


def test_where_a_picture_lies(tmp_path: Path) -> None:
    """Columns along y, rows along z, the upper left corner at the lower one of the face."""
    touches = pattern(pictured(tmp_path), LOW, HIGH)
    at = np.array([[2.0, 3.0], [4.0, 3.0], [8.9, 2.1], [1.0, 6.0], [9.0, 6.0], [4.9, 4.1]])
    assert touches(at) == pytest.approx(np.array([0, 51, 255, 255, 0, 153]) / 255.0)


def test_one_row_of_a_picture(tmp_path: Path) -> None:
    at = np.array([[2.0], [4.0], [6.0], [8.0]])
    for row, shades in ((None, SHADES[1]), (0, SHADES[0]), (1, SHADES[1])):
        touches = pattern(pictured(tmp_path, row=row), LOW[:1], HIGH[:1])
        assert touches(at) == pytest.approx(shades / 255.0)
    with pytest.raises(Fault, match="three dimensions"):
        pattern(pictured(tmp_path, row=1), LOW, HIGH)


def test_the_lighter_part_of_a_picture_touches(tmp_path: Path) -> None:
    at = np.array([[2.0], [4.0], [6.0], [8.0]])
    for asked in ({"threshold": 0.4}, {"coverage": 0.5}):
        touches = pattern(pictured(tmp_path, row=0, **asked), LOW[:1], HIGH[:1])
        assert touches(at) == pytest.approx([0, 0, 1, 1])
    with pytest.raises(Fault, match="leave"):
        pattern(pictured(tmp_path, row=1, coverage=0.85), LOW[:1], HIGH[:1])


# Rough faces


def rough(dim: int = 2, **roughness: object) -> MeshData:
    """A box of 6 um, its face at the anode not flat."""
    given = {"profile": "wave", "height": "0.3 um", "length": "4 um"} | roughness
    size = "0.25 um" if dim == 2 else "0.75 um"
    recipe = {
        "recipe": "layered",
        "dimension": dim,
        "width": "6 um",
        "size": size,
        "layers": [{"phase": "a", "thickness": "6 um", "size": size, "roughness": given}],
    }
    return RECIPES["layered"].model_validate(recipe).build(seed=3)


@pytest.mark.parametrize("dim", [2, 3])
def test_a_wave(dim: int) -> None:
    """The face follows the cosine, peaks towards the anode; all else stays where it was."""
    mesh = rough(dim)
    face = mesh.points[np.unique(mesh.facets[mesh.facet_tag == mesh.tags.index("anode")])]
    assert face[:, 0] == pytest.approx(-0.3 * np.cos(np.pi / 2.0 * face[:, 1]))
    flat = mesh.points[np.unique(mesh.facets[mesh.facet_tag == mesh.tags.index("collector")])]
    assert flat[:, 0] == pytest.approx(6.0)
    assert (measures(mesh.points, mesh.cells) > 0.0).all()
    assert mesh.statistics["Minimum cell quality"] == quality(mesh.points, mesh.cells).min()
    slope = 0.3 * np.pi / 2.0 * np.sin(np.pi / 2.0 * np.linspace(0.0, 6.0, 10_000))
    ratio = mesh.statistics["Area of the rough face over its footprint"]
    assert ratio == pytest.approx(np.hypot(1.0, slope).mean(), rel=0.005 if dim == 2 else 0.02)


def test_random_heights_are_those_asked_for() -> None:
    recipe = {
        "recipe": "layered",
        "dimension": 2,
        "width": "4000 um",
        "size": "0.5 um",
        "layers": [
            {
                "phase": "a",
                "thickness": "4 um",
                "size": "2 um",
                "roughness": {"profile": "random", "height": "0.1 um", "length": "2 um"},
            }
        ],
    }
    model = RECIPES["layered"].model_validate(recipe)
    mesh, other = model.build(seed=1), model.build(seed=2)
    face = mesh.points[np.unique(mesh.facets[mesh.facet_tag == mesh.tags.index("anode")])]
    y, height = face[np.argsort(face[:, 1])].T[::-1]
    assert height.std() == pytest.approx(0.1, rel=0.05)
    lag = round(2.0 / (y[1] - y[0]))
    correlation = np.mean(height[lag:] * height[:-lag]) / height.var()
    assert correlation == pytest.approx(np.exp(-0.5), abs=0.1)  # of 256 waves
    assert mesh.digest() == model.build(seed=1).digest() != other.digest()


@pytest.mark.parametrize("dim", [2, 3])
def test_peaks_that_are_pressed_flat(dim: int) -> None:
    """They lie in the plane of the electrode; what lies deeper is the face of a void."""
    mesh = rough(dim, profile="random", length="1.5 um", height="0.1 um", coverage=0.3)
    corners = mesh.points[mesh.facets][..., 0]
    anode = mesh.facet_tag == mesh.tags.index("anode")
    assert (corners[anode] == 0.0).all()
    valley = corners[mesh.facet_tag == mesh.tags.index("pore")]
    assert (valley.max(axis=1) > 0.0).all() and (valley >= 0.0).all()
    fraction = measures(mesh.points, mesh.facets[anode]).sum() / 6.0 ** (dim - 1)
    assert fraction == pytest.approx(0.3, abs=0.03)
    assert mesh.statistics["Coverage meshed"] == pytest.approx(fraction)


def test_a_pressed_face_touches_where_its_field_is_high() -> None:
    """Mesh and map of the same seed and length agree."""
    mesh = rough(profile="random", length="1.5 um", height="0.1 um", coverage=0.3)
    contact = RandomContact(map="random", coverage=0.3, length="1.5 um", seed=3)
    touches = pattern(contact, np.zeros(1), np.array([6.0]))
    anode = mesh.facets[mesh.facet_tag == mesh.tags.index("anode")]
    pore = mesh.facets[mesh.facet_tag == mesh.tags.index("pore")]
    agree = np.concatenate(
        [
            touches(mesh.points[anode].mean(axis=1)[:, 1:]),
            ~touches(mesh.points[pore].mean(axis=1)[:, 1:]),
        ]
    )
    assert agree.mean() > 0.85


def test_an_interface_within() -> None:
    """Both sides of it move, the ends of the stack do not."""
    roughness = {"profile": "wave", "height": "0.3 um", "length": "4 um"}
    recipe = {
        "recipe": "layered",
        "dimension": 2,
        "width": "4 um",
        "size": "0.25 um",
        "layers": [
            {"phase": "lithium", "thickness": "2 um", "size": "0.5 um"},
            {"phase": "separator", "thickness": "3 um", "size": "0.5 um", "roughness": roughness},
        ],
    }
    mesh = RECIPES["layered"].model_validate(recipe).build(seed=1)
    assert np.ptp(mesh.points[:, 0]) == 5.0
    area = np.bincount(mesh.cell_grain, measures(mesh.points, mesh.cells))
    assert area == pytest.approx([8.0, 12.0])
    kinds = [mesh.cells[mesh.cell_grain == grain] for grain in (0, 1)]
    shared = mesh.points[np.intersect1d(*kinds)]
    assert shared[:, 0] == pytest.approx(2.0 - 0.3 * np.cos(np.pi / 2.0 * shared[:, 1]))

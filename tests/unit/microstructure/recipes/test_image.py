"""Images as meshes: voxels keep their places, voids are holes, parts in the air are left out."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from pydantic import ValidationError

from ecmcell.case.faults import Fault
from ecmcell.microstructure import cache
from ecmcell.microstructure.geometry.voxels import read_labels, simplices
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.mesh.topology import interface_measure
from ecmcell.microstructure.recipes.image import Image

LABELS = np.random.default_rng(1).integers(0, 3, (6, 5, 4))
LABELS[:, 0, :] = 1  # a solid floor, so that all of the box is reached


def recipe_of(directory: Path, **changes) -> Image:
    content = {
        "recipe": "image",
        "file": "image.npy",
        "voxel": "0.5 um",
        "phases": {"active": 1, "catholyte": 2},
    }
    return Image.model_validate(content | changes, context={"directory": directory})


def write(directory: Path, labels: np.ndarray) -> None:
    np.save(directory / "image.npy", labels.astype(np.uint8))


@pytest.mark.parametrize("labels", [LABELS, LABELS[:, :, 0]])
def test_every_solid_voxel_is_there_once(tmp_path, labels):
    dim = labels.ndim
    write(tmp_path, np.where(labels == 0, 1, labels))
    mesh = recipe_of(tmp_path).build(1)
    volume = measures(mesh.points, mesh.cells)
    middle = mesh.points[mesh.cells].mean(axis=1)
    voxel = np.floor(middle / 0.5).astype(int)
    filled = np.zeros(labels.shape)
    np.add.at(filled, tuple(voxel.T), volume)
    assert filled == pytest.approx(np.full(labels.shape, 0.5**dim))
    phase = np.array(mesh.grain_phase)[mesh.cell_grain]
    assert np.array_equal(phase == "catholyte", labels[tuple(voxel.T)] == 2)
    assert mesh.tags == ("anode", "collector", "side")
    assert quality(mesh.points, mesh.cells).min() > 0.7


def test_interfaces_are_the_faces_between_voxels(tmp_path):
    labels = np.where(LABELS == 0, 1, LABELS)
    write(tmp_path, labels)
    between = sum((np.diff(labels, axis=k) != 0).sum() for k in range(3))
    mesh = recipe_of(tmp_path).build(1)
    assert interface_measure(mesh, "active", "catholyte") == pytest.approx(0.25 * between)


def test_voids_are_holes(tmp_path):
    labels = np.ones((5, 5, 5))
    labels[2, 2, 2] = 7
    write(tmp_path, labels)
    mesh = recipe_of(tmp_path, phases={"active": 1}).build(1)
    assert measures(mesh.points, mesh.cells).sum() == pytest.approx(124 * 0.125)
    faces = mesh.facets[mesh.facet_tag == mesh.tags.index("pore")]
    assert measures(mesh.points, faces).sum() == pytest.approx(6 * 0.25)


def test_what_floats_in_a_void_is_left_out(tmp_path):
    labels = np.ones((7, 7))
    labels[2:5, 2:5] = 0
    labels[3, 3] = 1
    write(tmp_path, labels)
    mesh = recipe_of(tmp_path, phases={"active": 1}).build(1)
    assert mesh.grain_phase == ("active",)
    assert measures(mesh.points, mesh.cells).sum() == pytest.approx(40 * 0.25)
    assert mesh.statistics["Left out, floating in voids"] == pytest.approx(1 / 41)


def channel(stub: bool = False, island: bool = False) -> np.ndarray:
    """A channel of 3 voxels from end to end between voids as wide, 12 by 9 voxels."""
    labels = np.zeros((12, 9))
    labels[:, 3:6] = 1
    labels[9:, 8] = stub
    labels[4:7, 0:2] = island
    return labels


@pytest.mark.parametrize("stub", [False, True])
def test_the_box_is_that_of_the_image(tmp_path, stub):
    """What reaches an end stays; what does not is told; voids at the sides count."""
    write(tmp_path, channel(stub, island=True))
    mesh = recipe_of(tmp_path, phases={"active": 1}).build(1)
    assert mesh.bounds == pytest.approx(np.array([[0.0, 0.0], [6.0, 4.5]]))
    kept = 36 + 3 * stub
    assert measures(mesh.points, mesh.cells).sum() == pytest.approx(kept * 0.25)
    assert mesh.statistics["Left out, floating in voids"] == pytest.approx(6 / (kept + 6))
    cache.store(tmp_path / "kept.npz", mesh)
    again = cache.load(tmp_path / "kept.npz")
    assert again is not None and again.digest() == mesh.digest()
    assert again.footprint == mesh.footprint == pytest.approx(4.5)


def test_strips_beside_a_block_that_floats(tmp_path):
    labels = np.ones((9, 9))
    labels[:, 1] = labels[0, 2:] = labels[-1, 2:] = 0
    write(tmp_path, labels)
    mesh = recipe_of(tmp_path, phases={"active": 1}).build(1)
    assert measures(mesh.points, mesh.cells).sum() == pytest.approx(9 * 0.25)


def test_parts_that_meet_in_an_edge_do_not_touch(tmp_path):
    """Two beams from end to end, diagonal to each other, have no vertex in common."""
    labels = np.zeros((3, 2, 2))
    labels[:, 0, 0] = labels[:, 1, 1] = 1
    write(tmp_path, labels)
    mesh = recipe_of(tmp_path, phases={"active": 1}).build(1)
    assert mesh.grain_phase == ("active",) * 2
    first, second = (set(mesh.cells[mesh.cell_grain == k].ravel()) for k in (0, 1))
    assert not first & second


def test_a_part_of_the_image(tmp_path):
    write(tmp_path, np.where(LABELS == 0, 1, LABELS))
    mesh = recipe_of(tmp_path, corner=[1, 0, 2], shape=[3, 4, 2]).build(1)
    assert np.ptp(mesh.points, axis=0) == pytest.approx([1.5, 2.0, 1.0])
    assert mesh.statistics["Voxels"] == 24


def test_axes_of_a_tiff_file(tmp_path):
    pages = [Picture.fromarray(page) for page in LABELS.astype(np.uint8).transpose(2, 1, 0)]
    pages[0].save(tmp_path / "a.tiff", save_all=True, append_images=pages[1:])
    assert np.array_equal(read_labels(tmp_path / "a.tiff"), LABELS)
    pages[0].save(tmp_path / "b.tif")
    assert np.array_equal(read_labels(tmp_path / "b.tif"), LABELS[:, :, 0])


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "LA", "CMYK"])
@pytest.mark.parametrize("pages", [1, 2])
def test_pictures_in_colour_are_refused(tmp_path, mode, pages):
    page = Picture.new(mode, (30, 20))
    page.save(tmp_path / "image.tiff", save_all=True, append_images=[page] * (pages - 1))
    with pytest.raises(Fault, match=rf"colour \({mode}: {len(mode)} channels") as refused:
        recipe_of(tmp_path, file="image.tiff").build(1)
    assert "greyscale" in refused.value.remedy


def test_labels_of_a_palette_are_kept(tmp_path):
    page = Picture.fromarray(LABELS[:, :, 0].T.astype(np.uint8), mode="L")
    page.putpalette([200, 0, 0, 0, 200, 0, 0, 0, 200])
    page.save(tmp_path / "image.tiff")
    assert np.array_equal(read_labels(tmp_path / "image.tiff"), LABELS[:, :, 0])


def test_cells_meet_facet_to_facet():
    points, cells, _ = simplices(np.ones((3, 2, 2), dtype=int), np.ones((3, 2, 2), dtype=bool))
    assert len(cells) == 5 * 12
    assert len(points) == 4 * 3 * 3


def test_another_content_is_another_mesh(tmp_path):
    kept = []
    for labels in (np.ones((3, 3)), np.full((3, 3), 2)):
        write(tmp_path, labels)
        kept.append(cache.path_of({"recipe": recipe_of(tmp_path).model_dump(mode="json")}))
    assert kept[0] != kept[1]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"corner": [0, 0]}, "3 axes"),
        ({"shape": [9, 5, 4]}, "not within"),
        ({"shape": [1, 0, 4]}, "not within"),
        ({"phases": {"active": 1, "catholyte": 1}}, "one label"),
        ({"phases": {"active": 1, "catholyte": 9}}, "There are 0, 1, 2"),
    ],
)
def test_parts_that_cannot_be(tmp_path, changes, words):
    write(tmp_path, LABELS)
    with pytest.raises(Fault, match=words):
        recipe_of(tmp_path, **changes).build(1)


def test_nothing_solid_at_an_electrode(tmp_path):
    labels = np.ones((4, 4))
    labels[0] = 0
    write(tmp_path, labels)
    with pytest.raises(Fault, match="reaches from the anode"):
        recipe_of(tmp_path, phases={"active": 1}).build(1)


@pytest.mark.parametrize("file", ["none.npy", "../image.npy", "image.png", 3, "a\0.npy", ""])
def test_files_that_cannot_be(tmp_path, file):
    with pytest.raises(ValidationError, match=r"Give|Check"):
        recipe_of(tmp_path, file=file)


@pytest.mark.parametrize(
    "content", [b"", b"no image", b"\x93NUMPY\x01\x00", None], ids=["empty", "text", "cut", "float"]
)
def test_broken_images(tmp_path, content):
    if content is None:
        np.save(tmp_path / "image.npy", np.ones((3, 3)))
    else:
        (tmp_path / "image.npy").write_bytes(content)
        (tmp_path / "image.tiff").write_bytes(content)
        with pytest.raises(Fault, match="not an image"):
            recipe_of(tmp_path, file="image.tiff").build(1)
    with pytest.raises(Fault, match=r"not an image|whole numbers"):
        recipe_of(tmp_path).build(1)


def test_archive_of_arrays_is_no_image(tmp_path):
    np.savez(tmp_path / "image.npz", labels=np.ones((3, 3), np.uint8))
    (tmp_path / "image.npz").rename(tmp_path / "image.npy")
    with pytest.raises(Fault, match=r"an archive of arrays.*numpy\.save"):
        recipe_of(tmp_path).build(1)

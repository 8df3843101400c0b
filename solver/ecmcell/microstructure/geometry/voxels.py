"""Label images as arrays, and boxes of one label each as simplex meshes."""

import warnings
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.facets import facets_of

if TYPE_CHECKING:
    from PIL import Image

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

FORMATS = (".npy", ".tif", ".tiff")
"""Ends of the names of images that are read."""

LARGEST_FILE = 1_000_000_000
"""Voxels that an image may have."""


def read_labels(path: Path) -> Integers:
    """Labels of the voxels of an image, shape (nx, ny) or (nx, ny, nz).

    In a TIFF file x runs along the columns, y along the rows, z along the pages; an array of NumPy
    is taken as it is.

    Raises:
        Fault: The file is not such an image.
    """
    try:
        labels = np.load(path, allow_pickle=False) if path.suffix == ".npy" else _pages(path)
    except Fault:
        raise
    except Exception as error:  # Pillow and NumPy raise many kinds
        reason = " ".join(str(error).split()) or type(error).__name__
        raise Fault(f"not an image that can be read: {reason}", "Write it anew.") from None
    if not isinstance(labels, np.ndarray):
        raise Fault("an archive of arrays (.npz)", "Write one array with numpy.save.")
    if labels.ndim not in (2, 3) or not np.issubdtype(labels.dtype, np.integer):
        given = f"an array of {labels.ndim} axes of {labels.dtype}"
        raise Fault(given, "Give whole numbers along 2 or 3 axes.")
    return labels.astype(np.int64)


def _pages(path: Path) -> npt.NDArray[np.generic]:
    from PIL import Image, ImageSequence

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path, formats=["TIFF"]) as image:
            if image.width * image.height * getattr(image, "n_frames", 1) > LARGEST_FILE:
                raise ValueError("it is too large")
            pages = [_page(page) for page in ImageSequence.Iterator(image)]
    return pages[0].T if len(pages) == 1 else np.stack(pages, axis=-1).transpose(1, 0, 2)


def _page(page: "Image.Image") -> npt.NDArray[np.generic]:
    """One label a pixel; channels of colour would look like slices of a volume."""
    channels = page.getbands()
    if len(channels) > 1:
        given = f"a picture in colour ({page.mode}: {len(channels)} channels a pixel)"
        raise Fault(given, "Give one label a pixel: a greyscale or palette TIFF file.")
    return np.array(page)


def simplices(labels: Integers, solid: npt.NDArray[np.bool_]) -> tuple[Floats, Integers, Integers]:
    """The boxes of the solid voxels, cut into 4 triangles or 5 tetrahedra.

    Neighbouring boxes are mirror images of each other, so that the cuts of their faces meet.

    Returns:
        Points, shape (n, dim), in voxels, cells, shape (m, dim + 1), and the label of each cell.
    """
    dim, where = labels.ndim, np.argwhere(solid)
    cut = _CUTS[dim]
    odd = (where % 2).astype(bool)
    corners = np.array(cut)[None] * np.ones((len(where), 1, 1, 1), dtype=np.int64)
    turned = np.where(odd[:, None, None, :], 2 - corners, corners)
    cells = (2 * where[:, None, None, :] + turned).reshape(-1, dim)
    grid = tuple(2 * n + 1 for n in labels.shape)
    used, compact = np.unique(np.ravel_multi_index(tuple(cells.T), grid), return_inverse=True)
    points = np.stack(np.unravel_index(used, grid), axis=1) / 2
    of_cell = np.repeat(labels[solid], len(cut))
    return points, compact.reshape(-1, dim + 1).astype(np.int64), of_cell


def connected_parts(cells: Integers) -> Integers:
    """Number of the part that hangs together through facets of each cell, shape (m,)."""
    pairs = facets_of(cells).cells
    pairs = pairs[pairs[:, 1] >= 0]
    links = coo_array((np.ones(len(pairs), dtype=bool), pairs.T), shape=(len(cells),) * 2)
    _, part = connected_components(links, directed=False)
    return part.astype(np.int64)


def _square() -> list[list[tuple[int, ...]]]:
    ring = [(0, 0), (2, 0), (2, 2), (0, 2)]
    return [[(1, 1), ring[k], ring[(k + 1) % 4]] for k in range(4)]


def _cube() -> list[list[tuple[int, ...]]]:
    """One regular tetrahedron on every other corner, and a corner piece on each of the others."""
    corners = list(product((0, 2), repeat=3))
    inner = [c for c in corners if sum(c) % 4 == 0]
    pieces = [inner]
    for corner in corners:
        if corner not in inner:
            beside = [c for c in inner if sum(a != b for a, b in zip(c, corner, strict=True)) == 1]
            pieces.append([corner, *beside])
    return pieces


_CUTS = {2: _square(), 3: _cube()}

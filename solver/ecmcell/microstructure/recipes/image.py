"""Recipe `image`: a part of a segmented image, voxel by voxel.

Surfaces keep the steps of the voxels: their area comes out larger than that of a smooth surface, by
a half for one that looks in all directions. Volumes, connections and conduction are kept.
"""

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, PlainSerializer, PlainValidator, ValidationInfo, WithJsonSchema

from ecmcell.case.faults import Fault, toml
from ecmcell.microstructure.geometry.voxels import FORMATS, connected_parts, read_labels, simplices
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import assemble, tags_of_box_with_pores
from ecmcell.microstructure.recipes.base import Extent, Recipe

LEFT_OUT = "Left out, floating in voids"
"""Name of the statistics that say which fraction of the solid voxels is not meshed."""

LARGEST_COUNT = 4_000_000
"""Voxels that are meshed at most."""


def _image(given: object, info: ValidationInfo) -> Path:
    """A file beside the recipe, whose directory the context tells."""
    directory = Path((info.context or {}).get("directory", "."))
    if not isinstance(given, str) or Path(given).name != given or "\0" in given:
        remedy = 'Give the name of a file beside the recipe, e.g. "electrode.tiff".'
        raise Fault(f"{toml(given)} is not valid", remedy)
    path = directory / given
    if path.suffix not in FORMATS:
        raise Fault(f"{toml(given)} is no kind of image", f"Give {' or '.join(FORMATS)}.")
    if not path.is_file() or not path.resolve().is_relative_to(directory.resolve()):
        raise Fault(f"there is no file {toml(given)} beside the recipe", "Check the name.")
    return path


def _digest(path: Path) -> str:
    """What the file holds, for the cache of meshes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _ends(
    points: npt.NDArray[np.float64],
    cells: npt.NDArray[np.int64],
    part: npt.NDArray[np.int64],
    length: int,
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Which parts reach the lower end, and which the upper one."""
    low, high = np.full(part.max() + 1, np.inf), np.zeros(part.max() + 1)
    for corner in cells.T:
        np.minimum.at(low, part, points[corner, 0])
        np.maximum.at(high, part, points[corner, 0])
    return low == 0.0, high == length


Voxels = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=3)]


class Image(Recipe):
    """Keys of a recipe file that starts with `recipe = "image"`.

    Attributes:
        file: Segmented image beside the recipe: a TIFF file or an array of NumPy, one label a
            voxel. x is the first axis, in TIFF files that of the columns; z that of the pages.
        voxel: Edge length of a voxel.
        phases: Label of each phase in the image. Voxels of other labels are void, their faces
            `pore`.
        corner: First voxel of the part that is meshed, along each axis.
        shape: Number of voxels along each axis; up to the end of the image if not given.
    """

    recipe: Literal["image"]
    file: Annotated[
        Path,
        PlainValidator(_image),
        PlainSerializer(_digest),
        WithJsonSchema({"type": "string"}),
    ]
    voxel: Extent
    phases: Annotated[
        dict[Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")], int], Field(min_length=1)
    ]
    corner: Voxels | None = None
    shape: Voxels | None = None

    @property
    def files(self) -> tuple[Path, ...]:
        """The image."""
        return (self.file,)

    def is_section(self) -> bool:
        """Whether the image is a picture."""
        return read_labels(self.file).ndim == 2

    def build(self, seed: int) -> MeshData:
        """Mesh the voxels; chance has no part in it.

        Parts that reach neither the anode nor the collector are left out: they float in voids.
        Parts that meet in edges or corners only do not touch.
        """
        labels = self._part(read_labels(self.file))
        solid = np.isin(labels, list(self.phases.values()))
        points, cells, region = simplices(labels, solid)
        part = connected_parts(cells)
        lower, upper = _ends(points, cells, part, labels.shape[0])
        kept = (lower | upper)[part]
        if not (lower & upper).any():
            given = "nothing solid reaches from the anode to the collector"
            raise Fault(given, "Take another part.", ["corner"])
        # A vertex for each part: what touches in an edge or a corner is not joined.
        own = cells[kept] + len(points) * part[kept, None]
        used, compact = np.unique(own, return_inverse=True)
        names = {label: phase for phase, label in self.phases.items()}
        there = {label: phase for label, phase in names.items() if label in region[kept]}
        box = self.voxel * np.array([np.zeros(labels.ndim), labels.shape])
        mesh = assemble(
            self.voxel * points[used % len(points)],
            compact.reshape(-1, cells.shape[1]),
            region[kept],
            there,
            tags_of_box_with_pores,
            box,
        )
        asked = {
            "Voxels": int(labels.size),
            "Void of the image": float(1 - solid.mean()),
            LEFT_OUT: float(1 - kept.mean()),
        }
        return replace(mesh, statistics=asked | mesh.statistics)

    def _part(self, labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """The voxels that are meshed."""
        if len(set(self.phases.values())) < len(self.phases):
            raise Fault("two phases have one label", "Give each its own.", ["phases"])
        corner = self.corner or [0] * labels.ndim
        if len(corner) != labels.ndim:
            given = f"{toml(corner)} for an image of {labels.ndim} axes"
            raise Fault(given, "Give one number an axis.", ["corner"])
        shape = self.shape or [n - c for n, c in zip(labels.shape, corner, strict=True)]
        if len(shape) != labels.ndim:
            given = f"{toml(shape)} for an image of {labels.ndim} axes"
            raise Fault(given, "Give one number an axis.", ["shape"])
        ends = [c + n for c, n in zip(corner, shape, strict=True)]
        if min(shape) < 1 or any(e > n for e, n in zip(ends, labels.shape, strict=True)):
            given = f"the part from {toml(corner)} to {toml(ends)} is not within {labels.shape}"
            raise Fault(given, "Give a part of the image.", ["shape"])
        if np.prod(shape) > LARGEST_COUNT:
            given = f"{np.prod(shape)} voxels are too many"
            raise Fault(given, f"Take a part of at most {LARGEST_COUNT}.", ["shape"])
        part = labels[tuple(slice(c, e) for c, e in zip(corner, ends, strict=True))]
        for phase, label in self.phases.items():
            if not (part == label).any():
                there = ", ".join(str(n) for n in np.unique(part)[:20])
                raise Fault(
                    f"no voxel has the label {label}", f"There are {there}.", ["phases", phase]
                )
        return part

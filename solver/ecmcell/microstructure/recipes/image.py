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

from ecmcell.case.reading import Fault, toml
from ecmcell.microstructure.meshdata import MeshData
from ecmcell.microstructure.recipes.base import Extent, Recipe
from ecmcell.microstructure.topology import assemble, roles_of_box_with_pores
from ecmcell.microstructure.voxels import FORMATS, largest_part, read_labels, simplices

LARGEST_COUNT = 4_000_000
"""Voxels that are meshed at most."""


def _image(given: object, info: ValidationInfo) -> Path:
    """A file beside the recipe, whose directory the context tells."""
    directory = Path((info.context or {}).get("directory", "."))
    if not isinstance(given, str) or Path(given).name != given or "\0" in given:
        remedy = 'Give the name of a file beside the recipe, e.g. "electrode.tiff".'
        raise Fault(f"{toml(given)} does not do", remedy)
    path = directory / given
    if path.suffix not in FORMATS:
        raise Fault(f"{toml(given)} is no kind of image", f"Give {' or '.join(FORMATS)}.")
    if not path.is_file() or not path.resolve().is_relative_to(directory.resolve()):
        raise Fault(f"there is no file {toml(given)} beside the recipe", "Check the name.")
    return path


def _digest(path: Path) -> str:
    """What the file holds, for the cache of meshes."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


Voxels = Annotated[list[Annotated[int, Field(ge=0)]], Field(min_length=2, max_length=3)]


class Image(Recipe):
    """Keys of a recipe file that starts with `recipe = "image"`.

    Attributes:
        file: Segmented image beside the recipe: a TIFF file or an array of NumPy, one label a
            voxel. x is the first axis, in TIFF files that of the columns; z that of the pages.
        voxel: Edge of a voxel.
        phases: Label of each phase. Voxels of other labels are void, their faces `pore`.
        corner: First voxel of the part that is meshed, along each axis.
        shape: Voxels along each axis; up to the end of the image if not given.
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

    def build(self, seed: int) -> MeshData:
        """Mesh the voxels; chance has no part in it. Parts that float in voids are left out."""
        labels = self._part(read_labels(self.file))
        solid = np.isin(labels, list(self.phases.values()))
        points, cells, region = simplices(labels, solid)
        kept = largest_part(cells)
        used, compact = np.unique(cells[kept], return_inverse=True)
        names = {label: phase for phase, label in self.phases.items()}
        there = {label: phase for label, phase in names.items() if label in region[kept]}
        box = self.voxel * np.array([np.zeros(labels.ndim), labels.shape])

        def find_roles(points: npt.NDArray, facets: npt.NDArray) -> npt.NDArray:
            return roles_of_box_with_pores(np.concatenate([points, box]), facets)

        mesh = assemble(
            self.voxel * points[used],
            compact.reshape(-1, cells.shape[1]),
            region[kept],
            there,
            find_roles,
        )
        for role in ("anode", "collector"):
            if not (mesh.facet_role == mesh.roles.index(role)).any():
                raise Fault(f"nothing solid reaches the {role}", "Take another part.", ["corner"])
        asked = {
            "Voxels": int(labels.size),
            "Void of the image": float(1 - solid.mean()),
            "Left out, floating in voids": float(1 - kept.mean()),
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

"""Faces that are not flat: nodes of a mesh moved along the stack, between planes that stay."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field

from ecmcell.case.faults import Fault
from ecmcell.microstructure.geometry.heights import Heights, corrugation, random_field
from ecmcell.microstructure.mesh.facets import facets_of
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.mesh.topology import TAGS
from ecmcell.microstructure.recipes.base import Extent, Table

Floats = npt.NDArray[np.float64]

SPOILT = 0.25
"""Least part of its quality that a cell may keep."""


class Roughness(Table):
    """Heights of a face, counted towards the anode; their mean lies where the face was.

    Attributes:
        profile: Profile of the face: `wave`, a cosine along y, or `random`, a Gaussian field drawn
            by the seed of the mesh, with the covariance exp(-r^2/(2 length^2)).
        height: Amplitude of the wave; root mean square of random heights.
        length: Wavelength of the wave, or correlation length of random heights.
        coverage: Fraction of the face at the anode that a flat electrode touches: the peaks are
            pressed flat, the valleys are empty, and nothing reacts there. Without a value the
            electrode follows the face.
    """

    profile: Literal["wave", "random"]
    height: Extent
    length: Extent
    coverage: Annotated[float, Field(strict=True, gt=0, lt=1)] | None = None

    def heights(self, seed: int, across: int) -> Heights:
        """The profile over a face of this dimension, of amplitude or variance one."""
        if self.profile == "wave":
            return corrugation(self.length)
        return random_field(self.length, seed, across)


@dataclass(frozen=True)
class RoughFace:
    """A plane of a mesh that becomes rough.

    Attributes:
        roughness: What it is to be.
        place: Its x in um.
        fixed: Where on either side nothing moves any more, in um; the lower one lies at `place`
            where that is the anode.
        key: Where the recipe says so.
    """

    roughness: Roughness
    place: float
    fixed: tuple[float, float]
    key: Sequence[str | int]


def rough_anode(mesh: MeshData, roughness: Roughness | None, depth: float, seed: int) -> MeshData:
    """A mesh whose face at the anode is rough, if it is to be.

    Args:
        mesh: The mesh in a box.
        roughness: Of the face.
        depth: How deep below it nothing moves any more, in um.
        seed: Of random heights.

    Raises:
        Fault: The face would spoil cells.
    """
    if roughness is None:
        return mesh
    place = float(mesh.points[:, 0].min())
    face = RoughFace(roughness, place, (place, place + depth), ["roughness"])
    return roughened(mesh, [face], seed)


def roughened(mesh: MeshData, faces: Iterable[RoughFace], seed: int) -> MeshData:
    """A mesh with rough faces, its cells and grains those of a mesh in a box.

    Args:
        mesh: The mesh with these faces flat.
        faces: The faces.
        seed: Of random heights.

    Raises:
        Fault: A face would spoil cells, or cannot be pressed on.
    """
    for face in faces:
        mesh = _roughened(mesh, face, seed)
    return mesh


def _roughened(mesh: MeshData, face: RoughFace, seed: int) -> MeshData:
    shape, (low, high) = face.roughness, face.fixed
    flat = mesh.points
    depth = -shape.height * shape.heights(seed, mesh.dim - 1)(flat[:, 1:])
    on_face = np.abs(flat[:, 0] - face.place) < 1e-9 * float(np.ptp(flat[:, 0]))
    facets = facets_of(mesh.cells).vertices
    facets = facets[on_face[facets].all(axis=1)]
    if shape.coverage is not None:
        if low < face.place:
            remedy = "Leave it out, or give it at the face of the anode."
            raise Fault("given within the mesh", remedy, [*face.key, "coverage"])
        pressed = _pressed(measures(flat, facets), depth[facets].max(axis=1), shape.coverage)
        depth = np.maximum(depth - pressed, 0.0)
    moved = np.interp(flat[:, 0], [low, face.place, high], [float(low == face.place), 1.0, 0.0])
    points = flat.copy()
    points[:, 0] += moved * depth
    _check(mesh, points, face)
    area, footprint = (float(measures(at, facets).sum()) for at in (points, flat))
    told: dict[str, object] = {
        "Area of the rough face over its footprint": area / footprint,
        "Minimum cell quality": float(quality(points, mesh.cells).min()),
    }
    tags, tag = mesh.tags, mesh.facet_tag
    if shape.coverage is not None:
        tags, (anode, pore) = TAGS, (TAGS.index("anode"), TAGS.index("pore"))
        sunk = (depth > 0.0)[mesh.facets].any(axis=1)
        tag = np.where((tag == anode) & sunk, np.int32(pore), tag)
        touching = float(measures(points, mesh.facets[tag == anode]).sum())
        told |= {"Coverage asked": shape.coverage, "Coverage meshed": touching / footprint}
    return replace(mesh, points=points, tags=tags, facet_tag=tag, statistics=mesh.statistics | told)


def _pressed(area: Floats, deepest: Floats, coverage: float) -> float:
    """Depth to which a flat electrode presses on a face to touch a fraction of it.

    Args:
        area: Of each facet.
        deepest: Depth of the deepest vertex of each facet; those no deeper than the result touch.
        coverage: The share; it is met to within a facet.
    """
    order = np.argsort(deepest, kind="stable")
    fraction = np.cumsum(area[order]) / area.sum()
    return float(deepest[order[np.argmin(np.abs(fraction - coverage))]])


def _check(mesh: MeshData, points: Floats, face: RoughFace) -> None:
    """Whether no cell has turned over or is much flatter than it was."""
    kept = quality(points, mesh.cells) / quality(mesh.points, mesh.cells)
    if (measures(points, mesh.cells) <= 0.0).any():
        given = f"{face.roughness.height:g} um turns cells over"
    elif kept.min() < SPOILT:
        given = (
            f"{face.roughness.height:g} um spoils cells, one keeps {kept.min():.2g} of its shape"
        )
    else:
        return
    remedy = "Lower it, or give a longer length or more room to the planes beside."
    raise Fault(given, remedy, [*face.key, "height"])

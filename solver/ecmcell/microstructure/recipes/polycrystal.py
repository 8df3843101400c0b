"""Recipe `polycrystal`: Voronoi grains of one or several phases in a box, from x = 0 on.

Short edges are taken out, which bends faces in 3D; those are meshed as triangles around their
middles, for a mesher takes a face to be plane and lets the bent ones of neighbours overlap.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Annotated, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from ecmcell.case.faults import Fault
from ecmcell.microstructure.geometry.diameters import ball_volume
from ecmcell.microstructure.geometry.tessellation import (
    Tessellation,
    TessellationError,
    flattened,
    seeds_in_box,
    tessellate,
)
from ecmcell.microstructure.mesh.facets import MeshingError
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import measures, quality
from ecmcell.microstructure.mesh.topology import assemble
from ecmcell.microstructure.meshing.gmsh_mesh import mesh_regions
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh
from ecmcell.microstructure.meshing.roughness import Roughness, rough_anode
from ecmcell.microstructure.recipes.base import Dimension, Extent, Recipe

PhaseName = Annotated[str, Field(pattern=r"^[A-Za-z]\w*$")]

ATTEMPTS = 5
"""Fresh seeds before it is given up."""

LARGEST_COUNT = 5_000
"""Grains that a polycrystal may have."""

SHORTEST = {2: (0.3, 0.05), 3: (0.5, 0.2, 0.05)}
"""Least edges of a grain in cell sizes, by dimension: the next where one spoils a grain."""

WORST = 0.03
"""Least quality of a cell; below it the grains are placed anew."""


class Polycrystal(Recipe):
    """Keys of a recipe file that starts with `recipe = "polycrystal"`.

    Attributes:
        dimension: Dimension of the mesh: 2 or 3.
        phase: Name of the phase of the grains in the case.
        fractions: Volume fractions of the phases that grains are drawn from at random, in place of
            one `phase`.
        thickness: Thickness of the layer from the anode to the collector.
        width: Width of the section; in 3D also the depth.
        grain_size: Mean grain size: diameter of the disc or sphere as large as the mean grain.
        aspect: Width of the grains over their thickness along x: above 1 they are plates that lie
            across the current, below 1 columns along it.
        relaxations: Number of times that seeds move to the centroids of their grains; more make
            grains more even.
        size: Edge length of the cells.
        roughness: Roughness of the face at the anode; grains beneath follow, the less the deeper
            they lie.
    """

    recipe: Literal["polycrystal"]
    dimension: Dimension
    phase: PhaseName = "grain"
    fractions: dict[PhaseName, Annotated[float, Field(gt=0, lt=1, allow_inf_nan=False)]] = Field(
        default={}
    )
    thickness: Extent
    width: Extent
    grain_size: Extent
    aspect: Annotated[float, Field(ge=0.1, le=10, allow_inf_nan=False)] = 1.0
    relaxations: Annotated[int, Field(ge=0, le=100)] = 3
    size: Extent
    roughness: Roughness | None = None

    @model_validator(mode="after")
    def _of_one_kind(self) -> Self:
        if not self.fractions:
            return self
        if "phase" in self.model_fields_set:
            raise Fault("given beside fractions", "Give one of the two.", ["phase"])
        total = sum(self.fractions.values())
        if abs(total - 1) > 1e-9:
            raise Fault(f"the fractions add up to {total:g}", "Make it 1.", ["fractions"])
        return self

    def build(self, seed: int) -> MeshData:
        """Place the grains and mesh them."""
        rng = np.random.default_rng(seed)
        lengths = np.array([self.thickness, *[self.width] * (self.dimension - 1)])
        mean = float(ball_volume(np.array([self.grain_size / 2]), self.dimension)[0])
        count = max(1, round(float(lengths.prod()) / mean))
        if count > LARGEST_COUNT:
            remedy = "Give larger grains or a smaller box."
            raise Fault(f"that would take {count} grains", remedy, ["grain_size"])
        if self.size > self.grain_size / 2:
            given = f"{self.size:g} um is more than half the grain size"
            raise Fault(given, f"Give at most {self.grain_size / 2:g} um.", ["size"])
        stretch = np.ones(self.dimension)
        stretch[0] = 1 / self.aspect
        for _ in range(ATTEMPTS):
            seeds = seeds_in_box(count, lengths / stretch, self.relaxations, rng)
            for shortest in SHORTEST[self.dimension]:
                with suppress(TessellationError, MeshingError):
                    least = shortest * self.size
                    grains = tessellate(seeds, lengths / stretch, least, stretch)
                    flat = self._mesh(grains, lengths, rng.permutation(grains.count))
                    return rough_anode(flat, self.roughness, self.thickness, seed)
        given = f"{count} grains could not be meshed by cells of {self.size:g} um"
        raise Fault(given, "Give a smaller size, fewer grains or another seed.", ["size"])

    def _mesh(self, grains: Tessellation, lengths: np.ndarray, order: np.ndarray) -> MeshData:
        dim = self.dimension
        flat = flattened(grains)
        points, cells, region = mesh_regions(dim, lambda: _geometry(flat), repr(self.size))
        mesh = assemble(points, cells, region, dict.fromkeys(range(grains.count), self.phase))
        volume = measures(points, mesh.cells)
        if abs(volume.sum() / lengths.prod() - 1) > 1e-9 or len(mesh.grain_phase) != grains.count:
            raise MeshingError("grains overlap")
        if quality(points, mesh.cells).min() < WORST:
            raise MeshingError("a cell is too flat")
        asked: dict[str, object] = {"Mean grain size asked [um]": self.grain_size}
        asked |= {f"Volume fraction of {p} asked": value for p, value in self.fractions.items()}
        of_grain = np.bincount(mesh.cell_grain, volume)
        return replace(
            mesh,
            grain_phase=drawn(self.fractions, of_grain, order)
            if self.fractions
            else mesh.grain_phase,
            statistics=asked | mesh.statistics,
        )


def drawn(fractions: Mapping[str, float], volume: np.ndarray, order: np.ndarray) -> tuple[str, ...]:
    """The phase of each grain: in some order, each phase takes grains until it has its fraction.

    Args:
        fractions: Volume fraction of each phase.
        volume: Volume of each grain.
        order: Numbers of the grains in the order in which they are taken.
    """
    taken = volume[order]
    middle = (np.cumsum(taken) - taken / 2) / volume.sum()
    ends = np.cumsum(list(fractions.values()))
    chosen = np.minimum(np.searchsorted(ends, middle), len(fractions) - 1)
    phase = np.empty(len(volume), dtype=object)
    phase[order] = np.array(list(fractions), dtype=object)[chosen]
    return tuple(str(name) for name in phase)


def _geometry(grains: Tessellation) -> dict[int, int]:
    """Build the grains from the bottom up; the grain of each entity of full dimension."""
    geo = gmsh.model.geo
    vertices = [geo.addPoint(*point, *[0.0] * (3 - len(point))) for point in grains.vertices]
    lines: dict[tuple[int, int], int] = {}

    def line(start: int, end: int) -> int:
        key = min(start, end), max(start, end)
        if key not in lines:
            lines[key] = geo.addLine(vertices[key[0]], vertices[key[1]])
        return lines[key] if key[0] == start else -lines[key]

    def surface(loop: list[int]) -> int:
        return geo.addPlaneSurface([geo.addCurveLoop(loop)])

    own: list[list[int]] = [[] for _ in range(grains.count)]
    for face, sides in zip(grains.faces, grains.sides, strict=True):
        ring = list(zip(face, [*face[1:], face[0]], strict=True))
        border = line(*face) if len(face) == 2 else surface([line(*ends) for ends in ring])
        for grain in sides:
            own[grain].append(border)
    if grains.vertices.shape[1] == 2:
        made = [geo.addPlaneSurface([geo.addCurveLoop(b, reorient=True)]) for b in own]
    else:
        made = [geo.addVolume([geo.addSurfaceLoop(b)]) for b in own]
    geo.synchronize()
    return {tag: grain for grain, tag in enumerate(made)}

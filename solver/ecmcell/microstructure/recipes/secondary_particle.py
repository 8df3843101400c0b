"""Recipe `secondary_particle`: in section, a round particle of crystallites in electrolyte."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field
from scipy.spatial import Voronoi, cKDTree

from ecmcell.case.faults import Fault
from ecmcell.microstructure.mesh.facets import MeshingError
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.simplices import distances, quality
from ecmcell.microstructure.mesh.topology import assemble
from ecmcell.microstructure.meshing.gmsh_mesh import SizeGrid, mesh_regions
from ecmcell.microstructure.meshing.gmsh_on_demand import gmsh
from ecmcell.microstructure.recipes.base import Extent, ExtentOrZero, Recipe

Floats = npt.NDArray[np.float64]

LARGEST_COUNT = 500
"""Crystallites that a particle may have."""

ATTEMPTS = 200
"""Fresh seeds before it is given up."""

SHORTEST = 0.5
"""Least edge of a crystallite in cell sizes."""

WORST = 0.05
"""Least quality of a cell."""

_RELAXATIONS = 5
_POINTS = 20_000
_FAR = 20.0  # radii at which seeds are put that close the diagram


class SecondaryParticle(Recipe):
    """Keys of a recipe file that starts with `recipe = "secondary_particle"`.

    The phases are `crystal`, `catholyte` around the particle and `separator` before it.

    Attributes:
        separator_thickness: Thickness of the separator at the anode; 0 for none.
        thickness: Thickness of the layer with the particle in the middle.
        width: Width of the section.
        diameter: Diameter of the secondary particle.
        grain_size: Mean size of the crystallites: diameter of the disc as large as the mean one.
        size: Edge length of the cells in the particle and at the surface.
        max_size: Maximum edge length of the cells.
        growth: Growth of the edge length per distance from the particle.
    """

    recipe: Literal["secondary_particle"]
    separator_thickness: ExtentOrZero = 0.0
    thickness: Extent
    width: Extent
    diameter: Extent
    grain_size: Extent
    size: Extent
    max_size: Extent
    growth: float = Field(default=0.3, ge=0, le=1, allow_inf_nan=False)

    def build(self, seed: int) -> MeshData:
        """Place the crystallites and mesh them."""
        self._check()
        rng = np.random.default_rng(seed)
        radius = self.diameter / 2
        count = max(1, round((self.diameter / self.grain_size) ** 2))
        if count > LARGEST_COUNT:
            remedy = "Give larger crystallites."
            raise Fault(f"that would take {count} crystallites", remedy, ["grain_size"])
        for _ in range(ATTEMPTS):
            crystals = divided_disc(_seeds(count, rng) * radius, radius)
            if crystals.shortest >= SHORTEST * self.size:
                with suppress(MeshingError):
                    return self._mesh(crystals)
        given = f"{count} crystallites could not be meshed by cells of {self.size:g} um"
        raise Fault(given, "Give a smaller size, fewer crystallites or another seed.", ["size"])

    def _check(self) -> None:
        room = min(self.thickness, self.width)
        if self.diameter >= room:
            given = f"{self.diameter:g} um leaves no electrolyte around the particle"
            raise Fault(given, f"Give less than {room:g} um.", ["diameter"])
        if self.size > self.grain_size / 2:
            given = f"{self.size:g} um is more than half the grain size"
            raise Fault(given, f"Give at most {self.grain_size / 2:g} um.", ["size"])
        if self.max_size < self.size:
            given = f"{self.max_size:g} um is less than size"
            raise Fault(given, f"Give at least {self.size:g} um.", ["max_size"])

    def _mesh(self, crystals: "Crystals") -> MeshData:
        centre = np.array([self.separator_thickness + self.thickness / 2, self.width / 2])
        high = np.array([self.separator_thickness + self.thickness, self.width])

        def wanted(points: Floats) -> Floats:
            away = np.linalg.norm(points - centre, axis=1) - crystals.radius
            return np.minimum(self.size + self.growth * np.maximum(away, 0.0), self.max_size)

        points, cells, region = mesh_regions(
            2,
            lambda: _geometry(crystals, centre, high, self.separator_thickness),
            SizeGrid(np.zeros(2), high, self.size, wanted),
        )
        phases = dict.fromkeys(range(crystals.count), "crystal")
        phases |= {crystals.count: "catholyte"}
        if self.separator_thickness:
            phases |= {crystals.count + 1: "separator"}
        mesh = assemble(points, cells, region, phases)
        if len(mesh.grain_phase) != len(phases) or quality(points, mesh.cells).min() < WORST:
            raise MeshingError("a crystallite or a cell is spoilt")
        asked = {"Mean grain size asked [um]": self.grain_size, "Diameter [um]": self.diameter}
        return replace(mesh, statistics=asked | mesh.statistics)


@dataclass(frozen=True)
class Crystals:
    """A disc around the origin cut into Voronoi cells.

    Attributes:
        radius: Of the disc.
        seeds: Shape (count, 2).
        points: Ends of borders, shape (n, 2); those on the circle last, at least one.
        inner: Number of points within the disc.
        borders: Ends of each border between two cells, shape (m, 2).
        sides: The two cells of each, shape (m, 2).
    """

    radius: float
    seeds: Floats
    points: Floats
    inner: int
    borders: npt.NDArray[np.int64]
    sides: npt.NDArray[np.int64]

    @property
    def count(self) -> int:
        """Number of cells."""
        return len(self.seeds)

    def arcs(self) -> Iterator[tuple[int, Floats, int, int]]:
        """Pieces of the circle: first point, a place halfway, last point, and whose they are."""
        rim = np.arange(self.inner, len(self.points))
        angle = np.arctan2(self.points[rim, 1], self.points[rim, 0])
        order = np.argsort(angle)
        points, angle = [int(k) for k in rim[order]], angle[order]
        for k, (start, here) in enumerate(zip(points, angle, strict=True)):
            turn = (angle[(k + 1) % len(points)] - here) % (2.0 * np.pi) or 2.0 * np.pi
            at = here + turn / 2.0
            halfway = self.radius * np.array([np.cos(at), np.sin(at)])
            nearest = int(np.argmin(np.linalg.norm(self.seeds - halfway, axis=1)))
            yield start, halfway, points[(k + 1) % len(points)], nearest

    @property
    def shortest(self) -> float:
        """Length of the shortest border, or of the shortest chord between two on the circle."""
        chords = [(start, end) for start, _, end, _ in self.arcs() if start != end]
        pairs = np.concatenate((self.borders, np.array(chords, dtype=np.int64).reshape(-1, 2)))
        length = distances(self.points, pairs)
        return float(length.min(initial=np.inf))


def _seeds(count: int, rng: np.random.Generator) -> Floats:
    """Seeds in the unit disc, moved to the centroids of their cells a few times, shape (count, 2).

    Lloyd 1982, doi:10.1109/TIT.1982.1056489, with the centroids of random points.
    """

    def disc(number: int) -> Floats:
        angle = 2.0 * np.pi * rng.random(number)
        return np.sqrt(rng.random(number))[:, None] * np.column_stack(
            (np.cos(angle), np.sin(angle))
        )

    seeds, points = disc(count), disc(_POINTS)
    for _ in range(_RELAXATIONS):
        nearest = cKDTree(seeds).query(points)[1]
        size = np.maximum(np.bincount(nearest, minlength=count), 1)
        seeds = np.column_stack([np.bincount(nearest, x, count) / size for x in points.T])
    return seeds


def divided_disc(seeds: Floats, radius: float) -> Crystals:
    """The Voronoi cells of seeds, shape (k, 2), in a disc around the origin."""
    angles = 2.0 * np.pi * np.arange(8) / 8
    far = _FAR * radius * np.column_stack((np.cos(angles), np.sin(angles)))
    diagram = Voronoi(np.concatenate((seeds, far)))
    within = np.linalg.norm(diagram.vertices, axis=1) < radius
    number = np.cumsum(within) - 1
    inner = int(within.sum())
    rim: list[Floats] = []
    borders, sides = [], []
    for (first, second), cells in zip(diagram.ridge_vertices, diagram.ridge_points, strict=True):
        if max(cells) >= len(seeds) or min(first, second) < 0:
            continue
        a, b = diagram.vertices[first], diagram.vertices[second]
        ends = [int(number[v]) for v in (first, second) if within[v]]
        hits = _on_circle(a, b, radius)
        if len(ends) + len(hits) < 2:
            continue  # all of it lies outside, or it only touches
        for hit in hits:
            ends.append(inner + len(rim))
            rim.append(hit)
        borders.append(ends)
        sides.append(cells)
    if not rim:
        rim = [np.array([radius, 0.0])]
    points = np.concatenate((diagram.vertices[within], np.array(rim)))
    shape = (-1, 2)
    return Crystals(
        radius,
        seeds,
        points,
        inner,
        np.array(borders, dtype=np.int64).reshape(shape),
        np.array(sides, dtype=np.int64).reshape(shape),
    )


def _on_circle(a: Floats, b: Floats, radius: float) -> list[Floats]:
    """Points where a straight line from a to b crosses a circle around the origin."""
    along = b - a
    square, half, rest = along @ along, a @ along, a @ a - radius**2
    root = half**2 - square * rest
    if root <= 0.0:
        return []
    places = (-half + np.array([-1.0, 1.0]) * np.sqrt(root)) / square
    return [a + t * along for t in places if 0.0 < t < 1.0]


def _geometry(crystals: Crystals, centre: Floats, high: Floats, separator: float) -> dict[int, int]:
    """Build it from the bottom up; the region of each surface."""
    geo = gmsh.model.geo
    middle = geo.addPoint(*centre, 0.0)
    points = [geo.addPoint(*(centre + point), 0.0) for point in crystals.points]
    own: list[list[int]] = [[] for _ in range(crystals.count)]
    for (a, b), cells in zip(crystals.borders, crystals.sides, strict=True):
        line = geo.addLine(points[a], points[b])
        for cell in cells:
            own[cell].append(line)
    circle = []
    for start, halfway, end, cell in crystals.arcs():
        middle_of_arc = geo.addPoint(*(centre + halfway), 0.0)
        first, last = (points[k] for k in (start, end))
        for a, b in ((first, middle_of_arc), (middle_of_arc, last)):
            circle.append(geo.addCircleArc(a, middle, b))
            own[cell].append(circle[-1])
    made = [geo.addPlaneSurface([geo.addCurveLoop(loop, reorient=True)]) for loop in own]
    x = [separator, high[0]]
    y = [0.0, 0.0, high[1], high[1]]
    corners = [geo.addPoint(a, b, 0.0) for a, b in zip([*x, *x[::-1]], y, strict=True)]
    ends = zip(corners, [*corners[1:], corners[0]], strict=True)
    sides = [geo.addLine(a, b) for a, b in ends]
    loops = [geo.addCurveLoop(sides), geo.addCurveLoop(circle)]
    made.append(geo.addPlaneSurface(loops))
    if separator:
        before = [geo.addPoint(0.0, b, 0.0) for b in (0.0, high[1])]
        around = [before[0], corners[0], corners[3], before[1]]
        edges = [
            geo.addLine(around[0], around[1]),
            -sides[3],
            geo.addLine(around[2], around[3]),
            geo.addLine(around[3], around[0]),
        ]
        made.append(geo.addPlaneSurface([geo.addCurveLoop(edges)]))
    geo.synchronize()
    return {tag: region for region, tag in enumerate(made)}

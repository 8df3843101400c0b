"""Voronoi cells in a box as vertices and polygons, without edges too short to mesh.

Seeds drawn at random move to the centroids of their cells a few times (Lloyd, doi:10.1109/
TIT.1982.1056489), which makes the cells more alike and rounder. The seeds mirrored at the faces of
the box make the box cut the cells cleanly.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, Voronoi, cKDTree

from ecmcell.microstructure.mesh.simplices import distances, sizes

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
FacetSet = tuple[int, ...]

ROUNDING = 1e-9
"""Distances below this fraction of the box are zero."""


FLATNESS = 1e-6
"""Thickness of a plane face over its width."""


class TessellationError(Exception):
    """Short edges cannot be taken out without spoiling a cell."""


@dataclass(frozen=True)
class Tessellation:
    """Cells that fill a box.

    Attributes:
        vertices: Shape (n, dim), um.
        faces: Vertices of each face in order around it (2D: the two ends of an edge). In 3D the
            vertices of a face lie in a plane only up to the length of the edges taken out.
        sides: The one or two cells of each face; those on the box have one.
        count: Number of cells.
    """

    vertices: Floats
    faces: list[FacetSet]
    sides: list[tuple[int, ...]]
    count: int


def seeds_in_box(count: int, lengths: Floats, rounds: int, rng: np.random.Generator) -> Floats:
    """Seeds, shape (count, dim), moved `rounds` times to the centroids of their cells."""
    seeds = lengths * rng.random((count, len(lengths)))
    for _ in range(rounds):
        diagram = _mirrored_diagram(seeds, lengths)
        corners = [diagram.vertices[diagram.regions[diagram.point_region[k]]] for k in range(count)]
        seeds = np.array([_centroid(own) for own in corners])
    return seeds


def tessellate(
    seeds: Floats, lengths: Floats, shortest: float, stretch: Floats | float = 1.0
) -> Tessellation:
    """The Voronoi cells of seeds in a box, edges below `shortest` shrunk to points.

    Args:
        seeds: Shape (count, dim), within the box.
        lengths: Edges of the box, shape (dim,); one corner is the origin.
        shortest: Least length of an edge, once stretched.
        stretch: Factors along the axes, shape (dim,), by which the cells and the box are stretched
            after they were found.

    Raises:
        TessellationError: A cell or the box would be spoilt.
    """
    diagram = _mirrored_diagram(seeds, lengths)
    count, dim = seeds.shape
    inside = [
        (tuple(vertices), tuple(int(c) for c in cells if c < count))
        for vertices, cells in zip(diagram.ridge_vertices, diagram.ridge_points, strict=True)
        if min(cells) < count
    ]
    used = np.unique(np.concatenate([vertices for vertices, _ in inside]))
    points, place = _merged(diagram.vertices[used], lengths)
    row = {int(a): int(b) for a, b in zip(used, place, strict=True)}
    faces = [_around([row[v] for v in vertices], points) for vertices, _ in inside]
    sides = [cells for _, cells in inside]
    points = np.where(points == lengths, lengths * stretch, points * stretch)
    points, faces = _without_short_edges(points, faces, lengths * stretch, shortest)
    kept = [k for k, face in enumerate(faces) if len(face) >= dim]
    _check([faces[k] for k in kept])
    return Tessellation(points, [faces[k] for k in kept], [sides[k] for k in kept], count)


def flattened(cells: Tessellation) -> Tessellation:
    """The same cells with bent faces cut into triangles around their middles."""
    vertices, faces, sides = [cells.vertices], [], []
    count = len(cells.vertices)
    for face, beside in zip(cells.faces, cells.sides, strict=True):
        corners = cells.vertices[list(face)]
        if _is_flat(corners):
            faces.append(face)
            sides.append(beside)
            continue
        vertices.append(corners.mean(axis=0, keepdims=True))
        faces += [(a, b, count) for a, b in zip(face, [*face[1:], face[0]], strict=True)]
        sides += [beside] * len(face)
        count += 1
    return Tessellation(np.concatenate(vertices), faces, sides, cells.count)


def _is_flat(corners: Floats) -> bool:
    """Whether the corners of a face lie in a plane."""
    if len(corners) < 4:
        return True
    thickness = np.linalg.svd(corners - corners.mean(axis=0), compute_uv=False)
    return bool(thickness[2] < FLATNESS * thickness[0])


def _mirrored_diagram(seeds: Floats, lengths: Floats) -> Voronoi:
    """The diagram of seeds and of their images in every face of the box, seeds first."""
    images = [seeds]
    for axis, length in enumerate(lengths):
        for plane in (0.0, length):
            image = seeds.copy()
            image[:, axis] = 2 * plane - image[:, axis]
            images.append(image)
    return Voronoi(np.concatenate(images))


def _centroid(corners: Floats) -> Floats:
    """Centroid of the convex hull of corners, shape (dim,)."""
    simplices = Delaunay(corners).simplices
    volume = sizes(corners, simplices)
    return volume @ corners[simplices].mean(axis=1) / volume.sum()


def _merged(points: Floats, lengths: Floats) -> tuple[Floats, Integers]:
    """Points put exactly on the box where they touch it, equal ones once; where each has gone."""
    zero = ROUNDING * lengths.max()
    points = np.where(np.abs(points) < zero, 0.0, points)
    points = np.where(np.abs(points - lengths) < zero, lengths, points)
    pairs = cKDTree(points).query_pairs(10 * zero, output_type="ndarray")
    return _clustered(points, pairs, lengths)


def _clustered(points: Floats, pairs: Integers, lengths: Floats) -> tuple[Floats, Integers]:
    """One point for all that pairs connect, on the planes of the box that any of them lies on."""
    shape = (len(points),) * 2
    links = coo_array((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=shape)
    number, cluster = connected_components(links, directed=False)
    middle = np.zeros((number, points.shape[1]))
    np.add.at(middle, cluster, points)
    middle /= np.bincount(cluster)[:, None]
    at_low, at_high = np.zeros_like(middle, dtype=bool), np.zeros_like(middle, dtype=bool)
    np.logical_or.at(at_low, cluster, points == 0.0)
    np.logical_or.at(at_high, cluster, points == lengths)
    if (at_low & at_high).any():
        raise TessellationError("the box is as thin as the shortest edge")
    middle = np.where(at_low, 0.0, np.where(at_high, lengths, middle))
    return middle, cluster.astype(np.int64)


def _without_short_edges(
    points: Floats, faces: list[FacetSet], lengths: Floats, shortest: float
) -> tuple[Floats, list[FacetSet]]:
    """Points and faces once no edge is shorter; faces may be left with fewer vertices than dim."""
    while True:
        edges = np.array(sorted({e for face in faces for e in edges_of(face)}))
        length = distances(points, edges)
        if length.min() >= shortest:
            return points, faces
        # the shortest of the neighbourhood first, so that chains of short edges do not vanish whole
        least = np.full(len(points), np.inf)
        for end in (0, 1):
            np.minimum.at(least, edges[:, end], length)
        first = (length < shortest) & (length[:, None] <= least[edges]).all(axis=1)
        points, place = _clustered(points, edges[first], lengths)
        faces = [_reduced([int(place[v]) for v in face]) for face in faces]


def edges_of(face: Sequence[int]) -> list[tuple[int, int]]:
    """Edges of a face, each with its smaller vertex first."""
    if len(face) < 2:
        return []
    ends = zip(face, [*face[1:], face[0]], strict=True)
    return list(dict.fromkeys((min(a, b), max(a, b)) for a, b in ends))


def _reduced(face: list[int]) -> FacetSet:
    """A face without vertices that follow themselves."""
    reduced = tuple(v for k, v in enumerate(face) if v != face[k - 1])
    return reduced or (face[0],)


def _around(face: list[int], points: Floats) -> FacetSet:
    """The vertices of a plane convex face in order."""
    reduced = list(dict.fromkeys(face))
    if points.shape[1] == 2 or len(reduced) < 4:
        return tuple(reduced)
    from_middle = points[reduced] - points[reduced].mean(axis=0)
    first, second = np.linalg.svd(from_middle)[2][:2]
    return tuple(
        np.array(reduced)[np.argsort(np.arctan2(from_middle @ second, from_middle @ first))]
    )


def _check(faces: list[FacetSet]) -> None:
    if any(len(set(face)) < len(face) for face in faces):
        raise TessellationError("a face is pinched")
    if len({frozenset(face) for face in faces}) < len(faces):
        raise TessellationError("two faces have become one")

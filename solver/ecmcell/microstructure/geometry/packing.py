"""Discs or spheres packed in a layer: growth and relaxation, down to a stated gap.

The layer is the box 0 <= x_k <= lengths[k]; its far x face is the collector. Radii are fixed before
packing so that their volume is exact; particles then grow from small seeds at random places while
overlaps push them apart, in the spirit of Lubachevsky and Stillinger (doi:10.1007/BF01025983).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from ecmcell.microstructure.geometry.cuts import COLLECTOR, Cuts
from ecmcell.microstructure.geometry.diameters import (
    LARGEST_COUNT,
    Diameters,
    PackingError,
    ball_volume,
)
from ecmcell.microstructure.mesh.simplices import distances

Array = npt.NDArray[np.float64]

ATTEMPTS = 3
"""Fresh starts before a packing is given up."""

DENSEST = {2: 0.88, 3: 0.70}
"""Volume fractions that no random packing of moderate size distribution reaches."""

PORE_TRIALS = 1000
"""Random places tried for each pore."""

STEP = 0.01
"""Growth between two relaxations, in final sizes."""

SHAKE = 0.3
"""Standard deviation of the random moves at each growth, in mean radii: it keeps voids filled."""


@dataclass(frozen=True)
class Packing:
    """Particles in the layer.

    Attributes:
        centres: Shape (n, dim), um.
        radii: Shape (n,), um.
        faces: Face that cuts each particle, shape (n,): `FREE`, `COLLECTOR`, or 1, 2, ... for the
            sides at the lower and upper end of y, then of z.
        lengths: Edges of the layer, shape (dim,), um; x runs from the separator to the collector.
        cuts: How particles are cut.
    """

    centres: Array
    radii: Array
    faces: npt.NDArray[np.int64]
    lengths: Array
    cuts: Cuts

    @property
    def dim(self) -> int:
        """Space dimension, 2 or 3."""
        return self.centres.shape[1]

    @property
    def volume_fraction(self) -> float:
        """Volume of the particles, less the caps, over that of the layer."""
        kept = self.cuts.kept(self.faces, self.dim)
        return float((kept * ball_volume(self.radii, self.dim)).sum() / self.lengths.prod())

    @property
    def pressed(self) -> npt.NDArray[np.bool_]:
        """Which particles are cut by the collector, shape (n,)."""
        return self.faces == COLLECTOR

    def neighbours(self, reach: float) -> npt.NDArray[np.int64]:
        """Pairs of particles less than `reach` apart, shape (k, 2)."""
        pairs = np.array(
            sorted(cKDTree(self.centres).query_pairs(2 * self.radii.max() + reach)), dtype=np.int64
        ).reshape(-1, 2)
        distance = distances(self.centres, pairs)
        return pairs[distance - self.radii[pairs].sum(axis=1) < reach]

    def min_gap(self) -> float:
        """Smallest distance between two particles, or of a particle to a face it may not touch."""
        low, high = _bounds(self.radii, self.faces, self.lengths, 0.0, self.cuts)
        to_faces = np.minimum(self.centres - low, high - self.centres)
        to_faces[low == high] = np.inf
        smallest = to_faces.min()
        for k in range(1, len(self.radii)):
            distance = np.linalg.norm(self.centres[:k] - self.centres[k], axis=1)
            smallest = min(smallest, (distance - self.radii[:k]).min() - self.radii[k])
        return float(smallest)


def pack(
    diameters: Diameters,
    lengths: Array,
    volume_fraction: float,
    gap: float,
    cuts: Cuts,
    seed: int,
) -> Packing:
    """Pack particles to a volume fraction.

    Args:
        diameters: Size distribution.
        lengths: Edges of the layer, shape (dim,), um.
        volume_fraction: Of the particles in the layer.
        gap: Smallest distance between particles and to every face that does not cut them, um.
        cuts: How much of the collector and of the sides they touch, and how deep they are cut.
        seed: Equal seeds give equal packings.

    Raises:
        PackingError: The particles do not fit; `reached` says how dense they became.
    """
    rng = np.random.default_rng(seed)
    lengths = np.asarray(lengths, dtype=float)
    radii, faces = diameters.draw(lengths, volume_fraction, cuts, rng)
    largest = 2 * radii.max() + 2 * gap
    if largest > lengths.min():
        raise PackingError(f"the largest particle with its gaps takes {largest:.3g} um", 0.0)
    kept = cuts.kept(faces, len(lengths))
    swollen = (kept * ball_volume(radii + gap / 2, len(lengths))).sum() / (lengths - gap).prod()
    if swollen > DENSEST[len(lengths)]:
        raise PackingError(
            f"with their gaps the particles would fill {swollen:.2f} of the layer", 0.0
        )
    best = 0.0
    for _ in range(ATTEMPTS):
        centres, size = _grow(radii, faces, lengths, gap, cuts, rng)
        if size == 1.0:
            return Packing(centres, radii, faces, lengths, cuts)
        best = max(best, size)
    raise PackingError("the particles do not fit", volume_fraction * best ** len(lengths))


def place_pores(
    box: Array, balls: tuple[Array, Array], pores: tuple[float, float], gap: float, seed: list[int]
) -> tuple[Array, Array]:
    """Pores, balls of one size, at random places in a box between particles.

    Args:
        box: Edges of the box, shape (dim,), um; it begins at the origin.
        balls: Centres, shape (n, dim), and radii, shape (n,), of the particles.
        pores: Their diameter, um, which gives way a little so that a whole number has the volume,
            and their volume fraction.
        gap: Smallest distance to particles, faces and among pores, um.
        seed: Equal seeds give equal pores.

    Raises:
        PackingError: They do not fit; `reached` says how much did.

    Returns:
        Centres, shape (n, dim), and radii, shape (n,).
    """
    (diameter, volume_fraction), dim, layer = pores, len(box), float(box.prod())
    each = float(ball_volume(np.array([diameter / 2]), dim)[0])
    count = max(1, round(volume_fraction * layer / each))
    if count > LARGEST_COUNT:
        raise PackingError(f"that would take {count} pores")
    radius = diameter / 2 * (volume_fraction * layer / (count * each)) ** (1 / dim)
    rng = np.random.default_rng(seed)
    trials = box * rng.random((PORE_TRIALS * count, dim))
    off_walls = np.minimum(trials, box - trials).min(axis=1)
    trials = trials[off_walls >= radius + gap]
    for centre, own in zip(*balls, strict=True):
        trials = trials[((trials - centre) ** 2).sum(axis=1) >= (own + radius + gap) ** 2]
    centres: list[Array] = []
    while len(trials) and len(centres) < count:
        centres.append(trials[0])
        trials = trials[((trials - trials[0]) ** 2).sum(axis=1) >= (2 * radius + gap) ** 2]
    if len(centres) < count:
        reached = volume_fraction * len(centres) / count
        raise PackingError(f"only {len(centres)} of {count} pores found a place", reached)
    return np.array(centres), np.full(count, radius)


def _grow(
    radii: Array,
    faces: npt.NDArray[np.int64],
    lengths: Array,
    gap: float,
    cuts: Cuts,
    rng: np.random.Generator,
) -> tuple[Array, float]:
    """Let the particles grow from random places; return where they are and the size reached."""
    size, step = 0.3, STEP
    low, high = _bounds(size * radii, faces, lengths, gap, cuts)
    kept = low + rng.random(low.shape) * (high - low)
    reached = 0.0
    while reached < 1.0:
        bounds = _bounds(size * radii, faces, lengths, gap, cuts)
        shaken = kept + rng.normal(scale=SHAKE * radii.mean(), size=kept.shape)
        moved, apart = _relax(shaken, size * radii, bounds, gap)
        if apart:
            reached, kept = size, moved
        else:
            step /= 2
            if step < STEP / 10:
                break
        size = min(1.0, reached + step)
    return kept, reached


def _bounds(
    radii: Array, faces: npt.NDArray[np.int64], lengths: Array, gap: float, cuts: Cuts
) -> tuple[Array, Array]:
    """Where centres may be: off every face by the gap, cut ones on a plane."""
    low = np.repeat((radii + gap)[:, None], len(lengths), axis=1)
    high = lengths - low
    for face in range(2 * len(lengths) - 1):
        axis, far = (face + 1) // 2, face % 2 == 0
        own = faces == face
        cut = cuts.collector if face == COLLECTOR else cuts.sides
        inwards = (1 - cut.depth) * radii[own]
        low[own, axis] = high[own, axis] = lengths[axis] - inwards if far else inwards
    return low, high


def _relax(
    centres: Array, radii: Array, bounds: tuple[Array, Array], gap: float, sweeps: int = 1500
) -> tuple[Array, bool]:
    """Push overlapping particles apart until every gap is kept; say whether that was reached."""
    centres = np.clip(centres, *bounds)
    if len(radii) == 1:
        return centres, True
    margin = 1e-3 * gap + 1e-6 * radii.mean()
    velocity = np.zeros_like(centres)
    reach = 2 * radii.max() + gap + margin
    for _ in range(sweeps):
        i, j = np.sort(cKDTree(centres).query_pairs(reach, output_type="ndarray"), axis=1).T
        order = np.lexsort((j, i))
        i, j = i[order], j[order]
        apart = centres[i] - centres[j]
        distance = np.sqrt((apart**2).sum(axis=1))
        overlap = radii[i] + radii[j] + gap - distance
        if overlap.size == 0 or overlap.max() <= 0.0:
            return centres, True
        push = np.maximum(overlap + margin, 0.0) / 2
        push = (push / np.maximum(distance, 1e-12))[:, None] * apart
        force = np.zeros_like(centres)
        np.add.at(force, i, push)
        np.add.at(force, j, -push)
        velocity = np.where((force * velocity).sum() > 0, 0.9, 0.0) * velocity + 0.5 * force
        centres = np.clip(centres + velocity, *bounds)
    return centres, False

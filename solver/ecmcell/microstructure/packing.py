"""Discs or spheres packed in a layer: growth and relaxation, down to a stated gap.

The layer is the box 0 <= x_k <= lengths[k]; its far x face is the collector. Radii are fixed before
packing so that their volume is exact; particles then grow from small seeds at random places while
overlaps push them apart, in the spirit of Lubachevsky and Stillinger (doi:10.1007/BF01025983).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.spatial import cKDTree
from scipy.special import ndtr, ndtri

Array = npt.NDArray[np.float64]

ATTEMPTS = 3
"""Fresh starts before a packing is given up."""

LARGEST_COUNT = 10_000
"""Particles that a packing may have."""

DENSEST = {2: 0.88, 3: 0.70}
"""Volume fractions that no random packing of moderate size distribution reaches."""

STEP = 0.01
"""Growth between two relaxations, in final sizes."""

SHAKE = 0.3
"""Standard deviation of the random moves at each growth, in mean radii: it keeps voids filled."""


class PackingError(Exception):
    """No packing was found; `reached` is the largest volume fraction that was."""

    def __init__(self, message: str, reached: float | None = None):
        self.reached = reached
        super().__init__(message)


@dataclass(frozen=True)
class Diameters:
    """A lognormal distribution of diameters in um, truncated to [minimum, maximum].

    Attributes:
        mean: Mean diameter of the truncated distribution.
        deviation: Standard deviation before truncation; zero makes all particles alike.
        minimum: Smallest diameter.
        maximum: Largest diameter.
    """

    mean: float
    deviation: float
    minimum: float
    maximum: float

    @property
    def _spread(self) -> float:
        return float(np.sqrt(np.log1p((self.deviation / self.mean) ** 2)))

    def at(self, quantiles: Array, median: float) -> Array:
        """Diameters at the given quantiles of the distribution that has this median."""
        spread = self._spread
        if spread == 0.0:
            return np.clip(np.full_like(quantiles, median), self.minimum, self.maximum)
        low, high = ndtr(np.log(np.array([self.minimum, self.maximum]) / median) / spread)
        diameters = median * np.exp(spread * ndtri(low + quantiles * (high - low)))
        return np.clip(diameters, self.minimum, self.maximum)

    def draw(
        self, lengths: Array, volume_fraction: float, cut: "Cut", rng: np.random.Generator
    ) -> tuple[Array, npt.NDArray[np.bool_]]:
        """Radii whose particles, pressed ones less their caps, fill the layer as asked.

        One diameter is drawn from each of n equal slices of the distribution, so that few
        particles still follow it; a small shift of the median makes the volume exact.

        Args:
            lengths: Edges of the layer, shape (dim,), um.
            volume_fraction: Of the particles in the layer.
            cut: How much of the collector they touch, and how deep they are pressed.
            rng: Source of chance.

        Returns:
            Radii, shape (n,), and which particles are pressed, shape (n,).

        Raises:
            PackingError: Whole particles within the bounds do not give that volume.
        """
        dim, target = len(lengths), volume_fraction * float(lengths.prod())
        even = (np.arange(1000) + 0.5) / 1000
        typical = self._median(lambda m: self.at(even, m).mean() - self.mean)
        radii = self.at(even, typical) / 2
        each, face = ball_volume(radii, dim).mean(), cut.contact(radii, dim).mean()
        if target / each > LARGEST_COUNT:
            raise PackingError(f"that would take {target / each:.3g} particles")
        touching = round(cut.coverage * float(lengths[1:].prod()) / face)
        count = max(1, round(target / each + touching * (1 - cut.kept(dim))))
        if touching > count:
            raise PackingError(f"{touching} particles would touch the collector, of {count} in all")
        quantiles = (rng.permutation(count) + rng.random(count)) / count
        pressed = np.zeros(count, dtype=bool)
        pressed[rng.permutation(count)[:touching]] = True
        weight = np.where(pressed, cut.kept(dim), 1.0)

        def excess(median: float) -> float:
            return float((weight * ball_volume(self.at(quantiles, median) / 2, dim)).sum() - target)

        radii = self.at(quantiles, self._median(excess)) / 2
        if abs(2 * radii.mean() / self.mean - 1) > 0.1:
            raise PackingError(
                f"{count} whole particles would need a mean diameter of {2 * radii.mean():.3g} um"
            )
        return radii, pressed

    def _median(self, excess: Callable[[float], float]) -> float:
        """The median at which `excess`, which grows with it, vanishes."""
        tail = np.exp(5 * self._spread)  # further out rounding takes the slice of the lognormal
        low, high = self.minimum / tail, self.maximum * tail
        if excess(low) == 0.0:
            return float(low)
        if excess(low) * excess(high) > 0:
            raise PackingError("no whole number of particles within the diameters gives the volume")
        return float(brentq(excess, low, high, xtol=1e-13, rtol=1e-14))


@dataclass(frozen=True)
class Cut:
    """How particles meet the collector.

    Attributes:
        coverage: Share of the collector plane that particles touch.
        depth: Height of the cap that a pressed particle loses, in radii.
    """

    coverage: float
    depth: float

    def contact(self, radii: Array, dim: int) -> Array:
        """Contact of each pressed particle: a chord in um (dim 2), a disc in um2 (dim 3)."""
        half = radii * np.sqrt(1 - (1 - self.depth) ** 2)
        return 2 * half if dim == 2 else np.pi * half**2

    def kept(self, dim: int) -> float:
        """Share of its volume that a pressed particle keeps."""
        c = 1 - self.depth
        if dim == 2:
            return float(1 - (np.arccos(c) - c * np.sqrt(1 - c**2)) / np.pi)
        return float(1 - self.depth**2 * (3 - self.depth) / 4)


@dataclass(frozen=True)
class Packing:
    """Particles in the layer.

    Attributes:
        centres: Shape (n, dim), um.
        radii: Shape (n,), um.
        pressed: Which particles are cut by the collector plane, shape (n,).
        lengths: Edges of the layer, shape (dim,), um; x runs from the separator to the collector.
        cut: How the pressed ones are cut.
    """

    centres: Array
    radii: Array
    pressed: npt.NDArray[np.bool_]
    lengths: Array
    cut: Cut

    @property
    def dim(self) -> int:
        """Space dimension, 2 or 3."""
        return self.centres.shape[1]

    @property
    def volume_fraction(self) -> float:
        """Volume of the particles, less the caps, over that of the layer."""
        kept = np.where(self.pressed, self.cut.kept(self.dim), 1.0)
        return float((kept * ball_volume(self.radii, self.dim)).sum() / self.lengths.prod())

    def smallest_gap(self) -> float:
        """Smallest distance between two particles, or of a particle to a face it may not touch."""
        low, high = _bounds(self.radii, self.pressed, self.lengths, 0.0, self.cut.depth)
        to_faces = np.minimum(self.centres - low, high - self.centres)
        to_faces[self.pressed, 0] = np.inf
        smallest = to_faces.min()
        for k in range(1, len(self.radii)):
            distance = np.linalg.norm(self.centres[:k] - self.centres[k], axis=1)
            smallest = min(smallest, (distance - self.radii[:k]).min() - self.radii[k])
        return float(smallest)


def ball_volume(radii: Array, dim: int) -> Array:
    """Area of discs (dim 2) or volume of spheres (dim 3)."""
    return np.pi * radii**2 if dim == 2 else 4 / 3 * np.pi * radii**3


def pack(
    diameters: Diameters,
    lengths: Array,
    volume_fraction: float,
    gap: float,
    cut: Cut,
    seed: int,
) -> Packing:
    """Pack particles to a volume fraction.

    Args:
        diameters: Size distribution.
        lengths: Edges of the layer, shape (dim,), um.
        volume_fraction: Of the particles in the layer.
        gap: Smallest distance between particles and to every face that they are not pressed on, um.
        cut: How much of the collector they touch, and how deep they are pressed.
        seed: Equal seeds give equal packings.

    Raises:
        PackingError: The particles do not fit; `reached` says how dense they became.
    """
    rng = np.random.default_rng(seed)
    lengths = np.asarray(lengths, dtype=float)
    radii, pressed = diameters.draw(lengths, volume_fraction, cut, rng)
    largest = 2 * radii.max() + 2 * gap
    if largest > lengths.min():
        raise PackingError(f"the largest particle with its gaps takes {largest:.3g} um", 0.0)
    swollen = ball_volume(radii + gap / 2, len(lengths)).sum() / (lengths - gap).prod()
    if swollen > DENSEST[len(lengths)]:
        raise PackingError(
            f"with their gaps the particles would fill {swollen:.2f} of the layer", 0.0
        )
    best = 0.0
    for _ in range(ATTEMPTS):
        centres, size = _grow(radii, pressed, lengths, gap, cut.depth, rng)
        if size == 1.0:
            return Packing(centres, radii, pressed, lengths, cut)
        best = max(best, size)
    raise PackingError("the particles do not fit", volume_fraction * best ** len(lengths))


def _grow(
    radii: Array,
    pressed: npt.NDArray[np.bool_],
    lengths: Array,
    gap: float,
    depth: float,
    rng: np.random.Generator,
) -> tuple[Array, float]:
    """Let the particles grow from random places; return where they are and the size reached."""
    size, step = 0.3, STEP
    low, high = _bounds(size * radii, pressed, lengths, gap, depth)
    kept = low + rng.random(low.shape) * (high - low)
    reached = 0.0
    while reached < 1.0:
        bounds = _bounds(size * radii, pressed, lengths, gap, depth)
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
    radii: Array, pressed: npt.NDArray[np.bool_], lengths: Array, gap: float, depth: float
) -> tuple[Array, Array]:
    """Where centres may be: off every face by the gap, pressed ones on a plane."""
    low = np.repeat((radii + gap)[:, None], len(lengths), axis=1)
    high = lengths - low
    low[pressed, 0] = high[pressed, 0] = lengths[0] - (1 - depth) * radii[pressed]
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

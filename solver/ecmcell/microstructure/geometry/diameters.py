"""Sizes of the discs or spheres of a packing, and how many of them fill a layer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import ndtr, ndtri

from ecmcell.microstructure.geometry.cuts import COLLECTOR, FREE, Cuts

Array = npt.NDArray[np.float64]

LARGEST_COUNT = 10_000
"""Particles that a packing may have."""

SHORTEST, LONGEST = 1e-4, 1e5
"""Lengths in um between which the edge of a layer or a diameter is sought."""


class PackingError(Exception):
    """No packing was found; `reached` is the largest volume fraction that was."""

    def __init__(self, message: str, reached: float | None = None):
        self.reached = reached
        super().__init__(message)


class NarrowSizesError(PackingError):
    """No whole number of particles within the bounds of the diameter has the volume."""


@dataclass(frozen=True)
class Diameters:
    """A lognormal distribution of diameters in um, truncated to [minimum, maximum].

    Attributes:
        mean: Mean diameter of the truncated distribution.
        deviation: Standard deviation before truncation; zero makes all particles alike.
        minimum: Minimum diameter.
        maximum: Maximum diameter.
    """

    mean: float
    deviation: float
    minimum: float
    maximum: float

    @classmethod
    def around(
        cls, mean: float, deviation: float, minimum: float | None, maximum: float | None
    ) -> Self:
        """Those of a mean, from half to twice as large where no bound is given."""
        low = mean / 2 if minimum is None else minimum
        return cls(mean, deviation, low, mean * 2 if maximum is None else maximum)

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

    def number(self, lengths: Array, volume_fraction: float, cuts: Cuts) -> float:
        """How many particles fill a layer, not rounded; arguments as those of `draw`."""
        dim, radii = len(lengths), self._typical()
        each = ball_volume(radii, dim).mean()
        lost = cuts.lost(*cuts.touching(lengths, radii), dim)
        return float(volume_fraction * lengths.prod() / each + lost)

    def draw(
        self, lengths: Array, volume_fraction: float, cuts: Cuts, rng: np.random.Generator
    ) -> tuple[Array, npt.NDArray[np.int64]]:
        """Radii whose particles, cut ones less their caps, fill the layer as asked.

        One diameter is drawn from each of n equal slices of the distribution, so that few
        particles still follow it; a small shift of the median makes the volume exact.

        Args:
            lengths: Edges of the layer, shape (dim,), um.
            volume_fraction: Of the particles in the layer.
            cuts: How much of the collector and of the sides they touch, and how deep.
            rng: Source of chance.

        Returns:
            Radii, shape (n,), and the face that cuts each particle, shape (n,).

        Raises:
            PackingError: Whole particles within the bounds do not give that volume.
        """
        dim, target = len(lengths), volume_fraction * float(lengths.prod())
        radii = self._typical()
        each = ball_volume(radii, dim).mean()
        if target / each > LARGEST_COUNT:
            raise PackingError(f"that would take {target / each:.3g} particles")
        touching, aside = (round(number) for number in cuts.touching(lengths, radii))
        count = max(1, round(target / each + cuts.lost(touching, aside, dim)))
        if touching > count:
            raise PackingError(f"{touching} particles would touch the collector, of {count} in all")
        if touching + aside > count:
            raise PackingError(
                f"{touching + aside} particles would touch the collector and the sides,"
                f" of {count} in all"
            )
        quantiles = (rng.permutation(count) + rng.random(count)) / count
        faces = np.full(count, FREE, dtype=np.int64)
        chosen = rng.permutation(count)
        faces[chosen[:touching]] = COLLECTOR
        faces[chosen[touching : touching + aside]] = 1 + np.arange(aside) % (2 * dim - 2)
        weight = cuts.kept(faces, dim)

        def excess(median: float) -> float:
            return float((weight * ball_volume(self.at(quantiles, median) / 2, dim)).sum() - target)

        radii = self.at(quantiles, self._median(excess)) / 2
        if abs(2 * radii.mean() / self.mean - 1) > 0.1:
            raise PackingError(
                f"{count} whole particles would need a mean diameter of {2 * radii.mean():.3g} um"
            )
        return radii, faces

    def _typical(self) -> Array:
        """Radii at a thousand even quantiles, whose mean is as asked."""
        even = (np.arange(1000) + 0.5) / 1000
        median = self._median(lambda m: self.at(even, m).mean() - self.mean)
        return self.at(even, median) / 2

    def _median(self, excess: Callable[[float], float]) -> float:
        """The median at which `excess`, which grows with it, vanishes."""
        tail = np.exp(5 * self._spread)  # further out rounding takes the slice of the lognormal
        low, high = self.minimum / tail, self.maximum * tail
        if excess(low) == 0.0:
            return float(low)
        if excess(low) * excess(high) > 0:
            bounds = f"{self.minimum:g} to {self.maximum:g} um"
            raise NarrowSizesError(f"no whole number of particles of {bounds} has that volume")
        return float(brentq(excess, low, high, xtol=1e-13, rtol=1e-14))


def edges_for(
    number: int, diameters: Diameters, edges: Array, volume_fraction: float, cuts: Cuts
) -> Array:
    """Edges of the layer that a number of particles fills.

    Args:
        number: Of the particles.
        diameters: Their sizes.
        edges: Edges of the layer in um, nan for those that follow; these are all equal.
        volume_fraction: Of the particles in the layer.
        cuts: How much of the collector and of the sides they touch, and how deep.

    Raises:
        PackingError: No edge gives that number.
    """

    def excess(edge: float) -> float:
        layer = np.where(np.isnan(edges), edge, edges)
        return diameters.number(layer, volume_fraction, cuts) - number

    return np.where(np.isnan(edges), _root(excess, number), edges)


def size_for(number: int, edges: Array, volume_fraction: float, cuts: Cuts) -> Diameters:
    """Particles of one size, of which a number fills a layer; arguments as those of `edges_for`.

    Raises:
        PackingError: No diameter gives that number.
    """

    def excess(diameter: float) -> float:
        return number - one_size(diameter).number(edges, volume_fraction, cuts)

    return one_size(_root(excess, number))


def one_size(diameter: float) -> Diameters:
    """Particles of one diameter, which gives way so that a whole number has the volume."""
    return Diameters.around(diameter, 0.0, None, None)


def ball_volume(radii: Array, dim: int) -> Array:
    """Area of discs (dim 2) or volume of spheres (dim 3)."""
    return np.pi * radii**2 if dim == 2 else 4 / 3 * np.pi * radii**3


def _root(excess: Callable[[float], float], number: int) -> float:
    """The length at which `excess`, which grows with it, vanishes."""
    if excess(SHORTEST) * excess(LONGEST) > 0:
        raise PackingError(f"no layer holds {number} particles so")
    return float(brentq(excess, SHORTEST, LONGEST, xtol=1e-13, rtol=1e-14))

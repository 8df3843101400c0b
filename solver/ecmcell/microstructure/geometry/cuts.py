"""How the faces of a layer cut the particles packed in it."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

FREE, COLLECTOR = -1, 0
"""Particles by the face that cuts them: none, the collector; 1, 2, ... are the sides."""


@dataclass(frozen=True)
class Cut:
    """How particles meet a face of the layer.

    Attributes:
        coverage: Fraction of the face that particles touch.
        depth: Height of the cap that a cut particle loses, in radii; 1 cuts it in halves.
    """

    coverage: float
    depth: float

    def contact(self, radii: Array, dim: int) -> Array:
        """Contact of each cut particle: a chord in um (dim 2), a disc in um2 (dim 3)."""
        half = radii * np.sqrt(1 - (1 - self.depth) ** 2)
        return 2 * half if dim == 2 else np.pi * half**2

    def faces(self, area: float, radii: Array, dim: int) -> float:
        """How many particles like these cover a face of this area as asked."""
        return self.coverage * area / self.contact(radii, dim).mean()

    def kept(self, dim: int) -> float:
        """Fraction of its volume that a cut particle keeps."""
        c = 1 - self.depth
        if dim == 2:
            return float(1 - (np.arccos(c) - c * np.sqrt(1 - c**2)) / np.pi)
        return float(1 - self.depth**2 * (3 - self.depth) / 4)


UNCUT = Cut(0.0, 1.0)
"""A face that no particle touches."""


class Cuts(NamedTuple):
    """How particles meet the collector and the sides."""

    collector: Cut
    sides: Cut = UNCUT

    def touching(self, lengths: Array, radii: Array) -> tuple[float, float]:
        """How many particles like these cover the collector, and the sides, as asked."""
        areas, dim = float(lengths.prod()) / lengths, len(lengths)
        at_collector = self.collector.faces(float(areas[0]), radii, dim)
        return at_collector, self.sides.faces(float(2 * areas[1:].sum()), radii, dim)

    def lost(self, at_collector: float, at_sides: float, dim: int) -> float:
        """Volume of all caps of so many cut particles, in volumes of one particle."""
        at_collector *= 1 - self.collector.kept(dim)
        return at_collector + at_sides * (1 - self.sides.kept(dim))

    def kept(self, faces: npt.NDArray[np.int64], dim: int) -> Array:
        """Fraction of its volume that each particle keeps, by the face that cuts it."""
        of_cut = np.where(faces == COLLECTOR, self.collector.kept(dim), self.sides.kept(dim))
        return np.where(faces == FREE, 1.0, of_cut)

"""Where electrodes touch, as functions of the points of a face."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ecmcell.case.contact import ContactMap, Patches, RandomContact

Points = npt.NDArray[np.float64]
Pattern = Callable[[Points], npt.NDArray[np.bool_]]

# Waves of a random field: the more, the closer to Gaussian.
_WAVES = 256
# Points along each edge of a face among which the share that touches is counted.
_COUNTED = {1: 20_000, 2: 200}


def pattern(contact: ContactMap, low: Points, high: Points) -> Pattern:
    """Tells for each point of a face, shape (k, 1) in 2D or (k, 2), whether there is contact.

    Args:
        contact: What is asked.
        low: Lower corner of the face in um.
        high: Upper corner.
    """
    if isinstance(contact, Patches):
        return _patches(contact, low)
    return _random(contact, low, high)


def _patches(contact: Patches, low: Points) -> Pattern:
    radius, across = contact.size / 2.0, len(low)
    share = {1: 1.0, 2: np.pi / 4.0}[across]  # of a cell of the lattice that its patch fills
    spacing = contact.size * (share / contact.coverage) ** (1.0 / across)

    def touches(points: Points) -> npt.NDArray[np.bool_]:
        from_nearest = (points - low + spacing / 2.0) % spacing - spacing / 2.0
        return np.linalg.norm(from_nearest, axis=1) <= radius

    return touches


def _random(contact: RandomContact, low: Points, high: Points) -> Pattern:
    """Sum of waves cut at a quantile: Shinozuka and Jan 1972, doi:10.1016/0022-460X(72)90600-1."""
    random, across = np.random.default_rng(contact.seed), len(low)
    waves = random.normal(scale=1.0 / contact.length, size=(_WAVES, across))
    phases = random.uniform(0.0, 2.0 * np.pi, _WAVES)

    def field(points: Points) -> npt.NDArray[np.float64]:
        total = np.zeros(len(points))
        for wave, phase in zip(waves, phases, strict=True):
            total += np.cos((points - low) @ wave + phase)
        return total

    axes = [
        a + (b - a) * (np.arange(n := _COUNTED[across]) + 0.5) / n
        for a, b in zip(low, high, strict=True)
    ]
    everywhere = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, across)
    level = np.quantile(field(everywhere), 1.0 - contact.coverage)
    return lambda points: field(points) >= level

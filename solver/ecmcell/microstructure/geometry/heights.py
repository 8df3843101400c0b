"""Heights of rough faces, as functions of the points of a face."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Heights = Callable[[Floats], Floats]
"""From points of a face, shape (k, 1) in 2D or (k, 2), to heights."""

# Waves of a random field: the more, the closer to Gaussian.
_WAVES = 256
# Points along each edge of a face among which the share above a level is counted.
_COUNTED = {1: 20_000, 2: 200}


def random_field(length: float, seed: int, across: int) -> Heights:
    """A Gaussian field of unit variance and covariance exp(-r^2/(2 length^2)).

    Sum of waves: Shinozuka and Jan 1972, doi:10.1016/0022-460X(72)90600-1.

    Args:
        length: Correlation length in um.
        seed: Of its random numbers.
        across: Dimension of the face, 1 or 2.
    """
    random = np.random.default_rng(seed)
    waves = random.normal(scale=1.0 / length, size=(_WAVES, across))
    phases = random.uniform(0.0, 2.0 * np.pi, _WAVES)

    def field(points: Floats) -> Floats:
        total = np.zeros(len(points))
        for wave, phase in zip(waves, phases, strict=True):
            total += np.cos(points @ wave + phase)
        return np.asarray(np.sqrt(2.0 / _WAVES) * total)

    return field


def corrugation(length: float) -> Heights:
    """A cosine along y of amplitude one and some wavelength in um."""
    return lambda points: np.asarray(np.cos(2.0 * np.pi / length * points[:, 0]))


def height_level(heights: Heights, extent: Floats, fraction: float) -> float:
    """The level above which a fraction of a face lies that begins at the origin.

    Args:
        heights: Its heights.
        extent: Lengths of its edges in um.
        fraction: From 0 to 1.
    """
    count = _COUNTED[len(extent)]
    axes = [edge * (np.arange(count) + 0.5) / count for edge in extent]
    everywhere = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(extent))
    return float(np.quantile(heights(everywhere), 1.0 - fraction))

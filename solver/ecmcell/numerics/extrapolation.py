"""Where a path goes on."""

from collections.abc import Sequence

from ecmcell.numerics.system.layout import Array


def along(known: Sequence[tuple[float, Array]], place: float) -> Array:
    """The value at a place of the polynomial through the values that are known.

    Lagrange's formula: one value is kept, two make a line, three a parabola.

    Args:
        known: Places, no two alike, and the values there.
        place: Where to look; beyond the known places it is a guess.
    """
    value = 0.0 * known[0][1]
    for here, there in known:
        weight = 1.0
        for other, _ in known:
            weight *= (place - other) / (here - other) if other != here else 1.0
        value += weight * there
    return value

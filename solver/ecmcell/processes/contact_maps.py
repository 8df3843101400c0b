"""Where electrodes touch, as functions of the points of a face."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ecmcell.case.contact import ContactMap, Patches, PicturedContact, RandomContact
from ecmcell.case.faults import Fault
from ecmcell.microstructure.geometry.heights import height_level, random_field

Points = npt.NDArray[np.float64]
Pattern = Callable[[Points], npt.NDArray]

_INEXACT = 0.02  # by which the fraction that touches in a picture may differ from what is asked


def pattern(contact: ContactMap, low: Points, high: Points) -> Pattern:
    """Tells for each point of a face, shape (k, 1) in 2D or (k, 2), how far there is contact.

    Args:
        contact: What is asked.
        low: Lower corner of the face in um.
        high: Upper corner.

    Raises:
        Fault: It cannot be had on such a face; the key is one of the map.

    Returns:
        A function whose values are 0 where nothing touches and 1 where all does.
    """
    if isinstance(contact, Patches):
        return _patches(contact, low)
    if isinstance(contact, PicturedContact):
        return _pictured(contact, low, high)
    return _random(contact, low, high)


def _patches(contact: Patches, low: Points) -> Pattern:
    if len(low) == 2 and contact.coverage > np.pi / 4.0:
        given = f"{contact.coverage:g}, but discs on a square lattice overlap above 0.785"
        raise Fault(given, 'Lower it, or use map = "random".', ["coverage"])
    radius, across = contact.size / 2.0, len(low)
    fraction = {1: 1.0, 2: np.pi / 4.0}[across]  # of a cell of the lattice that its patch fills
    spacing = contact.size * (fraction / contact.coverage) ** (1.0 / across)

    def touches(points: Points) -> npt.NDArray[np.bool_]:
        from_nearest = (points - low + spacing / 2.0) % spacing - spacing / 2.0
        return np.linalg.norm(from_nearest, axis=1) <= radius

    return touches


def _random(contact: RandomContact, low: Points, high: Points) -> Pattern:
    field = random_field(contact.length, contact.seed, len(low))
    level = height_level(field, high - low, contact.coverage)
    return lambda points: field(points - low) >= level


def _pictured(contact: PicturedContact, low: Points, high: Points) -> Pattern:
    if len(low) == 2 and contact.row is not None:
        raise Fault("given in three dimensions", "Leave it out.", ["row"])
    fraction = contact.fractions(one_row=len(low) == 1)
    asked, found = contact.coverage, float(fraction.mean())
    if asked is not None and abs(found - asked) > _INEXACT:
        given = f"{asked:g}, but so few shades leave {found:.3g}"
        raise Fault(given, "Give a picture with more of them, or a threshold.", ["coverage"])
    if not fraction.any():
        raise Fault("the picture shows no contact", "White touches, black does not.", ["file"])
    count = np.array(fraction.shape[::-1][: len(low)])

    def touches(points: Points) -> Points:
        pixel = ((points - low) / (high - low) * count).astype(np.int64)
        column, *rows = np.clip(pixel, 0, count - 1).T
        return np.asarray(fraction[rows[0] if rows else 0, column])

    return touches

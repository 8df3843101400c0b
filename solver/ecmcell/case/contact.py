"""Where an electrode touches: maps of contact on its face."""

from typing import Annotated, Literal

from pydantic import Field

from ecmcell.case import units
from ecmcell.case.origin import Given
from ecmcell.case.reading import part_by

Coverage = Annotated[float, Field(strict=True, gt=0, le=1)]


class Patches(Given):
    """Contact in strips (2D) or discs on a square lattice (3D), the first at the lower corner.

    Attributes:
        map: That it is patches.
        coverage: Share of the face that touches; of discs at most pi/4.
        size: Width of a strip, diameter of a disc.
    """

    map: Literal["patches"]
    coverage: Coverage
    size: units.Length


class RandomContact(Given):
    """Contact where a Gaussian random field is high.

    Attributes:
        map: That it is random.
        coverage: Share of the face that touches.
        length: Correlation length of the field, whose covariance is exp(-r^2/(2 length^2)).
        seed: Of its random numbers.
    """

    map: Literal["random"]
    coverage: Coverage
    length: units.Length
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 1


ContactMap = Patches | RandomContact
_MAPS: dict[str, type[ContactMap]] = {"patches": Patches, "random": RandomContact}


def read_contact(given: object) -> ContactMap:
    """The map in a table, by its kind.

    Raises:
        Fault: If it is none.
    """
    return part_by("map", _MAPS, given)

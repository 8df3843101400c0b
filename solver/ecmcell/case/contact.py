"""Where an electrode touches: maps of contact on its face."""

from typing import Annotated, Literal, Self

import numpy as np
import numpy.typing as npt
from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
    model_validator,
)

from ecmcell.case import units
from ecmcell.case.faults import Fault
from ecmcell.case.files.greyscale import GreyImage, read_grey
from ecmcell.case.files.provenance import Given
from ecmcell.case.files.toml_reader import as_written, directory_of, subdomain_by

Coverage = Annotated[float, Field(strict=True, gt=0, le=1)]


class Patches(Given):
    """Contact in strips (2D) or discs on a square lattice (3D), the first at the lower corner.

    Attributes:
        map: Kind of the map: contact in strips or discs.
        coverage: Fraction of the face that is in contact; with discs at most pi/4.
        size: Width of a strip (2D) or diameter of a disc (3D).
    """

    map: Literal["patches"]
    coverage: Coverage
    size: units.Length


class RandomContact(Given):
    """Contact where a Gaussian random field is high: where rough faces touch flat ones.

    Attributes:
        map: Kind of the map: contact by a Gaussian random field.
        coverage: Fraction of the face that is in contact.
        length: Correlation length of the field, whose covariance is exp(-r^2/(2 length^2)).
        seed: Seed of the random numbers that the field is drawn with.
    """

    map: Literal["random"]
    coverage: Coverage
    length: units.Length
    seed: Annotated[int, Field(strict=True, ge=0, lt=2**32)] = 1


def _picture(given: object, info: ValidationInfo) -> GreyImage:
    return read_grey(given, directory_of(info))


def _place(picture: GreyImage, info: SerializationInfo) -> str:
    return as_written(picture.path, info)


class PicturedContact(Given):
    """Contact as an image shows, laid over the whole face.

    Columns run along y, rows along z, the upper left corner of the picture at the lower corner of
    the face. In 2D one row counts. Without `threshold` and `coverage` grey touches by a fraction
    of its area, white all and black nothing.

    Attributes:
        map: Kind of the map: contact as an image shows it.
        file: Image file beside the case, grey or coloured; colours are converted to grey.
        threshold: Grey value from which on there is contact, 0 being black and 1 white.
        coverage: Fraction of the face that is in contact, where grey is brightest: if grey is a
            height, what a flat electrode touches.
        row: Number of the row of pixels that counts in 2D, from 0; the middle row if not given.
    """

    map: Literal["image"]
    file: Annotated[
        GreyImage,
        PlainValidator(_picture),
        PlainSerializer(_place),
        WithJsonSchema({"type": "string"}),
    ]
    threshold: Annotated[float | None, Field(strict=True, gt=0, le=1)] = None
    coverage: Coverage | None = None
    row: Annotated[int | None, Field(strict=True, ge=0)] = None

    @model_validator(mode="after")
    def _touches(self) -> Self:
        if self.threshold is not None and self.coverage is not None:
            raise Fault("given beside threshold", "Give one of the two.", ["coverage"])
        rows = len(self.file.grey)
        if self.row is not None and self.row >= rows:
            given = f"{self.row}, but the picture has {rows} rows"
            raise Fault(given, f"Give 0 to {rows - 1}.", ["row"])
        if not self.fractions(one_row=self.row is not None).any():
            raise Fault("the picture shows no contact", "White touches, black does not.", ["file"])
        return self

    def fractions(self, one_row: bool) -> npt.NDArray[np.float64]:
        """How far each pixel touches, 0 to 1, shape (rows, columns).

        Args:
            one_row: Whether one row is all that counts.
        """
        grey = self.file.grey
        if one_row:
            row = len(grey) // 2 if self.row is None else self.row
            grey = grey[row : row + 1]
        if self.coverage is not None:
            return (grey >= np.quantile(grey, 1.0 - self.coverage)).astype(np.float64)
        return grey if self.threshold is None else (grey >= self.threshold).astype(np.float64)


ContactMap = Patches | RandomContact | PicturedContact
_MAPS: dict[str, type[ContactMap]] = {
    "patches": Patches,
    "random": RandomContact,
    "image": PicturedContact,
}


def coverage(contact: ContactMap | None) -> float:
    """Fraction of a face that touches at the start, all of it where there is no map."""
    if isinstance(contact, PicturedContact):
        return float(contact.fractions(one_row=False).mean())
    return contact.coverage if contact is not None else 1.0


def read_contact(given: object, info: ValidationInfo) -> ContactMap:
    """The map in a table, by its kind.

    Raises:
        Fault: If it is none.
    """
    return subdomain_by("map", _MAPS, given, info.context)

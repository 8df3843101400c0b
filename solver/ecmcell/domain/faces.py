"""Where parts end: at each other, or at the outside."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ecmcell.domain.plan import Pair, Part


@dataclass(frozen=True, eq=False)
class Contact:
    """Facets between two parts, of different bodies or of one.

    Attributes:
        index: Number among all of them, `Domain.contacts` and `Domain.borders`.
        plus: Part on the "+" side.
        minus: Part on the "-" side.
        facets: Rows (cell +, its facet, cell -, its facet) of the facets this rank owns, shape (k,
            4).
    """

    index: int
    plus: Part
    minus: Part
    facets: npt.NDArray[np.int32]

    @property
    def pair(self) -> Pair:
        """The phases that meet."""
        return frozenset((self.plus.phase, self.minus.phase))

    @property
    def name(self) -> str:
        """The bodies that meet, joined by `|`."""
        return f"{self.plus.body}|{self.minus.body}"

    def side(self, part: Part) -> str:
        """Restriction of a part's fields to this contact, "+" or "-"."""
        return {self.plus: "+", self.minus: "-"}[part]

    @property
    def sides(self) -> tuple[tuple[Part, slice], ...]:
        """The parts that meet, each with the columns of `facets` that are its own."""
        return (self.plus, slice(0, 2)), (self.minus, slice(2, 4))

    @property
    def near(self) -> Part:
        """The part from which the normal points away."""
        return self.plus

    @property
    def near_side(self) -> str:
        """Restriction of the near part's fields, of the normal and of functions of the seam."""
        return "+"

    def here(self, value: Any) -> Any:
        """A function of the seam or of the near part, or the normal, on these facets."""
        return value(self.near_side)


@dataclass(frozen=True, eq=False)
class Outer:
    """Outer facets of one part with one role: rows (cell, its facet) that this rank owns."""

    index: int
    part: Part
    role: str
    facets: npt.NDArray[np.int32]

    @property
    def sides(self) -> tuple[tuple[Part, slice], ...]:
        """The part, with the columns of `facets`."""
        return ((self.part, slice(0, 2)),)

    @property
    def near(self) -> Part:
        """The part from which the normal points away."""
        return self.part

    @property
    def near_side(self) -> None:
        """Nothing is restricted on outer facets."""
        return None

    def here(self, value: Any) -> Any:
        """A function of the seam or of the part, or the normal, on these facets."""
        return value


Face = Contact | Outer
"""Where a part ends: at another, or at the outside."""

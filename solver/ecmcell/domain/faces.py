"""Where parts end: at each other, or at the outside."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ecmcell.domain.plan import Pair, Subdomain


@dataclass(frozen=True, eq=False)
class Interface:
    """Facets between two parts, of different bodies or of one.

    Attributes:
        index: Number among all of them, `Domain.contacts` and `Domain.borders`.
        plus: Part on the "+" side.
        minus: Part on the "-" side.
        facets: Rows (cell +, its facet, cell -, its facet) of the facets this rank owns, shape (k,
            4).
    """

    index: int
    plus: Subdomain
    minus: Subdomain
    facets: npt.NDArray[np.int32]

    @property
    def pair(self) -> Pair:
        """The phases that meet."""
        return frozenset((self.plus.phase, self.minus.phase))

    @property
    def name(self) -> str:
        """The bodies that meet, joined by `|`."""
        return f"{self.plus.body}|{self.minus.body}"

    def side(self, subdomain: Subdomain) -> str:
        """Restriction of a part's fields to this contact, "+" or "-"."""
        return {self.plus: "+", self.minus: "-"}[subdomain]

    @property
    def sides(self) -> tuple[tuple[Subdomain, slice], ...]:
        """The parts that meet, each with the columns of `facets` that are its own."""
        return (self.plus, slice(0, 2)), (self.minus, slice(2, 4))

    @property
    def near(self) -> Subdomain:
        """The part from which the normal points away."""
        return self.plus

    @property
    def near_side(self) -> str:
        """Restriction of the near part's fields, of the normal and of functions of the skeleton."""
        return "+"

    def here(self, value: Any) -> Any:
        """A function of the skeleton or of the near part, or the normal, on these facets."""
        return value(self.near_side)


@dataclass(frozen=True, eq=False)
class ExteriorBoundary:
    """Exterior facets of one subdomain with one tag: rows (cell, its facet) of this rank."""

    index: int
    subdomain: Subdomain
    tag: str
    facets: npt.NDArray[np.int32]

    @property
    def sides(self) -> tuple[tuple[Subdomain, slice], ...]:
        """The part, with the columns of `facets`."""
        return ((self.subdomain, slice(0, 2)),)

    @property
    def near(self) -> Subdomain:
        """The part from which the normal points away."""
        return self.subdomain

    @property
    def near_side(self) -> None:
        """Nothing is restricted on exterior facets."""
        return None

    def here(self, value: Any) -> Any:
        """A function of the skeleton or of the part, or the normal, on these facets."""
        return value


FacetSet = Interface | ExteriorBoundary
"""Where a part ends: at another, or at the outside."""

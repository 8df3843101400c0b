"""What a run writes down as declared objects: numbers and fields, and what they mean."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeVar

Kind = TypeVar("Kind", bound="Quantity")
_BRACES = re.compile(r"\{\w+\}")
_REDUCTIONS: dict[str, Callable[[float, float], float]] = {"max": max, "min": min}


@dataclass(frozen=True)
class Quantity:
    """Something that is written under a header `name [unit]`.

    Attributes:
        name: What it is. Words in braces stand for what is many: `{electrode} lithium thickness`.
        unit: As in the header, such as `mA.cm-2`; empty for a pure number.
        meaning: A sentence or more for those who read it.
        equation: Where it is defined: equations or a section of the theory; may be empty.

    Example:
        >>> Quantity("{electrode} voids", "um", "Volume per unit area.").of(electrode="Anode")
        'Anode voids [um]'
    """

    name: str
    unit: str
    meaning: str
    equation: str = ""

    @property
    def header(self) -> str:
        """Name and unit as they are written."""
        return f"{self.name} [{self.unit}]" if self.unit else self.name

    def of(self, **words: object) -> str:
        """The header with words instead of braces.

        Args:
            words: By the name in the braces.

        Raises:
            KeyError: If one is missing.
        """
        return self.header.format(**words)

    def is_of(self, header: str) -> bool:
        """Whether a header is that of this, whatever stands for the braces."""
        return self._pattern.fullmatch(header) is not None

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        plain = [re.escape(text) for text in _BRACES.split(self.header)]
        return re.compile(".+?".join(plain))


@dataclass(frozen=True)
class Column(Quantity):
    """A number of every accepted time step, or of every cycle.

    Attributes:
        reduction: What of it `summary.json` keeps under `extremes`: the maximum of all rows, or the
            minimum. The others are known by their last row.
    """

    reduction: Literal["max", "min", "last"] = "last"

    def reduce(self, kept: float, value: float) -> float:
        """What is kept of a value and of those before; for columns with a maximum or minimum."""
        return _REDUCTIONS[self.reduction](kept, value)

    @property
    def is_extreme(self) -> bool:
        """Whether the summary keeps its maximum or its minimum."""
        return self.reduction in _REDUCTIONS


@dataclass(frozen=True)
class Field(Quantity):
    """Values all over the mesh, at the stored states.

    Attributes:
        where: What they belong to.
        needs: What a case must have for it; empty if any case may have it.
        is_default: Whether it is written where the case does not choose fields.
    """

    where: Literal["points", "cells", "interfaces"] = "points"
    needs: str = ""
    is_default: bool = True

    @property
    def key(self) -> str:
        """Its name in a case file: as told, with a small first letter."""
        return self.name[:1].lower() + self.name[1:]


def described(header: str, among: Iterable[Kind]) -> Kind:
    """The quantity that a header is one of; of several that with the fewest letters in braces.

    Args:
        header: As written.
        among: All that may be.

    Raises:
        KeyError: If it is none of them.
    """
    found = [quantity for quantity in among if quantity.is_of(header)]
    if not found:
        raise KeyError(f"no column is declared for {header!r}")
    return max(found, key=lambda quantity: len(_BRACES.sub("", quantity.header)))

"""What all recipes share: strict keys, a place for messages, and how a mesh is asked of them."""

from abc import abstractmethod
from pathlib import Path
from typing import Annotated, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ecmcell.case.faults import Fault
from ecmcell.case.units import Length, Quantity
from ecmcell.microstructure.mesh.meshdata import MeshData

LEAST, MOST = 1e-4, 1e5
"""Bounds in um of every length of a recipe; beyond them floats and memory do not serve."""


def _sane(length: float) -> float:
    if length and not LEAST <= length <= MOST:
        raise Fault(f"{length:g} um is not valid", f"Give {LEAST:g} to {MOST:g} um.")
    return length


Dimension = Literal[2, 3]
Fraction = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Extent = Annotated[Length, AfterValidator(_sane)]
ExtentOrZero = Annotated[
    float, Quantity("a length", "um", "um", "0 um", "zero or positive"), AfterValidator(_sane)
]


LARGEST_COUNT = 20_000_000
"""Boxes that a regular mesh may have."""


class Table(BaseModel):
    """A table of a recipe file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Recipe(Table):
    """A description of a microstructure that can be meshed.

    Attributes:
        joined: Phases that are one conductor, for the statistics of percolation.
        recipe: Name of the recipe.
    """

    joined: ClassVar[tuple[frozenset[str], ...]] = ()

    recipe: str

    @property
    def at_anode(self) -> str | None:
        """The one phase that lies at the anode; None where that is not known beforehand."""
        return None

    def is_section(self) -> bool:
        """Whether it has two dimensions, so that it is meshed in seconds.

        Raises:
            Fault: A file that tells this cannot be read.
        """
        return getattr(self, "dimension", 3) == 2

    @property
    def files(self) -> tuple[Path, ...]:
        """Files beside the recipe that it needs."""
        return ()

    @abstractmethod
    def build(self, seed: int) -> MeshData:
        """Make the mesh.

        Args:
            seed: Equal seeds give equal meshes.

        Raises:
            Fault: The values cannot be met together.
        """

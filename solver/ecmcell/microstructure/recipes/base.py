"""What all recipes share: strict keys, a place for messages, and how a mesh is asked of them."""

from abc import abstractmethod
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from ecmcell.case.units import Quantity
from ecmcell.microstructure.meshdata import MeshData

Dimension = Literal[2, 3]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
LengthOrZero = Annotated[float, Quantity("a length", "um", "um", "0 um", "zero or positive")]


class Table(BaseModel):
    """A table of a recipe file."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Recipe(Table):
    """A description of a microstructure that can be meshed."""

    recipe: str

    @abstractmethod
    def build(self, seed: int) -> MeshData:
        """Make the mesh.

        Args:
            seed: Equal seeds give equal meshes.

        Raises:
            Fault: The values cannot be met together.
        """

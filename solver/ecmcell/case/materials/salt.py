"""Properties of polymer electrolytes that go with the concentration of their salt."""

from math import isfinite
from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from ecmcell.case.faults import Fault, toml
from ecmcell.case.files.provenance import REASON, Origin, SourcedValue


class SaltCurve(Origin):
    """A property tabulated over the concentration of salt, constant beyond the table.

    Attributes:
        concentration: Increasing concentrations of salt in mol/m^3.
        value: Values of the property at the concentrations.
        unit: Unit of the values.
    """

    concentration: Annotated[
        tuple[Annotated[float, Field(strict=True, ge=0, le=1e5)], ...], Field(min_length=2)
    ]
    value: Annotated[tuple[Annotated[float, Field(strict=True)], ...], Field(min_length=2)]
    unit: Literal["1"] = "1"

    @model_validator(mode="after")
    def _is_table(self) -> Self:
        if len(self.concentration) != len(self.value):
            sizes = f"{len(self.value)} values for {len(self.concentration)} concentrations"
            raise Fault(sizes, "Give one value a concentration.", ["value"])
        if np.any(np.diff(self.concentration) <= 0):
            raise Fault("not increasing", "Sort the table by concentration.", ["concentration"])
        return self


def number_as_curve(given: Any) -> Any:
    """The table of a property that is one number at all concentrations.

    Raises:
        Fault: If it is neither a number nor a table, or has another unit.
    """
    if isinstance(given, SaltCurve):
        return given
    if not isinstance(given, dict):
        raise Fault(f"{toml(given)} has no origin", f"Give a table with value. {REASON}")
    if given.get("unit", "1") != "1":
        raise Fault(f"{toml(given['unit'])} is not the unit", 'Use unit = "1".', ["unit"])
    if "concentration" in given or "value" not in given:
        return given
    value = given["value"]
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        remedy = "Give a number, or a table of concentration and value."
        raise Fault(f"{toml(value)} is not valid", remedy, ["value"])
    return given | {"concentration": (0.0, 1.0), "value": (float(value), float(value))}


class OrNumber:
    """Pydantic annotation: a table that a file may give as one number."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A table, or a number with its origin."""
        return {"anyOf": [handler(schema), handler(SourcedValue.__pydantic_core_schema__)]}

"""Properties of materials: numbers and tables that say where they come from."""

from typing import Annotated, Any, Literal, Self

import numpy as np
from pydantic import Field, GetJsonSchemaHandler, model_validator
from pydantic_core import CoreSchema

from ecmcell.case import units
from ecmcell.case.faults import Fault, toml
from ecmcell.case.files.expressions import formula
from ecmcell.case.files.provenance import REASON, Origin, SourcedValue, Text
from ecmcell.case.files.toml_reader import part
from ecmcell.case.units import Quantity

_SAMPLES = 201  # points that a formula is read into

Fraction = Annotated[float, Field(strict=True, ge=0, le=1)]


class PropertyTable(SourcedValue):
    """A property with its origin.

    Attributes:
        temperature: Temperature at which the value was found.
    """

    temperature: units.Temperature | None = None


class Property(float):
    """A number in internal units that knows its origin.

    Attributes:
        origin: Source or assumption.
        temperature: Temperature at which the value was found.
    """

    origin: Origin
    temperature: float | None

    def __new__(cls, value: float, origin: Origin, temperature: float | None = None) -> Self:
        """Attach the origin to a number."""
        made = super().__new__(cls, value)
        made.origin, made.temperature = origin, temperature
        return made

    def __getnewargs__(self) -> tuple:
        """What pickle, which carries cases between ranks, makes it from."""
        return float(self), self.origin, self.temperature


class Sourced(units.ReadAndWritten):
    """Pydantic annotation: a table with value and origin outside, a `Property` inside.

    Args:
        quantity: Pydantic type of the value, from `units`.
    """

    def __init__(self, quantity: Any):
        self.quantity: Quantity = quantity.__metadata__[0]

    def read(self, given: object) -> Property:
        """The property in a table.

        Raises:
            Fault: If the value is not such a quantity.
        """
        if not isinstance(given, dict):
            raise Fault(f"{toml(given)} has no origin", f"Give a table with value. {REASON}")
        table = part(PropertyTable, given)
        try:
            value = self.quantity.read(table.value)
        except Fault as fault:
            raise Fault(fault.given, fault.remedy, ["value"]) from None
        return Property(value, table.origin(), table.temperature)

    def write(self, value: Property) -> dict[str, str]:
        """The table of a property."""
        table = {"value": self.quantity.write(value)}
        if value.temperature is not None:
            table["temperature"] = units.in_unit(value.temperature, "K", "degC")
        return table | value.origin.model_dump(exclude_none=True)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A table of value and origin."""
        table = handler(PropertyTable.__pydantic_core_schema__)
        value = self.quantity.__get_pydantic_json_schema__(schema, handler)
        described = {"description": value["description"]}
        return {"allOf": [table, {"properties": {"value": value}}]} | described


class Curve(Origin):
    """A property tabulated over the stoichiometry, a fraction of the maximum concentration.

    Instead of the table a file may give a formula of x, `expression = "4.2 - 0.5 * x"`, with
    the ends `low` and `high` of its range; it is read into a table of 201 points.

    Attributes:
        stoichiometry: Increasing stoichiometries between 0 and 1.
        value: Values of the property at the stoichiometries, in `unit`.
        unit: Unit of the values.
    """

    stoichiometry: Annotated[tuple[Fraction, ...], Field(min_length=2)]
    value: Annotated[tuple[Annotated[float, Field(strict=True)], ...], Field(min_length=2)]
    unit: Literal["V", "V/K", "1"]

    @model_validator(mode="before")
    @classmethod
    def _sample(cls, data: Any) -> Any:
        return _sampled(data) if isinstance(data, dict) and "expression" in data else data

    @model_validator(mode="after")
    def _is_table(self) -> Self:
        if len(self.stoichiometry) != len(self.value):
            sizes = f"{len(self.value)} values for {len(self.stoichiometry)} stoichiometries"
            raise Fault(sizes, "Give one value a stoichiometry.", ["value"])
        if np.any(np.diff(self.stoichiometry) <= 0):
            raise Fault("not increasing", "Sort the table by stoichiometry.", ["stoichiometry"])
        return self

    def at(self, stoichiometry: float) -> float:
        """Linear interpolation in the table."""
        return float(np.interp(stoichiometry, self.stoichiometry, self.value))

    def where(self, value: float) -> float:
        """Stoichiometry at which a curve that falls has a value; beyond its ends the nearer end."""
        return float(np.interp(value, self.value[::-1], self.stoichiometry[::-1]))

    @property
    def low(self) -> float:
        """First stoichiometry of the table."""
        return self.stoichiometry[0]

    @property
    def high(self) -> float:
        """Last stoichiometry of the table."""
        return self.stoichiometry[-1]


class Expression(Origin):
    """A property given as a formula of the stoichiometry x.

    Attributes:
        expression: Formula of the stoichiometry x.
        low: Minimum stoichiometry that the formula holds for.
        high: Maximum stoichiometry that the formula holds for.
        unit: Unit of the values of the formula.
    """

    expression: Text
    low: Fraction
    high: Fraction
    unit: Text


class OrExpression:
    """Pydantic annotation: a table that a file may give as a formula."""

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A table, or a formula."""
        return {"anyOf": [handler(schema), handler(Expression.__pydantic_core_schema__)]}


def _sampled(data: dict[str, Any]) -> dict[str, Any]:
    """The table of a formula."""
    given = part(Expression, data)
    if given.low >= given.high:
        raise Fault(f"{given.low:g} to {given.high:g} is no range", "Give low < high.", ["high"])
    x = np.linspace(given.low, given.high, _SAMPLES)
    try:
        value = formula(given.expression)(x)
    except Fault as fault:
        raise Fault(fault.given, fault.remedy, ["expression"]) from None
    kept = given.model_dump(exclude={"expression", "low", "high"}, exclude_none=True)
    note = f"{_SAMPLES} points of {given.expression}"
    kept["note"] = f"{given.note} {note}" if given.note else note
    rounded = {"stoichiometry": x, "value": value}
    return kept | {k: [float(f"{v:.12g}") for v in row] for k, row in rounded.items()}


class Window(Origin):
    """Usable range of stoichiometry.

    Attributes:
        value: Stoichiometry at full charge and at full discharge.
    """

    value: tuple[Fraction, Fraction]

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.low >= self.high:
            remedy = "Give the stoichiometry at full charge first, e.g. [0.2, 0.9]."
            raise Fault(f"{toml(self.value)} is not valid", remedy, ["value"])
        return self

    @property
    def low(self) -> float:
        """Stoichiometry at full charge."""
        return self.value[0]

    @property
    def high(self) -> float:
        """Stoichiometry at full discharge."""
        return self.value[1]

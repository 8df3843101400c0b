"""Materials: properties that each say where they come from, read from TOML."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

import numpy as np
from pydantic import (
    BeforeValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from ecmcell.case import units
from ecmcell.case.bpx import EXAMPLE, read_bpx
from ecmcell.case.expressions import formula
from ecmcell.case.origin import CASE_FILE, REASON, Frozen, Origin, SourcedValue, Text
from ecmcell.case.reading import Fault, part, read_toml, suggest, toml, validate
from ecmcell.case.units import Quantity

LIBRARY = Path(str(files("ecmcell"))) / "materials"
_SAMPLES = 201
_NO_PROPERTY = ("name", "kind", "formula", "alternatives")

T = TypeVar("T")
Share = Annotated[float, Field(strict=True, ge=0, le=1)]


class PropertyTable(SourcedValue):
    """A property with its origin.

    Attributes:
        temperature: What it holds at.
    """

    temperature: units.Temperature | None = None


class Property(float):
    """A number in internal units that knows where it comes from.

    Attributes:
        origin: Source or assumption.
        temperature: Temperature in K that it holds at, where it was given.
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


class Sourced:
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

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate by `read`, serialise by `write`."""
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A table of value and origin."""
        table = handler(PropertyTable.__pydantic_core_schema__)
        value = self.quantity.__get_pydantic_json_schema__(schema, handler)
        described = {"description": value["description"]}
        return {"allOf": [table, {"properties": {"value": value}}]} | described


class Curve(Origin):
    """A property tabulated over the stoichiometry, the filled share of the maximum concentration.

    In the place of the table a file may give a formula of x, `expression = "4.2 - 0.5 * x"`, with
    the ends `low` and `high` of its range; it is read into a table of 201 points.

    Attributes:
        stoichiometry: Increasing, between 0 and 1.
        value: As many values, in `unit`.
        unit: Unit of the values.
    """

    stoichiometry: Annotated[tuple[Share, ...], Field(min_length=2)]
    value: Annotated[tuple[Annotated[float, Field(strict=True)], ...], Field(min_length=2)]
    unit: Literal["V", "1"]

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
        expression: The formula.
        low: Lowest stoichiometry it holds for.
        high: Highest stoichiometry it holds for.
        unit: Unit of its values.
    """

    expression: Text
    low: Share
    high: Share
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
    """Usable stoichiometries.

    Attributes:
        value: Stoichiometry at full charge and at full discharge.
    """

    value: tuple[Share, Share]

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if self.low >= self.high:
            remedy = "Give the stoichiometry at full charge first, e.g. [0.2, 0.9]."
            raise Fault(f"{toml(self.value)} does not do", remedy, ["value"])
        return self

    @property
    def low(self) -> float:
        """Stoichiometry at full charge."""
        return self.value[0]

    @property
    def high(self) -> float:
        """Stoichiometry at full discharge."""
        return self.value[1]


def _in_volts(given: Any) -> Any:
    return _with_unit(given, "V")


def _plain(given: Any) -> Any:
    return _with_unit(given, "1")


def _with_unit(given: Any, unit: str) -> Any:
    if isinstance(given, dict) and given.get("unit", unit) != unit:
        raise Fault(f"{toml(given['unit'])} is not the unit", f'Use unit = "{unit}".', ["unit"])
    return given


class Material(Frozen):
    """What a phase is made of; properties are numbers in internal units, absent ones None.

    Attributes:
        name: Name of the material.
        kind: Which part it can play in a cell.
        formula: Chemical formula.
        density: Without pores.
        maximum_concentration: Of lithium, where every site is filled.
        stoichiometry_window: Usable range, from full charge to full discharge.
        diffusivity: Of lithium in active material, at the temperature given with it.
        diffusivity_activation_energy: Of an Arrhenius law for the diffusivity.
        electronic_conductivity: For electrons.
        ionic_conductivity: For lithium ions, at the temperature given with it.
        ionic_activation_energy: Of sigma T in an Arrhenius law for the ionic conductivity.
        youngs_modulus: Isotropic.
        poisson_ratio: Isotropic.
        fracture_toughness: Critical stress intensity factor.
        molar_volume: Of a metal.
        partial_molar_volume: Of lithium in active material; its swelling if no table is given.
        open_circuit_voltage: Against lithium metal.
        volume_change: dV/V of the stoichiometry against the fully lithiated material.
        alternatives: Other values, by property and label, for a case to choose from:
            `overrides.diffusivity = "label"`.
    """

    name: Annotated[Text, Field(examples=["NMC811"])]
    kind: Literal["active material", "electrolyte", "metal", "coating"] = Field(
        examples=["electrolyte"]
    )
    formula: Annotated[Text, Field(examples=["LiCoO2"])]
    density: Annotated[Property, Sourced(units.Density)] | None = None
    maximum_concentration: Annotated[Property, Sourced(units.Concentration)] | None = None
    stoichiometry_window: Window | None = None
    diffusivity: Annotated[Property, Sourced(units.Diffusivity)] | None = None
    diffusivity_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    electronic_conductivity: Annotated[Property, Sourced(units.Conductivity)] | None = None
    ionic_conductivity: Annotated[Property, Sourced(units.Conductivity)] | None = None
    ionic_activation_energy: Annotated[Property, Sourced(units.MolarEnergy)] | None = None
    youngs_modulus: Annotated[Property, Sourced(units.Modulus)] | None = None
    poisson_ratio: Annotated[Property, Sourced(units.Number)] | None = None
    fracture_toughness: Annotated[Property, Sourced(units.Toughness)] | None = None
    molar_volume: Annotated[Property, Sourced(units.MolarVolume)] | None = None
    partial_molar_volume: Annotated[Property, Sourced(units.MolarVolume)] | None = None
    open_circuit_voltage: Annotated[Curve, BeforeValidator(_in_volts), OrExpression()] | None = None
    volume_change: Annotated[Curve, BeforeValidator(_plain), OrExpression()] | None = None
    alternatives: dict[str, dict[str, Any]] = Field(default={}, exclude=True)

    @model_validator(mode="after")
    def _is_elastic(self) -> Self:
        if self.poisson_ratio is not None and not -1 < self.poisson_ratio < 0.5:
            remedy = "A Poisson ratio lies above -1 and below 0.5."
            raise Fault(
                f"{self.poisson_ratio:g} does not do",
                remedy,
                ["poisson_ratio", "value"],
            )
        return self

    @model_validator(mode="after")
    def _has_good_alternatives(self) -> Self:
        for name, choices in self.alternatives.items():
            if name not in PROPERTIES:
                remedy = suggest(name, PROPERTIES, "properties")
                raise Fault("unknown key", remedy, ["alternatives", name])
            for label, table in choices.items():
                try:
                    part(type(self), {"name": "-", "kind": self.kind, "formula": "-", name: table})
                except Fault as fault:
                    key = ["alternatives", name, label, *fault.key[1:]]
                    raise Fault(fault.given, fault.remedy, key) from None
        return self

    def origins(self) -> Iterator[tuple[str, Origin]]:
        """Every property that is given, with its origin."""
        for name in type(self).model_fields:
            match getattr(self, name):
                case Property(origin=origin):
                    yield name, origin
                case Origin() as origin:
                    yield name, origin

    def assumptions(self) -> dict[str, str]:
        """The properties that are assumed, with the reason."""
        return {name: origin.assumed for name, origin in self.origins() if origin.assumed}

    def charge_capacity(self) -> float:
        """Charge in pC/um3 between the ends of the stoichiometry window.

        Raises:
            ValueError: If the material is no active material.
        """
        if self.maximum_concentration is None or self.stoichiometry_window is None:
            raise ValueError(f"{self.name} stores no charge")
        window = self.stoichiometry_window
        return units.FARADAY * self.maximum_concentration * (window.high - window.low)


def needed(value: T | None) -> T:
    """A property that the checks of a case guarantee to be there."""
    if value is None:
        raise ValueError("a property is missing that the case should have been refused for")
    return value


PROPERTIES = tuple(n for n in Material.model_fields if n not in _NO_PROPERTY)


def quantity_of(name: str) -> Quantity:
    """What kind of quantity a property is.

    Raises:
        ValueError: If the property is no number.
    """
    for member in get_args(Material.model_fields[name].annotation):
        for annotation in getattr(member, "__metadata__", ()):
            if isinstance(annotation, Sourced):
                return annotation.quantity
    raise ValueError(f"{name} is no number")


def names() -> list[str]:
    """Names of the materials in the library."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def material(name: str) -> Material:
    """A material of the library.

    Raises:
        Fault: If there is none of that name.
        InputError: If its file is at fault.
    """
    return Material.model_validate(material_table(name, LIBRARY))


def material_table(name: object, directory: Path) -> dict[str, Any]:
    """The checked table of a material of the library or of a file.

    Args:
        name: Name in the library, path ending in `.toml`, or a BPX file with one of its
            electrodes, `cell.json:Positive electrode`.
        directory: What a path is relative to.

    Raises:
        Fault: If there is none of that name.
        InputError: If its file is at fault.
    """
    if not isinstance(name, str):
        raise Fault(f"{toml(name)} does not do", 'Give a name in quotes, e.g. "NMC811".')
    file, *places = name.split(":")
    if file.endswith(".json"):
        if not places:
            raise Fault(f"{toml(name)} names no electrode", f"Give it too, e.g. {EXAMPLE}.")
        path = directory / file
        table = read_bpx(path, [place.strip() for place in places])
    elif name.endswith(".toml"):
        path = directory / name
        table = read_toml(path)
    elif name in names():
        path = LIBRARY / f"{name}.toml"
        table = read_toml(path)
    else:
        raise Fault(f"{toml(name)} is not a material", suggest(name, names(), "materials"))
    validate(Material, table, path, path.parent)
    return table


def overridden(table: dict[str, Any], overrides: object) -> dict[str, Any]:
    """The table of a material with values from a case in the place of its own.

    Raises:
        Fault: If an override is not a property.
    """
    if not isinstance(overrides, dict):
        raise Fault(f"{toml(overrides)} does not do", "Give a table.")
    merged = dict(table)
    if "partial_molar_volume" in overrides:  # two ways to say how much the material swells
        if "volume_change" in overrides:
            raise Fault("given beside volume_change", "Give one.", ["partial_molar_volume"])
        merged.pop("volume_change", None)
    for key, value in overrides.items():
        if key not in PROPERTIES:
            raise Fault("unknown key", suggest(key, PROPERTIES, "properties"), [key])
        choices = table.get("alternatives", {}).get(key, {})
        if isinstance(value, str) and value in choices:
            merged[key] = choices[value]
            continue
        given = value if isinstance(value, dict) else {"value": value}
        origin = {} if {"source", "assumed"} & given.keys() else {"source": CASE_FILE}
        merged[key] = given | origin | {"set_by": CASE_FILE}
    return merged


class ByName:
    """Pydantic annotation: a material that a case may give by its name."""

    def __init__(self, *kinds: str):
        self.kinds = kinds

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A name of the library or a file, or all properties."""
        known = [name for name in names() if material(name).kind in self.kinds]
        described = "Name in the library, a file such as mine.toml, or an electrode of a BPX file."
        named = {"type": "string", "examples": [*known, "cell.json:Positive electrode"]}
        return {"description": described, "anyOf": [named, handler(schema)]}

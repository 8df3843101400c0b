"""Quantities with units, and the consistent system used inside: um, s, V, MPa, pA, pC, pJ, amol, K.

In it 1 A/m2 = 1 pA/um2, 1 mol/m3 = 1 amol/um3, 1 MPa um3 = 1 pJ. Mass occurs in densities only,
which are kept in pg/um3 = g/cm3.
"""

import math
import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

import pint
from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from ecmcell.case.faults import Fault, toml

FARADAY = 0.0964853321233100184  # pC/amol; exact in SI 2019
GAS_CONSTANT = 8.31446261815324e-6  # pJ/(amol K); exact in SI 2019
HOUR = 3600.0  # s

_NUMBER_AND_UNIT = re.compile(
    r"\s*([-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?)\s*(.*?)\s*", re.DOTALL
)
# mA/cm^2, mA/cm2, mA cm-2, and mA.cm-2 as PyBaMM names units
_FACTOR = re.compile(
    r"\s*([*/.·]?)\s*([^\W\d_]+|%|°C)(?:\^?([-+]?[0-9](?:\.[0-9]{1,3})?))?(?![\w^])"
)
_SPELLING = {"**": "^", "²": "^2", "³": "^3"}
_SPELL = "Write units like mA/cm^2, ohm*cm^2, um, degC."
_LONGEST = 60


@cache
def registry() -> pint.UnitRegistry:
    """The one unit registry."""
    return pint.UnitRegistry()


def thermal_voltage(temperature: float) -> float:
    """RT/F in V at a temperature in K."""
    return GAS_CONSTANT * temperature / FARADAY


def quantity(text: object, unit: str) -> float:
    """A text such as `"0.5 mA/cm^2"` as a number in `unit`.

    Energies a particle (`"0.3 eV"`) serve where a molar energy is asked.

    Args:
        text: Number and unit. Where `unit` is `1`, a plain number or one in `%` does too.
        unit: Unit of the result.

    Raises:
        Fault: If it is not a finite quantity of that dimension.
    """
    try:
        number, name = _split(text, unit)
        given = registry().Quantity(number, _unit(name))
        if given.check("[energy]") and _unit(unit).is_compatible_with("J/mol"):
            given /= registry().particle
        value = float(given.to(_unit(unit)).magnitude)
    except pint.DimensionalityError:
        raise Fault(f"{toml(text)} has the wrong dimension", _hint(unit)) from None
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise Fault(f"{toml(text)} is not finite", _hint(unit))
    return float(f"{value:.15g}")  # drops the rounding of the conversion


def number_and_unit(text: object) -> tuple[float, str]:
    """A number and its unit, as they stand in a text such as `"0.5 mA/cm^2"`.

    Returns:
        The unit is empty for a plain number.

    Raises:
        Fault: If it is no number with a unit that there is.
    """
    number, name = _split(text, "1")
    _unit(name)
    if not math.isfinite(number):
        raise Fault(f"{toml(text)} is not finite", _hint("1"))
    return number, name


def unit_of_column(name: str) -> str:
    """A unit as the names of columns have it: `mA/cm^2` as `mA.cm-2`."""
    return ".".join(unit if power == 1 else f"{unit}{power:g}" for unit, power in _factors(name))


def has_offset(unit: str) -> bool:
    """Whether zero in a unit is not nothing, as in degC."""
    return bool(registry().Quantity(0.0, _unit(unit)).to_base_units().magnitude)


def in_unit(value: float, unit: str, shown: str, digits: int = 15) -> str:
    """A number in `unit` as text in the unit `shown`."""
    number = registry().Quantity(float(value), _unit(unit)).to(_unit(shown)).magnitude
    return f"{number:.{digits}g} {shown}" if shown != "1" else f"{number:.{digits}g}"


def _split(text: object, unit: str) -> tuple[float, str]:
    if unit == "1" and isinstance(text, int | float) and not isinstance(text, bool):
        return float(text), ""
    if not isinstance(text, str):
        raise Fault(f"{toml(text)} has no unit", _hint(unit))
    found = _NUMBER_AND_UNIT.fullmatch(text) if len(text) <= _LONGEST else None
    if not found:
        raise Fault(f"{toml(text)} is not a number with a unit", _hint(unit))
    number, name = float(found[1]), found[2]
    if not name and unit != "1":
        raise Fault(f"{toml(text)} has no unit", _hint(unit))
    return number, name


@cache
def _unit(name: str) -> pint.Unit:
    unit = registry().Unit("")
    for part, power in _factors(name):
        try:
            unit *= registry().Unit(part) ** power
        except (pint.PintError, ValueError):
            raise Fault(f"{toml(part)} is not a unit", _SPELL) from None
    return unit


def _factors(name: str) -> list[tuple[str, float]]:
    """A product of powers of units; a parser of our own, as Pint's one is open to surprises."""
    text = re.sub(r"^1(?=\s*/|$)", "", name)
    for foreign, ours in _SPELLING.items():
        text = text.replace(foreign, ours)
    found, at = [], 0
    while at < len(text):
        factor = _FACTOR.match(text, at)
        if not factor or (factor[1] not in ("", "/") and at == 0):
            raise Fault(f"{toml(name)} is not a unit", _SPELL)
        power = float(factor[3] or 1)
        found.append((factor[2], -power if factor[1] == "/" else power))
        at = factor.end()
    return found


def _hint(unit: str) -> str:
    return f'Give a quantity in units of {unit}, e.g. "1 {unit}".'


class ReadAndWritten(ABC):
    """Pydantic annotation of a value that looks otherwise in a file."""

    @abstractmethod
    def read(self, given: Any) -> Any:
        """The value of what a file gives."""

    @abstractmethod
    def write(self, value: Any) -> Any:
        """What a file gives for a value."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Validate by `read`, serialise by `write`."""
        return core_schema.no_info_plain_validator_function(
            self.read,
            serialization=core_schema.plain_serializer_function_ser_schema(self.write),
        )


@dataclass(frozen=True)
class Quantity(ReadAndWritten):
    """Pydantic annotation: a text with unit outside, a float in the internal unit inside.

    Attributes:
        what: Name of the quantity, with an article.
        unit: Internal unit.
        shown: Unit in which values are written.
        example: What would do.
        sign: Which values are allowed.
    """

    what: str
    unit: str
    shown: str
    example: str
    sign: Literal["positive", "zero or positive", "any"] = "positive"

    def read(self, given: object) -> float:
        """The value in the internal unit.

        Raises:
            Fault: If it is not a finite quantity of this kind and sign.
        """
        example = f'e.g. "{self.example}"'
        try:
            value = quantity(given, self.unit)
        except Fault as fault:
            raise Fault(fault.given, f"Give {self.what} with its unit, {example}.") from None
        if (value < 0 and self.sign != "any") or (value == 0 and self.sign == "positive"):
            raise Fault(f"{toml(given)} is not {self.sign}", f"Give {self.what}, {example}.")
        return value

    def write(self, value: float) -> str:
        """The value as text in the unit of people."""
        return in_unit(value, self.unit, self.shown)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A text, with what it is and an example."""
        kinds = ["string", "number"] if self.unit == "1" else "string"
        sign = "" if self.sign == "any" else f", {self.sign}"
        described = f"{self.what[0].upper()}{self.what[1:]} with its unit{sign}"
        return {"type": kinds, "description": f"{described}.", "examples": [self.example]}


@dataclass(frozen=True)
class OrInfinite(Quantity):
    """A quantity that may be infinite, in that word."""

    def read(self, given: object) -> float:
        """The value in the internal unit."""
        return math.inf if given == INFINITE else super().read(given)

    def write(self, value: float) -> str:
        """The value as text in the unit of people, or the word."""
        return INFINITE if value == math.inf else super().write(value)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """A text, with what it is and examples."""
        of_quantity = super().__get_pydantic_json_schema__(schema, handler)
        described = f'{of_quantity["description"][:-1]}, or "{INFINITE}".'
        return of_quantity | {"description": described, "examples": [self.example, INFINITE]}


INFINITE = "infinite"
LENGTH = Quantity("a length", "um", "um", "5 um")
CURRENT_DENSITY = Quantity("a current density", "pA/um^2", "A/m^2", "1 A/m^2")

Length = Annotated[float, LENGTH]
Thickness = Annotated[float, Quantity("a thickness", "um", "um", "5 um", "zero or positive")]
Coordinate = Annotated[float, Quantity("a coordinate", "um", "um", "5 um", "any")]
Time = Annotated[float, Quantity("a time", "s", "s", "10 s")]
Instant = Annotated[float, Quantity("a time", "s", "s", "30 min", "zero or positive")]
Temperature = Annotated[float, Quantity("a temperature", "K", "degC", "25 degC")]
Voltage = Annotated[float, Quantity("a voltage", "V", "V", "4.2 V", "any")]
Overpotential = Annotated[
    float, Quantity("an overpotential", "V", "mV", "20 mV", "zero or positive")
]
VoltageStep = Annotated[float, Quantity("a voltage", "V", "mV", "2 mV")]
CurrentDensity = Annotated[float, CURRENT_DENSITY]
ExchangeCurrentDensity = Annotated[
    float, OrInfinite("a current density", "pA/um^2", "A/m^2", "1 A/m^2")
]
Conductivity = Annotated[
    float, Quantity("a conductivity", "pA/V/um", "S/m", "0.1 S/m", "zero or positive")
]
ArealResistance = Annotated[
    float,
    Quantity(
        "an areal resistance",
        "V*um^2/pA",
        "ohm*cm^2",
        "10 ohm*cm^2",
        "zero or positive",
    ),
]
ContactResistance = Annotated[
    float, Quantity("an areal resistance", "V*um^2/pA", "ohm*cm^2", "1 ohm*cm^2")
]
FilmGrowth = Annotated[
    float,
    Quantity(
        "a slope of areal resistance over the root of time",
        "V*um^2/pA/s^0.5",
        "ohm*cm^2/h^0.5",
        "10 ohm*cm^2/h^0.5",
    ),
]
Diffusivity = Annotated[float, Quantity("a diffusivity", "um^2/s", "m^2/s", "1e-15 m^2/s")]
Concentration = Annotated[
    float, Quantity("a concentration", "amol/um^3", "mol/m^3", "50000 mol/m^3")
]
MolarVolume = Annotated[
    float, Quantity("a molar volume", "um^3/amol", "m^3/mol", "1.3e-5 m^3/mol", "any")
]
MolarEnergy = Annotated[
    float,
    Quantity("a molar energy", "pJ/amol", "kJ/mol", "30 kJ/mol", "zero or positive"),
]
Density = Annotated[float, Quantity("a density", "pg/um^3", "g/cm^3", "4.7 g/cm^3")]
Pressure = Annotated[float, Quantity("a pressure", "MPa", "MPa", "5 MPa", "zero or positive")]
Modulus = Annotated[float, Quantity("a modulus", "MPa", "GPa", "20 GPa")]
Strength = Annotated[float, Quantity("a strength", "MPa", "MPa", "5 MPa")]
Hardening = Annotated[
    float, Quantity("a hardening modulus", "MPa", "MPa", "10 MPa", "zero or positive")
]
StrainRate = Annotated[float, Quantity("a strain rate", "1/s", "1/s", "1e-4 1/s")]
HeatCapacity = Annotated[
    float, Quantity("a heat capacity per area", "pJ/um^2/K", "J/m^2/K", "1000 J/m^2/K")
]
HeatTransfer = Annotated[
    float,
    Quantity(
        "a heat transfer coefficient", "pW/um^2/K", "W/m^2/K", "10 W/m^2/K", "zero or positive"
    ),
]
PlatenStiffness = Annotated[float, Quantity("a stiffness", "MPa/um", "MPa/um", "0.5 MPa/um")]
Stiffness = Annotated[float, Quantity("an interface stiffness", "MPa/um", "MPa/um", "1e5 MPa/um")]
SurfaceEnergy = Annotated[float, Quantity("an energy per area", "pJ/um^2", "J/m^2", "1 J/m^2")]
Toughness = Annotated[float, Quantity("a toughness", "MPa*um^0.5", "MPa*m^0.5", "0.5 MPa*m^0.5")]
Number = Annotated[float, Quantity("a number", "1", "1", "0.3", "any")]

"""Ranges of a value: between two ends, or around a mean; each gives the value at a fraction."""

import math
from abc import abstractmethod
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator
from scipy.special import ndtri

from ecmcell.case.faults import Fault, toml
from ecmcell.case.files.provenance import Frozen, Text
from ecmcell.case.units import has_offset, number_and_unit, quantity

Given = str | int | float
_DIGITS = 6  # of a value, which is a text in the case
_CLOSEST = 1e-9  # to 0 and 1, where a normal distribution has no value
_ORIGIN = ("source", "assumed", "note")


class Distribution(Frozen):
    """What a value is drawn from.

    Attributes:
        source: DOI of the publication that gives the range.
        assumed: Reason for the range where no publication gives one.
        note: Remark on the range.
    """

    source: Text | None = None
    assumed: Text | None = None
    note: Text | None = None

    @abstractmethod
    def _number(self, fraction: float) -> tuple[float, str]:
        """The number and its unit below which a fraction of all values lies."""

    def at(self, fraction: float) -> Any:
        """The value below which a fraction of all values lies, as a case has it."""
        number, unit = self._number(fraction)
        rounded = float(f"{number:.{_DIGITS}g}")
        value = f"{rounded:.{_DIGITS}g} {unit}" if unit else rounded
        origin = {key: text for key in _ORIGIN if (text := getattr(self, key)) is not None}
        return {"value": value} | origin if origin else value


class Range(Distribution):
    """A value between two ends: drawn by `[sample]`, or a list of evenly spaced values.

    Attributes:
        from: The one end, as a value of the key.
        to: The other end.
        scale: Whether the value or its logarithm is spread evenly.
        count: Number of evenly spaced values, with both ends; without a count `[sample]` draws.
    """

    start: Annotated[Given | None, Field(alias="from", examples=["1 MPa"])] = None
    to: Annotated[Given | None, Field(examples=["50 MPa"])] = None
    scale: Literal["linear", "log"] = "linear"
    count: Annotated[int, Field(strict=True, ge=2)] | None = None

    @model_validator(mode="after")
    def _two_ends(self) -> Self:
        for key, value, example in (("from", self.start, "1 MPa"), ("to", self.to, "50 MPa")):
            if value is None:
                raise Fault("missing", f"Add it, e.g. {key} = {toml(example)}.", [key])
        (low, high), unit = self._ends, self._unit
        if low == high:
            given = f"both ends are {toml(self.start)}"
            raise Fault(given, "Give two ends, or take it out: it would vary nothing.", ["to"])
        if self.scale == "log" and (min(low, high) <= 0.0 or has_offset(unit)):
            remedy = 'Give ends above zero, temperatures in K, or scale = "linear".'
            raise Fault(f"there is no logarithm of {toml(self.start)}", remedy, ["scale"])
        return self

    @cached_property
    def _ends(self) -> tuple[float, float]:
        """Both ends in the unit of the first."""
        low = _read(self.start, "from")[0]
        try:
            return low, quantity(self.to, self._unit or "1")
        except Fault as fault:
            raise Fault(fault.given, fault.remedy, ["to"]) from None

    @cached_property
    def _unit(self) -> str:
        return _read(self.start, "from")[1]

    def values(self) -> list[Any]:
        """The evenly spaced values of a range with a count."""
        last = (self.count or 0) - 1
        return [self.at(k / last) for k in range(last + 1)]

    def _number(self, fraction: float) -> tuple[float, str]:
        low, high = self._ends
        if self.scale == "log":
            logs = (1.0 - fraction) * math.log(low) + fraction * math.log(high)
            return math.exp(logs), self._unit
        return (1.0 - fraction) * low + fraction * high, self._unit


class Normal(Distribution):
    """A normally distributed value, drawn by `[sample]`.

    Attributes:
        mean: Mean, as a value of the key.
        standard_deviation: Standard deviation, in K for a temperature.
    """

    mean: Annotated[Given | None, Field(examples=["25 degC"])] = None
    standard_deviation: Annotated[Given | None, Field(examples=["5 K"])] = None

    @model_validator(mode="after")
    def _positive(self) -> Self:
        for key in ("mean", "standard_deviation"):
            if getattr(self, key) is None:
                example = {"mean": "25 degC", "standard_deviation": "5 K"}[key]
                raise Fault("missing", f"Add it, e.g. {key} = {toml(example)}.", [key])
        deviation, unit = self._deviation
        if deviation <= 0.0 or has_offset(unit):
            given = f"{toml(self.standard_deviation)} is not a deviation"
            raise Fault(given, "Give a positive one, in K for a temperature.", [key])
        _ = self._mean
        return self

    @cached_property
    def _deviation(self) -> tuple[float, str]:
        return _read(self.standard_deviation, "standard_deviation")

    @cached_property
    def _mean(self) -> tuple[float, str]:
        """In the unit of the deviation, and the unit in which it is given."""
        try:
            number = quantity(self.mean, self._deviation[1] or "1")
        except Fault as fault:
            raise Fault(fault.given, fault.remedy, ["mean"]) from None
        return number, _read(self.mean, "mean")[1]

    def _number(self, fraction: float) -> tuple[float, str]:
        (deviation, unit), (mean, shown) = self._deviation, self._mean
        inside = min(max(fraction, _CLOSEST), 1.0 - _CLOSEST)
        number = mean + deviation * float(ndtri(inside))
        return (quantity(f"{number:.15g} {unit}", shown) if shown else number), shown


def _read(given: object, key: str) -> tuple[float, str]:
    """Number and unit of the value of a key."""
    try:
        return number_and_unit(given)
    except Fault as fault:
        remedy = 'Give a number with its unit, e.g. "1 MPa".'
        raise Fault(fault.given, remedy, [key]) from None

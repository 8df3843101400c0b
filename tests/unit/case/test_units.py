"""Quantities with units: the internal system, and texts of people read and written."""

import math
from typing import Annotated, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from ecmcell.case import units
from ecmcell.case.faults import Fault
from ecmcell.case.units import (
    Quantity,
    has_offset,
    in_unit,
    number_and_unit,
    quantity,
    thermal_voltage,
    unit_of_column,
)

TYPES = {
    name: get_args(kind)[1]
    for name, kind in vars(units).items()
    if type(kind) is type(Annotated[float, 1]) and isinstance(get_args(kind)[1], Quantity)
}


@pytest.mark.parametrize(
    ("text", "unit", "expected"),
    [
        ("1 A/m^2", "pA/um^2", 1.0),
        ("1 S/m", "pA/V/um", 1e6),
        ("1 m^2/s", "um^2/s", 1e12),
        ("1 mol/m^3", "amol/um^3", 1.0),
        ("1 MPa*um^3", "pJ", 1.0),
        ("1 J/m^2", "MPa*um", 1.0),
        ("1 MPa*m^0.5", "MPa*um^0.5", 1e3),
        ("3.5e-6 m^3/mol", "um^3/amol", 3.5e-6),
        ("1 V*pC", "pJ", 1.0),
        ("1 pA*s", "pC", 1.0),
        ("4.78 g/cm^3", "pg/um^3", 4.78),
        ("1 ohm*cm^2", "V*um^2/pA", 1e-4),
        ("0.5 mA/cm2", "pA/um^2", 5.0),
        ("0.5 mA.cm-2", "pA/um^2", 5.0),
        ("  .5mA/cm**2 ", "pA/um^2", 5.0),
        ("25 degC", "K", 298.15),
        ("30 minutes", "s", 1800.0),
        ("5 µm", "um", 5.0),
        ("3 %", "1", 0.03),
        (0.25, "1", 0.25),
    ],
)
def test_internal_system(text: object, unit: str, expected: float) -> None:
    assert quantity(text, unit) == pytest.approx(expected, rel=1e-14)


def test_energy_a_particle_is_an_energy_a_mole() -> None:
    assert quantity("1 eV", "pJ/amol") == pytest.approx(units.FARADAY, rel=1e-12)
    assert quantity("8.31446261815324 J/mol", "pJ/amol") == pytest.approx(units.GAS_CONSTANT)
    with pytest.raises(Fault):
        quantity("1 eV", "MPa")


@pytest.mark.parametrize(
    "text",
    [
        "5",
        "um",
        "",
        "5 foo",
        "5 kg",
        "nan um",
        "inf um",
        "1e999 um",
        "1e308 km",
        "5 um um",
        "5 5 um",
    ]
    + ["5 m^9^9^9^9^9", "5 m**9**9**9", "5 m^(9^9^9^9)", "5 m^1e99", "5 (m", "5 m)", "5 'm", "5 \\"]
    + ["5 \0", "5 __import__('os')", "5 um " + "x" * 1000, "1_000 um", "0x10 um", "5; um", "٥ um"],
)
def test_refused(text: str) -> None:
    with pytest.raises(Fault):
        quantity(text, "um")


@pytest.mark.parametrize("given", [5, 5.0, True, None, ["5 um"], {"value": "5 um"}])
def test_no_text_has_no_unit(given: object) -> None:
    with pytest.raises(Fault, match="has no unit"):
        quantity(given, "um")


@settings(derandomize=True)
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert math.isfinite(quantity(text, "um"))
    except Fault:
        pass


@settings(derandomize=True)
@given(st.text(alphabet="mAV^*/ ().-0123456789e%°"))
def test_anything_like_a_unit_is_read_or_refused(text: str) -> None:
    try:
        assert math.isfinite(quantity("1 " + text, "pA/um^2"))
    except Fault:
        pass


@settings(derandomize=True)
@given(st.floats(1e-30, 1e30))
def test_written_is_read_again(value: float) -> None:
    assert quantity(in_unit(value, "pA/um^2", "mA/cm^2"), "pA/um^2") == pytest.approx(
        value, rel=1e-14
    )


@pytest.mark.parametrize("name", TYPES)
def test_example_is_itself_right(name: str) -> None:
    kind = TYPES[name]
    value = kind.read(kind.example)
    assert kind.read(kind.write(value)) == pytest.approx(value, rel=1e-14)


@pytest.mark.parametrize("name", TYPES)
def test_sign(name: str) -> None:
    kind = TYPES[name]
    unit = "K" if kind.unit == "K" else kind.shown
    for text, allowed in (
        (f"-1 {unit}", kind.sign == "any"),
        (f"0 {unit}", kind.sign != "positive"),
    ):
        if allowed:
            assert kind.read(text) <= 0
        else:
            with pytest.raises(Fault, match="is not"):
                kind.read(text)


def test_pydantic_reads_and_writes() -> None:
    adapter = TypeAdapter(units.CurrentDensity)
    assert adapter.validate_python("0.1 mA/cm^2") == 1.0
    assert adapter.dump_python(1.0) == "1 A/m^2"


def test_thermal_voltage() -> None:
    assert thermal_voltage(298.15) == pytest.approx(25.6926e-3, rel=1e-6)  # CODATA 2018


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("0.5 mA/cm^2", (0.5, "mA/cm^2")),
        ("25 degC", (25.0, "degC")),
        ("0.3", (0.3, "")),
        (7, (7.0, "")),
    ],
)
def test_a_text_is_a_number_and_its_unit(text: object, parts: tuple[float, str]) -> None:
    assert number_and_unit(text) == parts


@pytest.mark.parametrize(
    "text", ["C/20", "2 mA 5 MPa", "slow", "", "1e999 m", True, None, "1 warm"]
)
def test_what_is_no_number_with_a_unit_is_refused(text: object) -> None:
    with pytest.raises(Fault):
        number_and_unit(text)


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        ("mA/cm^2", "mA.cm-2"),
        ("mA.cm-2", "mA.cm-2"),
        ("MPa*m^0.5", "MPa.m0.5"),
        ("1/s", "s-1"),
        ("degC", "degC"),
        ("ohm*cm²", "ohm.cm2"),
    ],
)
def test_columns_name_units_in_one_way(unit: str, name: str) -> None:
    assert unit_of_column(unit) == name
    assert quantity(f"1 {name}", unit) == quantity(f"1 {unit}", unit)


def test_only_scales_of_temperature_have_an_offset() -> None:
    assert has_offset("degC") and not has_offset("K") and not has_offset("MPa")

"""The material library as tables for people."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from ecmcell.case import units
from ecmcell.case.faults import Fault
from ecmcell.case.files.provenance import Origin
from ecmcell.case.materials import (
    PROPERTIES,
    Material,
    material,
    material_table,
    names,
    quantity_of,
)
from ecmcell.case.materials.properties import Curve, Property, Window
from ecmcell.case.materials.salt import SaltCurve
from ecmcell.errors import InputError

_MEAN_OF = 201  # points that a mean over the stoichiometry window is taken of


COLUMNS = ("name", "kind", "formula", "key numbers", "assumed")
"""Of the library as a table."""


def library_rows() -> Iterator[tuple[str, ...]]:
    """All materials of the library, a row each; the last column tells how much is assumed."""
    for name in names():
        one = material(name)
        count = f"{len(one.assumptions())} of {len(list(one.origins()))}"
        yield name, one.kind, one.formula, ", ".join(_key_numbers(one)), count


def library_table() -> RenderableType:
    """The library for people."""
    table = Table(title="Materials", title_justify="left")
    *texts, count = COLUMNS
    for column in texts:
        table.add_column(column, overflow="fold")
    table.add_column(count, justify="right")
    for row in library_rows():
        table.add_row(*row)
    return table


def material_of(name: str, directory: Path) -> Material:
    """A material of the library or of a file.

    Args:
        name: Name in the library, or a file, as a case gives it.
        directory: What a file is relative to.

    Raises:
        InputError: If there is no such material, or its file is at fault.
    """
    try:
        table = material_table(name, directory)
    except Fault as fault:
        raise InputError("materials", "", fault.given, fault.remedy) from None
    return Material.model_validate(table)


def material_sheet(one: Material) -> RenderableType:
    """All properties of a material with their origins, and the alternatives to them."""
    table = Table(title_justify="left", show_lines=True)
    for column in ("property", "value", "at", "from", "note"):
        table.add_column(column, overflow="fold")
    for row in _rows(one):
        table.add_row(*row)
    head = Text(f"{one.name}: {one.kind}, {one.formula}")
    return Group(head, ", ".join(_key_numbers(one)), table)


def _rows(one: Material) -> Iterator[list[str]]:
    for name in PROPERTIES:
        given = getattr(one, name)
        if given is None:
            continue
        yield [name, *_columns(name, given)]
        for label, entry in one.alternatives.get(name, {}).items():
            other = _alternative(one, name, entry)
            yield [f"  or {label}", *_columns(name, other)]


def _alternative(one: Material, name: str, entry: dict[str, Any]) -> Any:
    plain = {"name": "-", "kind": one.kind, "formula": "-", name: entry}
    return getattr(Material.model_validate(plain), name)


def _columns(name: str, given: Property | Curve | SaltCurve | Window) -> list[str]:
    """Value, temperature, origin and note."""
    origin: Origin
    temperature = ""
    match given:
        case Property():
            kind, origin = quantity_of(name), given.origin
            value = units.in_unit(given, kind.unit, kind.shown, digits=6)
            if given.temperature is not None:
                temperature = units.in_unit(given.temperature, "K", "degC", digits=6)
        case Window():
            value, origin = f"{given.low:g} to {given.high:g}", given
        case Curve():
            value, origin = _ends(given), given
        case SaltCurve():
            value, origin = _over_salt(given), given
    source = f"assumed: {origin.assumed}" if origin.assumed else str(origin.source)
    return [value, temperature, _line(source), _line(origin.note or "")]


def _ends(curve: Curve) -> str:
    unit = "" if curve.unit == "1" else f" {curve.unit}"
    first, last = (
        f"{y:.4g}{unit} at x = {x:.4g}"
        for x, y in ((curve.low, curve.value[0]), (curve.high, curve.value[-1]))
    )
    return f"{first}\nto {last}\n{len(curve.value)} points"


def _over_salt(curve: SaltCurve) -> str:
    """The ends of its table, or the number that it is everywhere."""
    if len({*curve.value}) == 1:
        return f"{curve.value[0]:.4g}"
    first, last = (f"{curve.value[k]:.4g} at {curve.concentration[k]:.4g} mol/m^3" for k in (0, -1))
    return f"{first}\nto {last}\n{len(curve.value)} points"


def _key_numbers(one: Material) -> Iterable[str]:
    """What one asks first of a material of its kind."""
    window, ocv = one.stoichiometry_window, one.open_circuit_voltage
    sites = one.maximum_concentration
    if window is not None and sites is not None and one.density is not None:
        charge = units.FARADAY * sites * (window.high - window.low)
        yield f"{charge / one.density / 3.6:.0f} mAh/g"  # 1 pC/pg = 1 C/g
    if window is not None and ocv is not None:
        width = window.high - window.low
        points = [window.low + width * k / (_MEAN_OF - 1) for k in range(_MEAN_OF)]
        yield f"{sum(map(ocv.at, points)) / _MEAN_OF:.2f} V"
    if window is not None and one.volume_change is not None:
        low, high = one.volume_change.at(window.low), one.volume_change.at(window.high)
        yield f"dV/V {100 * ((1 + high) / (1 + low) - 1):.2g} %"
    if one.ionic_conductivity is not None:
        yield units.in_unit(one.ionic_conductivity, "pA/V/um", "mS/cm", digits=3)
    if one.molar_volume is not None:
        yield units.in_unit(one.molar_volume, "um^3/amol", "cm^3/mol", digits=3)
    if one.youngs_modulus is not None:
        yield units.in_unit(one.youngs_modulus, "MPa", "GPa", digits=3)


def _line(text: str) -> str:
    return " ".join(text.split())

"""Effective conductivities as tables for people and as a file."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

from ecmcell.microstructure.recipes.image import LEFT_OUT
from ecmcell.output.provenance import provenance
from ecmcell.output.text_files import write_json

FILE = "effective.json"


def effective_tables(content: Mapping[str, Any]) -> RenderableType:
    """What `ecmcell effective` found, one table a carrier."""
    tables = [_table(name, found) for name, found in content["Carriers"].items()]
    phases = ", ".join(content["Phases"])
    told = [content["Title"], f"Phases: {phases}"]
    if content[LEFT_OUT]:
        told.append(f"{LEFT_OUT}: {content[LEFT_OUT]:.3g} of what is solid")
    return Group(*told, *tables, content["Conditions"])


def write_effective(directory: Path, content: Mapping[str, Any]) -> Path:
    """Write the file with versions and command; returns its path."""
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / FILE
    write_json(path, {**content, "Provenance": provenance()})
    return path


def _table(carrier: str, found: Mapping[str, Any]) -> Table:
    table = Table(title=f"Conduction of {carrier}", title_justify="left")
    table.add_column("")
    for axis in found["Axes"]:
        table.add_column(f"along {axis}", justify="right")
    for name, values in _rows(found):
        table.add_row(name, *(f"{value:.5g}" for value in values))
    return table


def _rows(found: Mapping[str, Any]) -> Iterator[tuple[str, list[float]]]:
    axes = list(found["Axes"].values())
    for name in ("Effective conductivity [S.m-1]", "Ratio to bulk", "Tortuosity factor"):
        yield name, [axis[name] for axis in axes]
    tensor = found["Conductivity tensor [S.m-1]"]
    for axis, row in zip(found["Axes"], tensor or (), strict=False):
        yield f"Tensor, row {axis} [S.m-1]", row
    for phase, values in found["Phases"].items():
        for name in ("Conductivity [S.m-1]", "Volume fraction"):
            yield f"{name} of {phase}", [values[name]] * len(axes)
        fraction = [axis["Percolating fraction"][phase] for axis in axes]
        yield f"Fraction of {phase} reached from both faces", fraction

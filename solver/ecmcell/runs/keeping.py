"""What a checkpoint holds of a cell and of what it was made by, and whether one fits another."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecmcell.case.materials import needed
from ecmcell.errors import InputError
from ecmcell.microstructure import MeshData
from ecmcell.output import StoredRun
from ecmcell.output.provenance import versions
from ecmcell.output.state_file import StateReader, Values
from ecmcell.simulation import checkpoint
from ecmcell.simulation.cell import Cell

_FORMAT = 1  # of the names in a checkpoint and of what they mean


def made_by(mesh: MeshData | None) -> dict[str, Any]:
    """What a checkpoint is one of, for its notes.

    Args:
        mesh: The mesh as it was made, on rank 0; what the others give does not count.
    """
    if mesh is None:
        return {}
    return {"format": _FORMAT, "mesh": mesh.digest(), "versions": versions()}


def check_matches(reader: StateReader, mesh: MeshData | None) -> None:
    """Refuse a checkpoint that cannot be read here; to be called on rank 0.

    Args:
        reader: The checkpoint.
        mesh: The mesh as it was made.

    Raises:
        InputError: If it has another format, or is that of another mesh.
    """
    found = reader.notes["made by"]
    if found["format"] != _FORMAT:
        given = f"a checkpoint of format {found['format']}, not {_FORMAT}"
        remedy = f"Go on with ecmcell {found['versions']['ecmcell']}, which wrote it."
        raise InputError(reader.path, "", given, remedy)
    if found["mesh"] != needed(mesh).digest():
        given = "it is that of another mesh than the case makes now"
        then, now = (table.get("gmsh", "none") for table in (found["versions"], versions()))
        remedy = "Run the case from its beginning."
        if then != now:
            remedy = f"Go on with Gmsh {then}, which made the mesh; this is {now}."
        raise InputError(reader.path, "", given, remedy)


def check_functions(directory: Path, noted: Mapping[str, object]) -> None:
    """Refuse to go on with other laws from Python than a run has; to be called on rank 0.

    Args:
        directory: The run.
        noted: What its provenance would have if it began now.

    Raises:
        InputError: If they differ.
    """
    kept = StoredRun(directory).provenance.get("functions", {})
    if kept != noted.get("functions", {}):
        given = "laws were given as functions from Python, and are not the same now"
        remedy = "Go on from Python, with the functions whose source is there."
        raise InputError(directory / "provenance.json", "functions", given, remedy)


def fields_of(cell: Cell) -> Values:
    """All functions that a cell is continued from, with their values on this rank."""
    return {n: (f.function_space, f.x.array) for n, f in checkpoint.fields(cell).items()}


def recall(cell: Cell, reader: StateReader) -> None:
    """Let a cell that was just made go on from a checkpoint; collective.

    Raises:
        InputError: If it does not have all that the cell needs.
    """
    kept = checkpoint.fields(cell).items()
    values = {name: reader.values(name, f.function_space) for name, f in kept}
    checkpoint.recall(cell, {**reader.numbers, **values})

"""All that a cell is at an accepted time step, by name: what its run can be continued from."""

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np
from dolfinx import fem

from ecmcell.numerics.system.layout import Array
from ecmcell.processes.process import Process
from ecmcell.simulation.cell import Cell

_FIELD, _SCALAR, _POSITION = "field/", "scalar/", "position/"


def fields(cell: Cell) -> dict[str, fem.Function]:
    """All functions that a cell is continued from."""
    found = {_FIELD + name: function for name, function in cell.state.fields()}
    for prefix, process in _named(cell):
        found |= {prefix + name: function for name, function in process.kept_fields().items()}
    return found


def numbers(cell: Cell) -> dict[str, Array]:
    """All numbers that a cell is continued from, alike on all ranks."""
    state = cell.state
    found = {_SCALAR + scalar.name: np.array(scalar.value) for scalar in state.scalars()}
    found |= {_POSITION + name: np.array(value) for name, value in state.accumulators.items()}
    for prefix, process in _named(cell):
        found |= {prefix + name: values for name, values in process.memory().items()}
    return found


def remember(cell: Cell) -> dict[str, Array]:
    """Copies of all of them; of functions the values of this rank, ghosts included."""
    kept = {name: function.x.array.copy() for name, function in fields(cell).items()}
    return kept | numbers(cell)


def recall(cell: Cell, memory: Mapping[str, Array]) -> None:
    """Let a cell that was just made go on from what another of the same case was; collective.

    Args:
        cell: The cell.
        memory: What `remember` would find on this rank.
    """
    state = cell.state
    for name, function in fields(cell).items():
        function.x.array[:] = memory[name]
    for scalar in state.scalars():
        scalar.value = float(memory[_SCALAR + scalar.name])
    state.accumulators = {name: value.item() for name, value in _under(_POSITION, memory).items()}
    for prefix, process in _named(cell):
        process.recall(_under(prefix, memory))
    for process in cell.processes:
        process.refresh_transport()


def _under(prefix: str, memory: Mapping[str, Array]) -> dict[str, Array]:
    return {n.removeprefix(prefix): values for n, values in memory.items() if n.startswith(prefix)}


def _named(cell: Cell) -> Iterator[tuple[str, Process]]:
    """All processes with prefixes of their own: those of a kind are numbered."""
    count = Counter[str]()
    for process in cell.processes:
        kind = type(process).__name__
        count[kind] += 1
        yield f"{kind} {count[kind]}/", process

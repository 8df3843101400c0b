"""What a repeated run is compared by."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from mpi4py import MPI
from rich.console import Console

from ecmcell.columns.run import MEMORY
from ecmcell.output.memory import peak_memory
from ecmcell.output.repeat import comparison


def test_the_effort_of_the_solver_is_no_result() -> None:
    def run(statistics: float, voltage: float) -> Any:
        columns = ("Newton iterations", "Maximum linear iterations of charge", "Voltage [V]")
        series = dict(zip(columns, np.array([[statistics], [statistics], [voltage]]), strict=True))
        return SimpleNamespace(directory="run", provenance={}, series=series)

    console = Console(width=200)
    with console.capture() as shown:
        console.print(comparison(run(3.0, 4.0), run(5.0, 4.0 + 4e-9)))
    assert "Largest difference of a result: 1.0e-09 (Voltage [V])" in shown.get()


def test_memory_is_no_result() -> None:
    def run(memory: float) -> Any:
        series = {"Voltage [V]": np.array([4.0]), MEMORY.header: np.array([memory])}
        return SimpleNamespace(directory="run", provenance={}, series=series)

    console = Console(width=200)
    with console.capture() as shown:
        console.print(comparison(run(0.2), run(0.3)))
    assert "All 1 columns of 1 rows are the same to the last digit." in shown.get()


def test_peak_memory_holds_what_was_taken_and_given_back() -> None:
    """400 MB, given back before the peak is asked for."""
    before = peak_memory(MPI.COMM_SELF)
    taken = np.ones(50_000_000)
    del taken
    assert 0.4 <= peak_memory(MPI.COMM_SELF) < before + 0.5

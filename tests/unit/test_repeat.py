"""What a repeated run is compared by."""

from types import SimpleNamespace
from typing import Any

import numpy as np
from rich.console import Console

from ecmcell.output.repeat import comparison


def test_the_effort_of_the_solver_is_no_result() -> None:
    def run(effort: float, voltage: float) -> Any:
        columns = ("Newton iterations", "Longest linear solve of charge", "Voltage [V]")
        series = dict(zip(columns, np.array([[effort], [effort], [voltage]]), strict=True))
        return SimpleNamespace(directory="run", provenance={}, series=series)

    console = Console(width=200)
    with console.capture() as shown:
        console.print(comparison(run(3.0, 4.0), run(5.0, 4.0 + 4e-9)))
    assert "Largest difference of a result: 1.0e-09 (Voltage [V])" in shown.get()

"""What the solution of a cell took."""

from collections import Counter

from ecmcell.numerics.newton import SolverStatistics
from ecmcell.simulation.step_statistics import StepStatistics


def test_amounts_of_work_add_up() -> None:
    """Steps and iterations by their sum, the longest solve by the largest."""
    first = StepStatistics(
        SolverStatistics(1, 10, 7), SolverStatistics(2, 20, 15), Counter(contact=3)
    )
    second = StepStatistics(
        SolverStatistics(3, 30, 9), SolverStatistics(4, 40, 11), Counter(contact=1, stress=2)
    )
    both = first + second
    assert both.electrochemistry == SolverStatistics(4, 40, 9)
    assert both.mechanics == SolverStatistics(6, 60, 15)
    assert both.total == SolverStatistics(10, 100, 15)
    assert both.longest() == {"electrochemistry": 9, "mechanics": 15}
    assert both.iterations == Counter(contact=4, stress=2)
    assert first.total == SolverStatistics(3, 30, 15)

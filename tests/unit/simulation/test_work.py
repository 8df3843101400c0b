"""What the solution of a cell took."""

from collections import Counter

from ecmcell.numerics.newton import Effort
from ecmcell.simulation.work import Work


def test_amounts_of_work_add_up() -> None:
    """Steps and iterations by their sum, the longest solve by the largest."""
    first = Work(Effort(1, 10, 7), Effort(2, 20, 15), Counter(contact=3))
    second = Work(Effort(3, 30, 9), Effort(4, 40, 11), Counter(contact=1, stress=2))
    both = first + second
    assert both.electrochemistry == Effort(4, 40, 9)
    assert both.mechanics == Effort(6, 60, 15)
    assert both.total == Effort(10, 100, 15)
    assert both.longest() == {"electrochemistry": 9, "mechanics": 15}
    assert both.iterations == Counter(contact=4, stress=2)
    assert first.total == Effort(3, 30, 15)

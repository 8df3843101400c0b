"""Time steps."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.schema import Case


@of_case
def steps(case: Case) -> None:
    """Whether the first time step lies between the smallest and the largest."""
    time = case.time
    if not time.min_step <= time.initial_step <= time.max_step:
        given = f"{time.initial_step:g} s is not valid"
        remedy = "It must lie between min_step and max_step."
        raise Fault(given, remedy, ["time", "initial_step"])

"""Output."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.schema import Case


@of_case
def states(case: Case) -> None:
    """Whether there is a state of charge at which fields are asked for."""
    if case.output.field_states and not case.active_phases:
        given = "given, but without active material there is no state of charge"
        raise Fault(given, "Leave it out, or use field_times.", ["output", "field_states"])

"""The temperature of the cell."""

from collections.abc import Sequence

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.heat import COLDEST, WARMEST
from ecmcell.case.schema import Case


@of_case
def temperature(case: Case) -> None:
    """Whether cells work at the temperature."""
    check_range(case.cell.temperature, ["cell", "temperature"])


def check_range(kelvin: float, key: Sequence[str | int]) -> None:
    """Whether cells work at a temperature in K that a key gives."""
    if not COLDEST <= kelvin <= WARMEST:
        given = f"{kelvin - 273.15:g} degC is not valid"
        raise Fault(given, "Give a temperature from -50 degC to 180 degC.", key)

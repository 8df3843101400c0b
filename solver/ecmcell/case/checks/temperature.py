"""The temperature of the cell."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault
from ecmcell.case.schema import Case

# Lithium melts at 180.5 degC (453.7 K); the cells of the literature work from -50 degC.
_COLDEST, _WARMEST = 223.15, 453.15  # K


@of_case
def temperature(case: Case) -> None:
    """Whether cells work at the temperature."""
    if not _COLDEST <= case.cell.temperature <= _WARMEST:
        given = f"{case.cell.temperature - 273.15:g} degC is not valid"
        raise Fault(
            given,
            "Give a temperature from -50 degC to 180 degC.",
            ["cell", "temperature"],
        )

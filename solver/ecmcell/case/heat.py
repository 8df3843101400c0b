"""Heat of a cell that warms and cools as a whole."""

from ecmcell.case import units
from ecmcell.case.files.provenance import Given

COLDEST, WARMEST = 223.15, 453.15
"""Between which cells work, K: lithium melts at 453.7 K, the literature goes down to -50 degC."""


class Heat(Given):
    """Heat balance of the whole cell, which then has one temperature that changes with time.

    Attributes:
        capacity: Heat capacity of the stack per footprint: the sum of thickness, density and
            specific heat of all layers that warm up together.
        transfer_coefficient: Heat transfer coefficient per footprint, from the stack to the
            surroundings over all of its surface; zero for an adiabatic cell.
        ambient_temperature: Temperature of the surroundings; that of the cell at the start if not
            given.
    """

    capacity: units.HeatCapacity
    transfer_coefficient: units.HeatTransfer
    ambient_temperature: units.Temperature | None = None

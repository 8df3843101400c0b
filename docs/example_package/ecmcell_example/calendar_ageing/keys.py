"""The table `[extensions.calendar_ageing]` of a case."""

from ecmcell.case import units
from ecmcell.case.files.provenance import Given


class CalendarAgeing(Given):
    """Calendar ageing by an Arrhenius law, which grows with the square root of time.

    Attributes:
        duration: Time after which 1 % of the capacity is lost at the reference temperature.
        reference_temperature: Temperature of that.
        activation_energy: Activation energy of the loss.
    """

    duration: units.Time
    reference_temperature: units.Temperature
    activation_energy: units.MolarEnergy

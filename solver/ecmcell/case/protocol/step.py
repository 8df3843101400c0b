"""One step of a protocol: what is prescribed, and when it ends.

Currents and powers are per footprint of the cell and positive on discharge, as PyBaMM takes them.
"""

from dataclasses import dataclass, field
from typing import Any, Literal

from ecmcell.case.protocol.drive_cycle import DriveCycle
from ecmcell.case.units import HOUR

Control = Literal["current", "voltage", "power"]
Counted = Literal["area", "cell", "capacity"]
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Rate:
    """A current, a footprint or of the whole cell or as C-rate.

    Attributes:
        value: Current in pA/um2, in pA, or in 1/h of the capacity.
        of: Whether the current is that of an area, of the cell, or a C-rate.
    """

    value: float
    of: Counted

    def density(self, capacity: float, footprint: float) -> float:
        """Current density in pA/um2.

        Args:
            capacity: Capacity of the cell a footprint, in pC/um2.
            footprint: Of the cell, in um2.
        """
        match self.of:
            case "area":
                return self.value
            case "cell":
                return self.value / footprint
            case "capacity":
                return self.value * capacity / HOUR


@dataclass(frozen=True)
class Step:
    """One step of a protocol; it ends at the first of its limits.

    Attributes:
        text: Sentence of the protocol.
        control: What is prescribed.
        current: Prescribed current, positive on discharge, 0 at rest; the largest of a drive cycle.
        voltage: Prescribed voltage in V; the largest of a drive cycle.
        power: Prescribed power in pW/um2, positive on discharge; the largest of a drive cycle.
        cycle: The drive cycle, if it is one; its values are those of what is prescribed.
        stop_voltage: Voltage in V to reach, from below on charge and from above on discharge.
        stop_current: Magnitude to which the current of a hold falls.
        stop_state: State of charge to reach, from 0 to 1.
        duration: Longest time in s.
        period: Time in s at whose multiples, from the start of the step on, a time step ends.
        key: Where in the protocol it stands.
    """

    text: str
    control: Control
    current: Rate | None = None
    voltage: float | None = None
    power: float | None = None
    cycle: DriveCycle | None = None
    stop_voltage: float | None = None
    stop_current: Rate | None = None
    stop_state: float | None = None
    duration: float | None = None
    period: float | None = None
    key: tuple[str | int, ...] = field(default=(), compare=False)

    @property
    def kind(self) -> Literal["charge", "discharge", "hold", "rest", "drive"]:
        """What the step does."""
        if self.cycle is not None:
            return "drive"
        if self.control == "voltage":
            return "hold"
        if self.prescribed == 0:
            return "rest"
        return "discharge" if self.prescribed > 0 else "charge"

    @property
    def prescribed(self) -> float:
        """What is prescribed, in the unit of its kind; the largest value of a drive cycle."""
        given = {
            "current": self.current.value if self.current else None,
            "voltage": self.voltage,
            "power": self.power,
        }[self.control]
        assert given is not None
        return given

    @property
    def voltages(self) -> tuple[float, ...]:
        """The voltages in V that the step holds or may end at."""
        held = (self.voltage, self.stop_voltage)
        driven = self.cycle.value if self.cycle and self.control == "voltage" else ()
        return (*(voltage for voltage in held if voltage is not None), *driven)

    def at(self, time: float) -> float:
        """What is prescribed at a time in s since the step began."""
        return self.prescribed if self.cycle is None else self.cycle.at(time)

    def next_corner(self, time: float) -> float:
        """When what is prescribed next changes its slope, or the step ends; may be infinite."""
        ends = [float("inf") if self.duration is None else self.duration]
        if self.cycle is not None:
            ends.append(self.cycle.next_time(time))
        return min(ends)

    def next_row(self, time: float) -> float:
        """When the series is to have its next row; infinite where the step does not say."""
        if self.period is None:
            return float("inf")
        return self.period * (int(time * (1.0 + _ROUNDING) / self.period) + 1)

    def max_current(self, capacity: float, footprint: float, voltage: float) -> float:
        """Size of the largest current density in pA/um2 that is known beforehand.

        Args:
            capacity: Capacity of the cell a footprint, in pC/um2.
            footprint: Of the cell, in um2.
            voltage: Voltage in V at which a power is taken.
        """
        given = (self.current, self.stop_current)
        rates = [abs(r.density(capacity, footprint)) for r in given if r]
        return max([*rates, abs(self.power or 0.0) / voltage])

    def written(self) -> str | dict[str, Any]:
        """The step as a protocol gives it; a drive cycle with its values, without its file."""
        if self.cycle is None:
            return self.text
        return {"step": self.text, "time": list(self.cycle.time), "value": list(self.cycle.given)}

    def uses_capacity(self) -> bool:
        """Whether the step has a C-rate."""
        return self._counts("capacity")

    def uses_footprint(self) -> bool:
        """Whether the step has a current of the whole cell."""
        return self._counts("cell")

    def _counts(self, of: Counted) -> bool:
        return any(r is not None and r.of == of for r in (self.current, self.stop_current))

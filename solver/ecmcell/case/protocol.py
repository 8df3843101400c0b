"""Protocol steps in PyBaMM's words.

Current densities are per footprint of the cell and positive on discharge, as PyBaMM takes them.
"""

import re
from dataclasses import dataclass
from typing import Literal

from ecmcell.case.reading import Fault, toml
from ecmcell.case.units import quantity

_EXAMPLES = {
    "charge": '"Charge at C/5 until 4.2 V"',
    "discharge": '"Discharge at 0.5 mA/cm2 for 30 minutes or until 2.8 V"',
    "hold": '"Hold at 4.2 V until C/50"',
    "rest": '"Rest for 1 hour"',
}
_SENTENCE = re.compile(r"(?i)(?:(charge|discharge|hold)\s+at\s+(.+?)|(rest))\s+((?:for|until)\s.+)")
_RATE = re.compile(r"(\d*\.?\d*)\s*C(?:\s*/\s*(\d+\.?\d*|\.\d+))?")
_HOUR = 3600.0


@dataclass(frozen=True)
class Rate:
    """A current, a footprint or as C-rate.

    Attributes:
        value: In pA/um2, or in 1/h of the capacity.
        of: What it counts.
    """

    value: float
    of: Literal["area", "capacity"]

    def density(self, capacity: float) -> float:
        """Current density in pA/um2.

        Args:
            capacity: Capacity of the cell a footprint, in pC/um2.
        """
        return self.value if self.of == "area" else self.value * capacity / _HOUR


@dataclass(frozen=True)
class Step:
    """One step of a protocol; it ends at the first of its limits.

    Attributes:
        text: The sentence.
        control: What is prescribed.
        current: Prescribed current, positive on discharge, 0 at rest; None on a hold.
        voltage: Prescribed voltage in V; None unless on a hold.
        stop_voltage: Voltage in V to reach, from below on charge and from above on discharge.
        stop_current: Magnitude to which the current of a hold falls.
        duration: Longest time in s.
    """

    text: str
    control: Literal["current", "voltage"]
    current: Rate | None = None
    voltage: float | None = None
    stop_voltage: float | None = None
    stop_current: Rate | None = None
    duration: float | None = None

    @property
    def kind(self) -> Literal["charge", "discharge", "hold", "rest"]:
        """What the step does."""
        if self.current is None:
            return "hold"
        if self.current.value == 0:
            return "rest"
        return "discharge" if self.current.value > 0 else "charge"

    def uses_capacity(self) -> bool:
        """Whether a C-rate occurs in it."""
        return any(r is not None and r.of == "capacity" for r in (self.current, self.stop_current))


def parse_step(text: object) -> Step:
    """A sentence as a step.

    Raises:
        Fault: If it cannot be understood.
    """
    if not isinstance(text, str):
        raise Fault(f"{toml(text)} does not do", f"Give a sentence, e.g. {_EXAMPLES['charge']}.")
    text = " ".join(text.split())
    found = _SENTENCE.fullmatch(text)
    if not found:
        first = text.split(" ", 1)[0].lower()
        likely = [_EXAMPLES[first]] if first in _EXAMPLES else list(_EXAMPLES.values())
        raise Fault(f"{toml(text)} is not a step", f"Write {' or '.join(likely)}.")
    verb, at, rest, limits = found.groups()
    verb = (verb or rest).lower()
    try:
        return _step(text, verb, at, limits)
    except Fault as fault:
        given = f"{toml(text)}: {fault.given}"
        raise Fault(given, f"Write it like {_EXAMPLES[verb]}.") from None


def _step(text: str, verb: str, at: str | None, limits: str) -> Step:
    duration: float | None = None
    until: str | None = None
    for limit in re.split(r"(?i)\s+or\s+(?=for\s|until\s)", limits):
        word, value = limit.split(" ", 1)
        if word.lower() == "for" and duration is None:
            duration = _positive(value, "s")
        elif word.lower() == "until" and until is None:
            until = value
        else:
            raise Fault(f'"{word}" occurs twice', "")
    if verb == "rest":
        if until is not None:
            raise Fault("a rest ends with its time only", "")
        return Step(text, "current", current=Rate(0.0, "area"), duration=duration)
    assert at is not None
    if verb == "hold":
        stop = None if until is None else _rate(until)
        voltage = quantity(at, "V")
        return Step(text, "voltage", voltage=voltage, stop_current=stop, duration=duration)
    rate = _rate(at)
    current = Rate(rate.value if verb == "discharge" else -rate.value, rate.of)
    volts = None if until is None else quantity(until, "V")
    return Step(text, "current", current=current, stop_voltage=volts, duration=duration)


def _rate(text: str) -> Rate:
    found = _RATE.fullmatch(text)
    if not found:
        return Rate(_positive(text, "pA/um^2"), "area")
    number = float(found[1]) if re.search(r"\d", found[1]) else 1.0
    divisor = float(found[2] or 1.0)
    if number == 0 or divisor == 0 or found[1] == ".":
        raise Fault(f"{toml(text)} is no current", "")
    return Rate(number / divisor, "capacity")


def _positive(text: str, unit: str) -> float:
    value = quantity(text, unit)
    if value <= 0:
        raise Fault(f"{toml(text)} is not positive", "")
    return value

"""Protocol steps in PyBaMM's words.

Currents and powers are per footprint of the cell and positive on discharge, as PyBaMM takes them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from ecmcell.case.drive_cycle import DriveCycle, drive_cycle, read_drive_cycle
from ecmcell.case.reading import Fault, suggest, toml
from ecmcell.case.units import quantity

_EXAMPLES = {
    "charge": '"Charge at C/5 until 4.2 V"',
    "discharge": '"Discharge at 0.5 mA/cm2 for 30 minutes or until 2.8 V"',
    "hold": '"Hold at 4.2 V until C/50"',
    "rest": '"Rest for 1 hour"',
    "run": '"Run drive.csv (mA/cm2)"',
}
_SENTENCE = re.compile(r"(?i)(?:(charge|discharge|hold)\s+at\s+(.+?)|(rest))\s+((?:for|until)\s.+)")
_RUN = re.compile(r"(?i)run\s+(.+?)\s*\(([^()]+)\)(?:\s+((?:for|until)\s.+))?")
_RATE = re.compile(r"(\d*\.?\d*)\s*C(?:\s*/\s*(\d+\.?\d*|\.\d+))?")
_POWER = "V*pA/um^2"
Control = Literal["current", "voltage", "power"]
_CONTROLS: dict[str, Control] = {"pA/um^2": "current", "V": "voltage", _POWER: "power"}
_DEEPEST_LOOP = 2
_LONGEST_PROTOCOL = 10_000
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
        current: Prescribed current, positive on discharge, 0 at rest; the largest of a drive cycle.
        voltage: Prescribed voltage in V; the largest of a drive cycle.
        power: Prescribed power in pW/um2, positive on discharge; the largest of a drive cycle.
        cycle: The drive cycle, if it is one; its values are those of what is prescribed.
        stop_voltage: Voltage in V to reach, from below on charge and from above on discharge.
        stop_current: Magnitude to which the current of a hold falls.
        duration: Longest time in s.
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
    duration: float | None = None
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

    def at(self, time: float) -> float:
        """What is prescribed at a time in s since the step began."""
        return self.prescribed if self.cycle is None else self.cycle.at(time)

    def next_corner(self, time: float) -> float:
        """When what is prescribed next changes its slope, or the step ends; may be infinite."""
        ends = [float("inf") if self.duration is None else self.duration]
        if self.cycle is not None:
            ends.append(self.cycle.next_time(time))
        return min(ends)

    def largest_current(self, capacity: float, voltage: float) -> float:
        """Size of the largest current density in pA/um2 that is known beforehand.

        Args:
            capacity: Capacity of the cell a footprint, in pC/um2.
            voltage: Voltage in V at which a power is taken.
        """
        rates = [abs(r.density(capacity)) for r in (self.current, self.stop_current) if r]
        return max([*rates, abs(self.power or 0.0) / voltage])

    def written(self) -> str | dict[str, Any]:
        """The step as a protocol gives it; a drive cycle with its values, without its file."""
        if self.cycle is None:
            return self.text
        return {"step": self.text, "time": list(self.cycle.time), "value": list(self.cycle.given)}

    def uses_capacity(self) -> bool:
        """Whether a C-rate occurs in it."""
        return any(r is not None and r.of == "capacity" for r in (self.current, self.stop_current))


class Steps(tuple[Step, ...]):
    """All steps of a protocol, its loops unrolled.

    Attributes:
        written: The protocol as a file gives it, with its loops.
    """

    written: list[Any]


def read_protocol(given: object, directory: Path) -> Steps:
    """A protocol.

    Args:
        given: A list of sentences, of loops `{repeat = 10, steps = [...]}`, and of drive cycles
            with their values, `{step = "Run name (mA/cm2)", time = [...], value = [...]}`.
        directory: What the files of drive cycles are relative to.

    Raises:
        Fault: If something in it cannot be understood.
    """
    unrolled = []
    for step in _steps(given, (), directory, 0):
        unrolled.append(step)
        if len(unrolled) > _LONGEST_PROTOCOL:
            what = f"a protocol of more than {_LONGEST_PROTOCOL} steps"
            raise Fault(what, "Repeat less.", step.key)
    steps = Steps(unrolled)
    steps.written = _written(given, (), {step.key: step for step in steps})
    return steps


def _written(given: Any, key: tuple[str | int, ...], steps: dict[tuple, Step]) -> list[Any]:
    """A protocol with the values of its drive cycles in the place of their files."""
    return [
        step.written()
        if (step := steps.get((*key, k)))
        else entry | {"steps": _written(entry["steps"], (*key, k, "steps"), steps)}
        for k, entry in enumerate(given)
    ]


def _steps(
    given: object, key: tuple[str | int, ...], directory: Path, depth: int
) -> Iterator[Step]:
    if not isinstance(given, list | tuple):
        remedy = f"Give a list, e.g. [{_EXAMPLES['charge']}]."
        raise Fault(f"{toml(given)} does not do", remedy, key)
    if not given:
        raise Fault("[] does not do", f"Give at least 1 step, e.g. {_EXAMPLES['charge']}.", key)
    for index, entry in enumerate(given):
        here = (*key, index)
        if isinstance(entry, dict) and "step" not in entry:
            yield from _loop(entry, here, directory, depth)
            continue
        try:
            step = parse_step(entry, directory)
        except Fault as fault:
            raise Fault(fault.given, fault.remedy, (*here, *fault.key)) from None
        yield replace(step, key=here)


def _loop(
    entry: dict[str, Any], key: tuple[str | int, ...], directory: Path, depth: int
) -> Iterator[Step]:
    example = 'e.g. {repeat = 10, steps = ["Charge at 1C until 4.2 V", "Rest for 1 hour"]}'
    for name in entry:
        if name not in ("repeat", "steps"):
            remedy = suggest(name, ["repeat", "steps", "step", "time", "value"], "keys")
            raise Fault("unknown key", remedy, (*key, name))
    if depth == _DEEPEST_LOOP:
        raise Fault("a loop in a loop in a loop", "Nest loops once at most.", key)
    count = entry.get("repeat")
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= 10_000:
        given = "missing" if count is None else f"{toml(count)} does not do"
        raise Fault(given, f"Give a whole number from 1, {example}.", (*key, "repeat"))
    if "steps" not in entry:
        raise Fault("missing", f"Give the steps to repeat, {example}.", (*key, "steps"))
    once = list(_steps(entry["steps"], (*key, "steps"), directory, depth + 1))
    for _ in range(count):
        yield from once


def parse_step(entry: object, directory: Path = Path()) -> Step:
    """A sentence, or a drive cycle with its values, as a step.

    Raises:
        Fault: If it cannot be understood.
    """
    data: dict[str, Any] | None = None
    if isinstance(entry, dict):
        data = entry
        entry = entry.get("step")
    if not isinstance(entry, str):
        raise Fault(f"{toml(entry)} does not do", f"Give a sentence, e.g. {_EXAMPLES['charge']}.")
    text = " ".join(entry.split())
    found = _SENTENCE.fullmatch(text)
    run = None if found else _RUN.fullmatch(text)
    if not found and not run:
        first = text.split(" ", 1)[0].lower()
        likely = [_EXAMPLES[first]] if first in _EXAMPLES else list(_EXAMPLES.values())
        raise Fault(f"{toml(text)} is not a step", f"Write {' or '.join(likely)}.")
    if data is not None and not run:
        raise Fault(f"{toml(text)} has no values", "Give the sentence alone.")
    verb = "run"
    try:
        if run:
            name, unit, limits = run.groups()
            return _drive_step(text, data, directory / name, unit, limits)
        assert found is not None
        verb, at, rest, limits = found.groups()
        verb = (verb or rest).lower()
        return _step(text, verb, at, limits)
    except Fault as fault:
        given = f"{toml(text)}: {fault.given}"
        raise Fault(given, fault.remedy or f"Write it like {_EXAMPLES[verb]}.", fault.key) from None


def _drive_step(
    text: str, data: dict[str, Any] | None, file: Path, unit: str, limits: str | None
) -> Step:
    duration, until = _limits(limits) if limits else (None, None)
    control, of, factor = _kind_of(unit)
    stop = None if until is None else _quantity(until, "V")
    cycle = drive_cycle(data, factor) if data else read_drive_cycle(file, factor)
    end = cycle.time[-1] if duration is None else min(duration, cycle.time[-1])
    largest = max(cycle.value, key=abs)
    return Step(
        text,
        control,
        current=Rate(largest, of) if control == "current" else None,
        voltage=largest if control == "voltage" else None,
        power=largest if control == "power" else None,
        cycle=cycle,
        stop_voltage=stop,
        duration=end,
    )


def _kind_of(unit: str) -> tuple[Control, Literal["area", "capacity"], float]:
    """What a unit prescribes, what it counts, and what one of it is in internal units."""
    if unit.strip() == "C":
        return "current", "capacity", 1.0
    for internal, control in _CONTROLS.items():
        try:
            return control, "area", quantity(f"1 {unit}", internal)
        except Fault:
            continue
    raise Fault(f"{toml(unit)} is no unit of a drive cycle", "Use mA/cm2, C, V or mW/cm2.")


def _step(text: str, verb: str, at: str | None, limits: str) -> Step:
    duration, until = _limits(limits)
    if verb == "rest":
        if until is not None:
            raise Fault("a rest ends with its time only", "")
        return Step(text, "current", current=Rate(0.0, "area"), duration=duration)
    assert at is not None
    if verb == "hold":
        stop = None if until is None else _rate(until)
        voltage = _quantity(at, "V")
        return Step(text, "voltage", voltage=voltage, stop_current=stop, duration=duration)
    sign = 1.0 if verb == "discharge" else -1.0
    volts = None if until is None else _quantity(until, "V")
    power = _power(at)
    if power is not None:
        return Step(text, "power", power=sign * power, stop_voltage=volts, duration=duration)
    rate = _rate(at)
    current = Rate(sign * rate.value, rate.of)
    return Step(text, "current", current=current, stop_voltage=volts, duration=duration)


def _limits(text: str) -> tuple[float | None, str | None]:
    """Longest time in s, and the text of a cut-off."""
    duration: float | None = None
    until: str | None = None
    for limit in re.split(r"(?i)\s+or\s+(?=for\s|until\s)", text):
        word, value = limit.split(" ", 1)
        if word.lower() == "for" and duration is None:
            duration = _positive(value, "s")
        elif word.lower() == "until" and until is None:
            until = value
        else:
            raise Fault(f'"{word}" occurs twice', "")
    return duration, until


def _power(text: str) -> float | None:
    """A power a footprint in pW/um2; None if the text is none."""
    try:
        quantity(text, _POWER)
    except Fault:
        return None
    return _positive(text, _POWER)


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
    value = _quantity(text, unit)
    if value <= 0:
        raise Fault(f"{toml(text)} is not positive", "")
    return value


def _quantity(text: str, unit: str) -> float:
    """A quantity; what would do is said for the whole sentence."""
    try:
        return quantity(text, unit)
    except Fault as fault:
        raise Fault(fault.given, "") from None


def protocol_schema() -> dict[str, Any]:
    """The JSON schema of a protocol."""
    examples = [example.strip('"') for example in _EXAMPLES.values()]
    numbers = {"type": "array", "items": {"type": "number"}, "minItems": 2}
    sentence = {"type": "string", "description": "A step.", "examples": examples}
    cycle = {
        "type": "object",
        "description": "A drive cycle with its values over time in s.",
        "properties": {"step": {"type": "string"}, "time": numbers, "value": numbers},
        "required": ["step", "time", "value"],
        "additionalProperties": False,
    }
    steps: dict[str, Any] = {"type": "array", "minItems": 1, "items": {"anyOf": [sentence, cycle]}}
    for _ in range(_DEEPEST_LOOP):
        loop = {
            "type": "object",
            "description": "Steps to repeat.",
            "properties": {"repeat": {"type": "integer", "minimum": 1}, "steps": steps},
            "required": ["repeat", "steps"],
            "additionalProperties": False,
        }
        steps = {"type": "array", "minItems": 1, "items": {"anyOf": [sentence, cycle, loop]}}
    return steps

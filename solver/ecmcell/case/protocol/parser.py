"""Protocol steps in PyBaMM's words."""

import math
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

from ecmcell.case.faults import Fault, toml
from ecmcell.case.protocol.drive_cycle import drive_cycle, read_drive_cycle
from ecmcell.case.protocol.step import Control, Counted, Rate, Step
from ecmcell.case.units import quantity

EXAMPLES = {
    "charge": '"Charge at C/5 until 4.2 V"',
    "discharge": '"Discharge at 0.5 mA/cm2 for 30 minutes or until 2.8 V"',
    "hold": '"Hold at 4.2 V until C/50"',
    "rest": '"Rest for 1 hour"',
    "run": '"Run drive.csv (mA/cm2)"',
}
_SENTENCE = re.compile(r"(?i)(?:(charge|discharge|hold)\s+at\s+(.+?)|(rest))\s+((?:for|until)\s.+)")
_RUN = re.compile(r"(?i)run\s+(.+?)\s*\(([^()]+)\)(?:\s+((?:for|until)\s.+))?")
_NUMBER = r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_RATE = re.compile(rf"({_NUMBER})?\s*C(?:\s*/\s*({_NUMBER}))?")
_STATE = re.compile(rf"(?i)({_NUMBER})\s*%\s*SOC")
_PERIOD = re.compile(r"(?i)(.+?)\s*\(\s*([^()]+?)\s+period\s*\)")
_POWER = "V*pA/um^2"
_CONTROLS: dict[str, tuple[Control, Counted]] = {
    "pA/um^2": ("current", "area"),
    "pA": ("current", "cell"),
    "V": ("voltage", "area"),
    _POWER: ("power", "area"),
}


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
        raise Fault(f"{toml(entry)} is not valid", f"Give a sentence, e.g. {EXAMPLES['charge']}.")
    text = " ".join(entry.split())
    sampled = _PERIOD.fullmatch(text)
    sentence, period = sampled.groups() if sampled else (text, None)
    found = _SENTENCE.fullmatch(sentence)
    run = None if found else _RUN.fullmatch(sentence)
    if not found and not run:
        first = text.split(" ", 1)[0].lower()
        likely = [EXAMPLES[first]] if first in EXAMPLES else list(EXAMPLES.values())
        raise Fault(f"{toml(text)} is not a step", f"Write {' or '.join(likely)}.")
    if data is not None and not run:
        raise Fault(f"{toml(text)} has no values", "Give the sentence alone.")
    verb = "run"
    try:
        if run:
            name, unit, limits = run.groups()
            step = _drive_step(text, data, directory / name, unit, limits)
        else:
            assert found is not None
            verb, at, rest, limits = found.groups()
            verb = (verb or rest).lower()
            step = _step(text, verb, at, limits)
        return replace(step, period=None if period is None else _positive(period, "s"))
    except Fault as fault:
        given = f"{toml(text)}: {fault.given}"
        raise Fault(given, fault.remedy or f"Write it like {EXAMPLES[verb]}.", fault.key) from None


def _drive_step(
    text: str, data: dict[str, Any] | None, file: Path, unit: str, limits: str | None
) -> Step:
    duration, until = _limits(limits) if limits else (None, None)
    control, of, factor = _kind_of(unit)
    stop = _stop(until)
    cycle = drive_cycle(data, factor) if data else read_drive_cycle(file, factor)
    largest = max(cycle.value, key=abs)
    return Step(
        text,
        control,
        current=Rate(largest, of) if control == "current" else None,
        voltage=largest if control == "voltage" else None,
        power=largest if control == "power" else None,
        cycle=cycle,
        duration=cycle.time[-1] if duration is None else duration,
        **stop,
    )


def _kind_of(unit: str) -> tuple[Control, Counted, float]:
    """What a unit prescribes, what it counts, and what one of it is in internal units."""
    if unit.strip() == "C":
        return "current", "capacity", 1.0
    for internal, (control, of) in _CONTROLS.items():
        try:
            return control, of, quantity(f"1 {unit}", internal)
        except Fault:
            continue
    raise Fault(f"{toml(unit)} is no unit of a drive cycle", "Use mA/cm2, mA, C, V or mW/cm2.")


def _step(text: str, verb: str, at: str | None, limits: str) -> Step:
    duration, until = _limits(limits)
    if verb == "rest":
        if until is not None:
            raise Fault("a rest ends with its time only", "")
        return Step(text, "current", current=Rate(0.0, "area"), duration=duration)
    assert at is not None
    if verb == "hold":
        voltage = _quantity(at, "V")
        return Step(text, "voltage", voltage=voltage, duration=duration, **_stop(until, hold=True))
    sign = 1.0 if verb == "discharge" else -1.0
    stop = _stop(until)
    power = _power(at)
    if power is not None:
        return Step(text, "power", power=sign * power, duration=duration, **stop)
    rate = _rate(at)
    current = Rate(sign * rate.value, rate.of)
    return Step(text, "current", current=current, duration=duration, **stop)


def _stop(until: str | None, hold: bool = False) -> dict[str, Any]:
    """A cut-off as the field of a step: a state of charge, the current of a hold, or a voltage."""
    if until is None:
        return {}
    state = _STATE.fullmatch(until)
    if state:
        fraction = float(state[1]) / 100.0
        if not 0.0 <= fraction <= 1.0:
            raise Fault(f"{toml(until)} is no state of charge", "")
        return {"stop_state": fraction}
    return {"stop_current": _rate(until)} if hold else {"stop_voltage": _quantity(until, "V")}


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
        return _current(text)
    number, divisor = float(found[1] or 1.0), float(found[2] or 1.0)
    if divisor == 0 or not 0.0 < number / divisor < math.inf:
        raise Fault(f"{toml(text)} is no current", "")
    return Rate(number / divisor, "capacity")


def _current(text: str) -> Rate:
    """A current a footprint, or else of the whole cell."""
    try:
        quantity(text, "pA")
    except Fault:
        return Rate(_positive(text, "pA/um^2"), "area")
    return Rate(_positive(text, "pA"), "cell")


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

"""Names, numbers and times as people read them."""

import math
import re

import numpy as np

_RAISED = str.maketrans("-−0123456789", "⁻⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNITS = {"um": "µm", "um2": "µm$^2$", "degC": "°C"}


def axis_label(name: str) -> str:
    """`Capacity [mA.h.g-1]` as `Capacity (mA h g$^{-1}$)`."""
    match = re.fullmatch(r"(.*?)\s*\[(.*)\]", name)
    return f"{match[1]} ({_unit(match[2])})" if match else name


def plain_label(name: str) -> str:
    """`wall time [s]` as `wall time (s)`: an axis label with raised characters for TeX."""
    parts = axis_label(name.replace("_", " ")).replace("{", "").replace("}", "").split("$")
    return "".join(
        part.removeprefix("^").translate(_RAISED) if part.startswith("^") else part
        for part in parts
    )


def in_words(key: str) -> str:
    """A key of a case as people say it: `cell.stack_pressure` as `Stack pressure`."""
    return capital(re.split(r"\.(?![^\"]*\"$)", key)[-1].strip('"').replace("_", " "))


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]


def _unit(text: str) -> str:
    parts = []
    for part in re.split(r"(?<!\d)\.|\.(?!\d)", text):
        match = re.fullmatch(r"([^\d-]+)(-?\d+(?:\.\d+)?)", part)
        if part not in _UNITS and match:
            parts.append(f"{_UNITS.get(match[1], match[1])}$^{{{match[2]}}}$")
        else:
            parts.append(_UNITS.get(part, part))
    return " ".join(parts).replace("-", "−")


def time_axis(seconds: np.ndarray) -> tuple[np.ndarray, str]:
    """Times in the unit that suits them, and the label of the axis."""
    longest = float(np.max(seconds, initial=0.0))
    for factor, unit, least in ((3600, "h", 2 * 3600), (60, "min", 300)):
        if longest >= least:
            return seconds / factor, f"Time ({unit})"
    return seconds, "Time (s)"


def in_volts(voltage: float) -> str:
    """A voltage to 1 mV, without a minus before zero."""
    return f"{voltage:z.3f} V".replace("-", "−")


def duration(seconds: float) -> str:
    """`2 h 05 min`, `3.2 min` or `12 s`."""
    if seconds < 120:
        return f"{seconds:.3g} s"
    if seconds < 7200:
        return f"{seconds / 60:.3g} min"
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d} min"


def number(value: object) -> str:
    """A number with four digits and a power of ten where it is far from one."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if not isinstance(value, float):
        return str(value)
    if not math.isfinite(value):
        return "–"
    text = f"{value:.4g}"
    if "e" not in text:
        return text.replace("-", "−")
    digits, power = text.split("e")
    return f"{digits} × 10{str(int(power)).translate(_RAISED)}".replace("-", "−")

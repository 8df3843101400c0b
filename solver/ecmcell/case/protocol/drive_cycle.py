"""Drive cycles: what is prescribed as a table of time, straight between its points.

A step that lasts longer begins the cycle anew, one first interval after its last point, as PyBaMM
does; between the two the value is straight, too.
"""

import csv
import math
from bisect import bisect_right
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.case.files.toml_reader import read_text

_EARLY = 1e-9  # s by which a point may be missed and still count as reached
_LARGEST_FILE = 50_000_000
_EXAMPLE = "Give two columns, time in s from 0 and the value, e.g. 0,1.5 in the first line."


@dataclass(frozen=True)
class DriveCycle:
    """Values over time.

    Attributes:
        time: Increasing times in s, the first one 0.
        given: Values at the same times in the unit of the file.
        factor: What one of that unit is in internal units.
    """

    time: tuple[float, ...]
    given: tuple[float, ...]
    factor: float

    @property
    def value(self) -> tuple[float, ...]:
        """The values in internal units."""
        return tuple(self.factor * value for value in self.given)

    @property
    def period(self) -> float:
        """Time in s after which the cycle begins anew."""
        return self.time[-1] + self.time[1]

    def at(self, time: float) -> float:
        """Value at a time in s, in internal units."""
        times, given = (*self.time, self.period), (*self.given, self.given[0])
        return self.factor * float(np.interp(time % self.period, times, given))

    def next_time(self, time: float) -> float:
        """The first point in s after a time."""
        whole, rest = divmod(time + _EARLY * max(time, 1.0), self.period)
        points = (*self.time, self.period)
        return whole * self.period + points[bisect_right(points, rest)]


def drive_cycle(data: dict[str, Any], factor: float) -> DriveCycle:
    """A drive cycle from the lists `time` (s) and `value` of a table.

    Raises:
        Fault: If they are no drive cycle.
    """
    for name in data:
        if name not in ("step", "time", "value"):
            raise Fault("unknown key", suggest(name, ["step", "time", "value"], "keys"), [name])
    return _checked(_column(data, "time"), _column(data, "value"), factor)


def read_drive_cycle(path: Path, factor: float) -> DriveCycle:
    """A drive cycle from a CSV file of time in s and value.

    A first line of words is passed over, and what stands behind a `#`.

    Args:
        path: The file.
        factor: What one of the unit of the values is in internal units.

    Raises:
        InputError: If the file cannot be read.
        Fault: If it is no drive cycle.
    """
    text = read_text(path, _LARGEST_FILE)
    times, values = [], []
    lines = (line.split("#")[0] for line in text.splitlines())
    rows = csv.reader(line for line in lines if line.strip())
    try:
        for number, row in enumerate(rows):
            try:
                time, value = (float(entry) for entry in row)
            except ValueError:
                if number == 0 and not any(map(_reads_as_number, row)):
                    continue
                given = f"line {rows.line_num} of {path.name} is not two numbers"
                raise Fault(given, _EXAMPLE) from None
            times.append(time)
            values.append(value)
    except csv.Error as error:
        raise Fault(f"{path.name} is no CSV file: {error}", _EXAMPLE) from None
    return _checked(tuple(times), tuple(values), factor)


def _checked(time: tuple[float, ...], value: tuple[float, ...], factor: float) -> DriveCycle:
    if len(time) != len(value) or len(time) < 2:
        raise Fault(f"{len(time)} times and {len(value)} values", "Give two points at least.")
    if not all(map(math.isfinite, (*time, *value))):
        raise Fault("a number that is not finite", _EXAMPLE)
    if time[0] != 0.0 or np.any(np.diff(time) <= 0.0):
        raise Fault("times that do not start at 0 and increase", _EXAMPLE)
    return DriveCycle(time, value, factor)


def _column(data: dict[str, Any], name: str) -> tuple[float, ...]:
    column = data.get(name)
    if not isinstance(column, list) or not all(map(_is_number, column)):
        raise Fault(f"{toml(column)} is no list of numbers", "Give numbers.", [name])
    return tuple(float(entry) for entry in column)


def _reads_as_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool) and abs(given) < 1e300

"""The stored states that a report shows, each with a letter."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_uppercase

import numpy as np

from ecmcell.columns.run import STATE_OF_CHARGE, TIME, VOLTAGE
from ecmcell.output import StoredFields, StoredRun
from ecmcell.report.drawing.labels import in_volts

LARGEST_COUNT = 4  # of the figures


@dataclass(frozen=True)
class State:
    """A stored state and where it lies in the series.

    Attributes:
        letter: `A`, `B`, ...
        fields: The stored fields.
        row: Row of the series, or None if the state comes before the first step.
        title: Voltage and state of charge, or the label where the series has none.
        short_title: The first of these alone.
    """

    letter: str
    fields: StoredFields
    row: int | None
    title: str
    short_title: str


def chosen_states(run: StoredRun, most: int = LARGEST_COUNT) -> list[State]:
    """At most so many states, 26 at the most."""
    numbers = _choice([label for _, label in run.states], [time for time, _ in run.states], most)
    return [
        _state(run, letter, run.fields(number))
        for letter, number in zip(ascii_uppercase, numbers, strict=False)
    ]


def _choice(labels: Sequence[str], times: Sequence[float], most: int = LARGEST_COUNT) -> list[int]:
    """The start and the ends of steps, then whatever lies farthest from those chosen."""
    everything = range(len(labels))
    picks = {n for n in everything if n == 0 or labels[n].endswith("end")}
    if len(picks) > most:
        picks = {0, max(picks)}
    while len(picks) < min(most, len(labels)):
        picks.add(
            max(
                sorted(set(everything) - picks),
                key=lambda n: min((abs(times[n] - times[p]) for p in picks), default=0.0),
            )
        )
    return sorted(picks)


def _state(run: StoredRun, letter: str, fields: StoredFields) -> State:
    row = row_at(run.series, fields.time)
    parts = []
    if row is not None and VOLTAGE.header in run.series:
        voltage = float(run.series[VOLTAGE.header][row])
        parts += [] if np.isnan(voltage) else [in_volts(voltage)]
    if row is not None and STATE_OF_CHARGE.header in run.series:
        charge = round(100 * float(run.series[STATE_OF_CHARGE.header][row]))
        parts.append(f"SOC {charge} %".replace("-", "−"))
    parts = parts or [fields.label]
    return State(letter, fields, row, ", ".join(parts), parts[0])


def row_at(series: dict[str, np.ndarray], time: float) -> int | None:
    """The row of the series at a time, or None before the first step."""
    times = series.get(TIME.header, np.empty(0))
    after = np.flatnonzero(times <= time * (1 + 1e-9) + 1e-9)
    return int(after[-1]) if len(after) else None

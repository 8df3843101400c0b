"""The stored states that a report shows, each with a letter."""

from dataclasses import dataclass

import numpy as np

from ecmcell.output import StoredFields, StoredRun
from ecmcell.report.words import duration

LARGEST_COUNT = 4


@dataclass(frozen=True)
class State:
    """A stored state and where it lies in the series.

    Attributes:
        letter: `A`, `B`, ...
        fields: The stored fields.
        row: Row of the series, or None if the state comes before the first step.
        title: Letter with voltage and state of charge, for a panel.
        description: Label and time, for a caption.
    """

    letter: str
    fields: StoredFields
    row: int | None
    title: str
    description: str


def chosen_states(run: StoredRun) -> list[State]:
    """At most four states: all, or those at the ends of protocol steps, or spread evenly."""
    numbers = _choice([label for _, label in run.states])
    return [
        _state(run, letter, run.fields(number))
        for letter, number in zip("ABCD", numbers, strict=False)
    ]


def _choice(labels: list[str]) -> list[int]:
    everything = list(range(len(labels)))
    if len(everything) <= LARGEST_COUNT:
        return everything
    ends = [n for n in everything if n == 0 or labels[n].endswith("end")]
    pool = ends if 2 <= len(ends) <= LARGEST_COUNT else everything
    picks = np.linspace(0, len(pool) - 1, min(len(pool), LARGEST_COUNT))
    return [pool[round(pick)] for pick in picks]


def _state(run: StoredRun, letter: str, fields: StoredFields) -> State:
    row = row_at(run.series, fields.time)
    parts = []
    if row is not None and "Voltage [V]" in run.series:
        parts.append(f"{run.series['Voltage [V]'][row]:.3f} V")
    if row is not None and "State of charge" in run.series:
        charge = round(100 * float(run.series["State of charge"][row]))
        parts.append(f"SOC {charge} %".replace("-", "−"))
    title = ", ".join(parts) or fields.label
    return State(letter, fields, row, title, f"{fields.label} ({duration(fields.time)})")


def row_at(series: dict[str, np.ndarray], time: float) -> int | None:
    """The row of the series at a time, or None before the first step."""
    times = series.get("Time [s]", np.empty(0))
    after = np.flatnonzero(times <= time * (1 + 1e-9) + 1e-9)
    return int(after[-1]) if len(after) else None

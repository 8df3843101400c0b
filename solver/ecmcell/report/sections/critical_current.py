"""The figure of a search for the critical current: when it came to the worst, at which current."""

import csv
import json
from pathlib import Path

import numpy as np

from ecmcell.report.drawing.labels import axis_label, time_axis
from ecmcell.report.drawing.style import BLUE, COLUMN, GREY, INK, MM, VERMILION, new_figure, styled

TABLE, SUMMARY, FIGURE = "ccd.csv", "ccd.json", "ccd.png"
_CURRENT, _ONSET, _END = "Current density [mA.cm-2]", "Onset [s]", "End [s]"
_DOTS, _MOST_LABELS = 300, 14


def write_critical(directory: Path) -> Path:
    """Draw what `ccd.csv` and `ccd.json` in a directory hold; the path of the picture."""
    with (directory / TABLE).open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    found = json.loads((directory / SUMMARY).read_text(encoding="utf-8"))
    current = np.array([float(row[_CURRENT]) for row in rows])
    grown = np.array([bool(row[_ONSET]) for row in rows])
    until = np.array([float(row[_ONSET] or row[_END]) for row in rows])
    time, label = time_axis(until)
    with styled():
        figure = new_figure(COLUMN, 70 * MM)
        axes = figure.add_subplot()
        failure = found["failure"]
        ends = [found[f"Maximum without {failure} [mA.cm-2]"]]
        ends += [found[f"Minimum with {failure} [mA.cm-2]"]]
        if None not in ends:
            axes.axvspan(*ends, color=GREY, alpha=0.3, linewidth=0, label="bracket")
        if found["Closed form [mA.cm-2]"] is not None:
            closed = found["Closed form [mA.cm-2]"]
            axes.axvline(closed, color=GREY, linestyle="--", linewidth=0.8, label="closed form")
        axes.plot(current[grown], time[grown], "o-", color=VERMILION, label=f"{failure} begins")
        axes.plot(
            current[~grown], time[~grown], "o", color=BLUE, mfc="none", label="none until the end"
        )
        axes.set_xscale("log")
        shown = _apart(current)
        axes.set_xticks(shown, [f"{c:.3g}" for c in shown], rotation=90)
        axes.set_xticks([], minor=True)
        axes.set_ylim(bottom=0.0)
        axes.set(xlabel=axis_label(_CURRENT), ylabel=label)
        axes.legend(labelcolor=INK)
        path = directory / FIGURE
        figure.savefig(path, dpi=_DOTS)
    return path


def _apart(current: np.ndarray) -> list[float]:
    """Those of some currents, from the lowest, whose labels do not cover one another."""
    step = (current.max() / current.min()) ** (1.0 / _MOST_LABELS)
    shown: list[float] = []
    for value in current:
        if not shown or value >= shown[-1] * step:
            shown.append(float(value))
    return shown

"""How stress is spread over each phase: percentiles by volume, at every stored state."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from ecmcell.columns import fields
from ecmcell.output import OutputMesh, StoredRun
from ecmcell.report.drawing.labels import capital, number, time_axis
from ecmcell.report.drawing.maps import weighted_quantiles
from ecmcell.report.drawing.style import BLUE, GREY, INK, MM, PAGE, Plate, new_figure
from ecmcell.report.sections.tables import NOTHING, Table
from ecmcell.report.states import State

SHARES = (0.01, 0.25, 0.5, 0.75, 0.99)
_STRESSES = {
    "Hydrostatic": fields.HYDROSTATIC.header,
    "Maximum principal": fields.PRINCIPAL.header,
    "Von Mises": fields.VON_MISES.header,
}
_PLACES = ("cell", "point")
_MANY = 40  # states that still get a dot each


@dataclass(frozen=True)
class Spread:
    """Percentiles of one stress in one phase.

    Attributes:
        stress: Which stress, a key of what is looked for.
        phase: Name of the phase.
        times: Times of the stored states in s, shape (n,).
        values: Stress in MPa at each of `SHARES` of the volume, shape (n, 5).
    """

    stress: str
    phase: str
    times: np.ndarray
    values: np.ndarray


def spreads(run: StoredRun, mesh: OutputMesh, measures: np.ndarray) -> list[Spread]:
    """Percentiles of every stress that was stored, in every phase.

    Args:
        run: The run.
        mesh: Its mesh.
        measures: Area or volume of every cell, shape (m,).
    """
    times = np.array([time for time, _ in run.states])
    found: dict[tuple[str, str], list[np.ndarray]] = {}
    for state in range(len(times)):
        for stress, name in _STRESSES.items():
            values = _on_cells(run, mesh, state, name)
            if values is None:
                continue
            for k, phase in enumerate(mesh.phase_names):
                there = (mesh.cell_phase == k) & np.isfinite(values)
                if there.any():
                    row = weighted_quantiles(values[there], measures[there], SHARES)
                    found.setdefault((stress, phase), []).append(row)
    return [
        Spread(stress, phase, times, np.array(rows))
        for (stress, phase), rows in found.items()
        if len(rows) == len(times)
    ]


def percentile_plate(found: Sequence[Spread], section: str) -> Plate | None:
    """A row of panels for each stress, a column for each phase; what a section is."""
    stresses = [s for s in _STRESSES if any(spread.stress == s for spread in found)]
    phases = list(dict.fromkeys(spread.phase for spread in found))
    if not found:
        return None
    figure = new_figure(PAGE * min(1.0, (1 + len(phases)) / 4), (32 * len(stresses) + 14) * MM)
    grid = figure.subplots(len(stresses), len(phases), squeeze=False, sharex=True)
    label = ""
    for spread in found:
        axis = grid[stresses.index(spread.stress), phases.index(spread.phase)]
        time, label = time_axis(spread.times)
        _bands(axis, time, spread.values)
    for axis, phase in zip(grid[0], phases, strict=True):
        axis.set_title(capital(phase))
    for axis, stress in zip(grid[:, 0], stresses, strict=True):
        axis.set_ylabel(f"{stress}\nstress (MPa)")
    for axis in grid[-1]:
        axis.set_xlabel(label)
    figure.align_ylabels(grid[:, 0])
    handles, labels = grid[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper right", ncols=3)
    caption = (
        "Stress in each phase against time: its median over the volume, the middle half and the "
        "middle 98 % of the volume, from the means of cells. Tension is positive. Dots are the "
        f"stored states. {section}"
    )
    return Plate("stress_percentiles", "Stress percentiles", caption.strip(), figure)


def percentile_table(found: Sequence[Spread], states: Sequence[State]) -> Table:
    """Median and the middle 98 % of each stress in the states with a letter."""
    if not found or not states:
        return NOTHING
    stresses = list(dict.fromkeys(spread.stress for spread in found))
    known = {(spread.phase, spread.stress): spread for spread in found}
    rows = []
    for phase in dict.fromkeys(spread.phase for spread in found):
        for state in states:
            cells = [_range(known.get((phase, s)), state.fields.time) for s in stresses]
            rows.append((f"{capital(phase)}, {state.letter}", *cells))
    heads = ("Phase, state", *(f"{stress} stress (MPa)" for stress in stresses))
    return Table("Median stress, and from the 1st to the 99th percentile", heads, tuple(rows))


def _on_cells(run: StoredRun, mesh: OutputMesh, state: int, name: str) -> np.ndarray | None:
    for place in _PLACES:
        values = run.field(state, place, name)
        if values is not None:
            return values[mesh.cells].mean(axis=1) if place == "point" else values
    return None


def _bands(axis: Axes, time: np.ndarray, values: np.ndarray) -> None:
    low, lower, middle, upper, high = values.T
    if len(time) > 1:
        axis.fill_between(time, low, high, color=BLUE, alpha=0.2, linewidth=0, label="1 to 99 %")
        axis.fill_between(
            time, lower, upper, color=BLUE, alpha=0.45, linewidth=0, label="25 to 75 %"
        )
    else:
        axis.vlines(time, low, high, color=BLUE, alpha=0.4, linewidth=3, label="1 to 99 %")
        axis.vlines(time, lower, upper, color=BLUE, linewidth=6, label="25 to 75 %")
    dots = "o" if len(time) <= _MANY else ""
    axis.plot(time, middle, color=INK, marker=dots, markersize=2, linewidth=0.8, label="median")
    axis.axhline(0, color=GREY, linewidth=0.5, zorder=0)


def _range(spread: Spread | None, time: float) -> str:
    if spread is None:
        return "–"
    low, _, middle, _, high = spread.values[int(np.argmin(np.abs(spread.times - time)))]
    return f"{_short(middle)} ({_short(low)} to {_short(high)})"


def _short(value: float) -> str:
    return number(float(f"{value:.3g}"))

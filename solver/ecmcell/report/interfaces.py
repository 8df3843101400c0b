"""Plates of the interfaces: where the current crosses, where they are pulled, and how much of each."""

from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable

from ecmcell.report.maps import colour_scale, legend, panels, weighted_quantiles
from ecmcell.report.states import State
from ecmcell.report.style import BLUE, GREEN, GREY, MM, PAGE, PURPLE, VERMILION, Plate, new_figure
from ecmcell.report.view import View
from ecmcell.report.words import axis_label

CURRENT, TRACTION = "Interface current density [mA.cm-2]", "Normal traction [MPa]"
AREA = "Facet area [um2]"
_COLOURS = {"A": BLUE, "B": VERMILION, "C": GREEN, "D": PURPLE}
_BINS = 48


@dataclass(frozen=True)
class _Law:
    name: str
    title: str
    field: str
    caption: str
    centred_colours: str


_LAWS = (
    _Law(
        "interface_current",
        "Current across the interfaces",
        CURRENT,
        "Current density across the interfaces between particles and electrolyte; positive takes "
        "lithium out of the particles.",
        "PuOr_r",
    ),
    _Law(
        "interface_traction",
        "Traction on the interfaces",
        TRACTION,
        "Normal traction on the interfaces; tension, which opens them, is positive.",
        "RdBu_r",
    ),
)


def interface_plates(view: View, states: Sequence[State]) -> list[Plate]:
    """Coloured interfaces and distributions over their area, of what was stored."""
    plates = [_coloured(view, states, law) for law in _LAWS]
    return [plate for plate in (*plates, distribution_plate(states)) if plate is not None]


def _coloured(view: View, states: Sequence[State], law: _Law) -> Plate | None:
    shown = _with_field(states, law.field)
    if not shown:
        return None
    values = [state.fields.interface[law.field] for state in shown]
    is_centred = min(v.min() for v in values) < 0 < max(v.max() for v in values)
    norm = colour_scale(values, _area(shown[0]), is_centred)
    if norm is None:
        return None
    colours = mpl.colormaps[law.centred_colours if is_centred else "viridis"]

    def draw(axes: Axes, state: State) -> None:
        view.facets(axes, state.fields.interface[law.field], norm, colours)

    bar = ScalarMappable(norm, colours)
    figure = panels(view, shown, draw, bar, _two_lines(axis_label(law.field)))
    return Plate(law.name, law.title, f"{law.caption} {legend(shown)}", figure, is_picture=True)


def distribution_plate(states: Sequence[State]) -> Plate | None:
    """How current and traction are spread over the interface area."""
    fields = [law.field for law in _LAWS if _with_field(states, law.field)]
    if not fields:
        return None
    figure = new_figure(PAGE * (1 if len(fields) > 1 else 0.5), 58 * MM)
    for number, name in enumerate(fields):
        axis = figure.add_subplot(1, len(fields), number + 1)
        _histograms(axis, _with_field(states, name), name)
        if len(fields) > 1:
            axis.set_title(f"({'ab'[number]})", loc="left", weight="bold")
        if number == 0:
            axis.legend(title="State", handlelength=1.0)
    caption = (
        "Share of the interface area by current density and by normal traction; every curve "
        f"encloses the whole area. {legend(states)}"
    )
    return Plate("interface_distribution", "Spread over the interface area", caption, figure)


def _histograms(axis: Axes, states: Sequence[State], name: str) -> None:
    together = np.concatenate([state.fields.interface[name] for state in states])
    areas = np.concatenate([_area(state) for state in states])
    low, high = weighted_quantiles(together, areas, [0.001, 0.999])
    margin = 0.03 * (high - low) or 0.5 * (abs(low) or 1.0)
    edges = np.linspace(low - margin, high + margin, _BINS + 1)
    for state in states:
        values = np.clip(state.fields.interface[name], edges[0], edges[-1])
        area = _area(state)
        share, _ = np.histogram(values, edges, weights=100 * area / area.sum())
        axis.stairs(share, edges, color=_COLOURS[state.letter], label=state.letter, linewidth=1.2)
    if edges[0] < 0 < edges[-1]:
        axis.axvline(0, color=GREY, linewidth=0.5, zorder=0)
    axis.set(xlabel=axis_label(name), ylabel="Share of interface area (%)")
    axis.set_ylim(bottom=0)


def _with_field(states: Sequence[State], name: str) -> list[State]:
    return [
        state
        for state in states
        if len(state.fields.interface.get(name, ())) and len(state.fields.interface.get(AREA, ()))
    ]


def _area(state: State) -> np.ndarray:
    return state.fields.interface[AREA]


def _two_lines(label: str) -> str:
    return label.replace(" density ", " density\n")

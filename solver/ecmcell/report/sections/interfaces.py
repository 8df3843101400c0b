"""Plates of the interfaces: where current crosses, what pulls, where they part and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.ticker import MaxNLocator

from ecmcell.columns import fields
from ecmcell.output import StoredRun
from ecmcell.report.drawing.labels import axis_label, number, time_axis
from ecmcell.report.drawing.maps import (
    ColourBar,
    Mapped,
    colour_scale,
    extension,
    grey,
    has_both_signs,
    panels,
    weighted_quantiles,
)
from ecmcell.report.drawing.style import BLUE, GREY, INK, MM, PAGE, VERMILION, Plate, new_figure
from ecmcell.report.drawing.view import View
from ecmcell.report.states import State

CURRENT, TRACTION = fields.INTERFACE_CURRENT.header, fields.NORMAL.header
ELECTRODE_CURRENT = fields.ELECTRODE_CURRENT.header
BOUNDARY_CURRENT = fields.BOUNDARY_CURRENT.header
DAMAGE, CONTACT_FACTOR, OPENING = (
    field.header for field in (fields.DEBONDED, fields.CONTACT, fields.OPENING)
)
_BINS = 48
_LEAST_HEIGHT = 48  # mm, that of the label on the left
_SMALL = 0.1  # um; openings below are shown in nm
_LOST = 0.5  # contact factor below which contact counts as lost
_DASHED = ", the dashed line the strength of the interface"


@dataclass(frozen=True)
class Law:
    """A field of the interfaces to map.

    Attributes:
        name: File name of the plate.
        title: Title of the plate.
        field: Name with unit.
        caption: What to know of it.
        centred_colours: Colour map where both signs occur.
        limits: Ends of the scale, where it is to show all of them.
    """

    name: str
    title: str
    field: str
    caption: str
    centred_colours: str = "viridis"
    limits: tuple[float, float] | None = None


_LAWS = (
    Law(
        "interface_current",
        "Current across the interfaces",
        CURRENT,
        "Current density across the interfaces between particles and electrolyte; positive takes "
        "lithium out of the particles.",
        "PuOr_r",
    ),
    Law(
        "grain_boundary_current",
        "Current across grain boundaries",
        BOUNDARY_CURRENT,
        "Magnitude of the ionic current density across the boundaries between grains.",
    ),
    Law(
        "electrode_current",
        "Current across the faces of lithium electrodes",
        ELECTRODE_CURRENT,
        "Current density out of the lithium electrodes, per area of their faces.",
        "PuOr_r",
    ),
    Law(
        "interface_traction",
        "Traction on the interfaces",
        TRACTION,
        "Normal traction on the interfaces; tension, which opens them, is positive.",
        "RdBu_r",
    ),
)
_PARTING = (
    Law(
        "interface_damage",
        "Damage of the interfaces",
        DAMAGE,
        "Damage of the interfaces that may debond: 0 where they are intact, 1 where they have "
        "debonded.",
        limits=(0.0, 1.0),
    ),
    Law(
        "interface_opening",
        "Opening of the interfaces",
        OPENING,
        "Gap between the two sides of the interfaces that may debond.",
    ),
)
MAPPED = (*_LAWS, *_PARTING)


def interface_plates(
    view: View, states: Sequence[State], strengths: Sequence[float]
) -> list[Plate]:
    """Coloured interfaces and distributions over their area, of what was stored.

    Args:
        view: Draws the microstructure.
        states: States to show.
        strengths: Strengths of the interfaces in MPa, to be marked.
    """
    plates = [_coloured(view, states, law) for law in MAPPED]
    spread = distribution_plate(view.facet_measures, states, strengths)
    return [plate for plate in (*plates, spread) if plate is not None]


def loss_of_contact_plate(view: View, run: StoredRun) -> Plate | None:
    """Where contact was lost, coloured by the first stored state that shows it."""
    factors = [run.field(state, "interface", CONTACT_FACTOR) for state in range(len(run.states))]
    is_lost = [np.zeros(0, bool) if f is None else f < _LOST for f in factors]
    times, label = time_axis(np.array([time for time, _ in run.states]))
    when = np.full(len(view.facet_measures), np.nan)
    for lost, time in reversed(list(zip(is_lost, times, strict=True))):
        if len(lost):
            when[lost] = time
    if not np.isfinite(when).any():
        return None
    norm, colours = Normalize(0.0, times[-1]), mpl.colormaps["plasma"]
    fraction = 100 * view.facet_measures[np.isfinite(when)].sum() / view.facet_measures.sum()

    def draw(axes: Axes, state: State) -> None:
        view.facets(axes, when, norm, colours)

    whole = State("", run.fields(len(run.states) - 1), None, "", "")
    figure = panels(
        view,
        [whole],
        draw,
        ColourBar(ScalarMappable(norm, colours), label.replace("Time", "Time of loss"), "neither"),
    )
    caption = (
        f"Interfaces that lost more than {100 * _LOST:.0f} % of their contact, coloured by the "
        f"first stored state that shows it: {number(float(fraction))} % of the interface area, "
        "whether or not contact returned."
    )
    title = "Where contact was lost, and when"
    return Plate("contact_lost", title, caption, figure, is_picture=True)


def _coloured(view: View, states: Sequence[State], law: Law) -> Plate | None:
    found = mapped_facets(view.facet_measures, states, law)
    if found is None:
        return None
    values = list(found.values.values())

    def draw(axes: Axes, state: State) -> None:
        view.facets(axes, found.values[state.letter], found.norm, found.colours)

    scale = ScalarMappable(found.norm, found.colours)
    bar = ColourBar(scale, found.label, extension(values, found.norm))
    shown = [state for state in states if state.letter in found.values]
    figure = panels(view, shown, draw, bar)
    caption = f"{law.caption} {grey(values)}".strip()
    return Plate(law.name, law.title, caption, figure, is_picture=True)


def mapped_facets(areas: np.ndarray, states: Sequence[State], law: Law) -> Mapped | None:
    """A field of the interfaces at the states, if it was stored and is a number anywhere.

    Args:
        areas: Area of each interface facet, shape (k,).
        states: States to look at.
        law: What to map.
    """
    values = {
        state.letter: state.fields.interface[law.field] for state in _with_field(states, law.field)
    }
    field = law.field
    if field == OPENING and values and max(map(np.nanmax, values.values())) < _SMALL:
        field = field.replace("[um]", "[nm]")
        values = {letter: 1e3 * given for letter, given in values.items()}
    is_centred = has_both_signs(list(values.values()))
    norm = colour_scale(list(values.values()), areas, is_centred)
    if norm is None:
        return None
    if law.limits is not None:
        norm = Normalize(*law.limits)
    colours = mpl.colormaps[law.centred_colours if is_centred else "viridis"]
    return Mapped(values, norm, colours, axis_label(field))


def distribution_plate(
    areas: np.ndarray, states: Sequence[State], strengths: Sequence[float]
) -> Plate | None:
    """How current and traction are spread over the interface area, one row a state.

    Args:
        areas: Area of each interface facet, shape (k,).
        states: States to show.
        strengths: Strengths of the interfaces in MPa, to be marked.
    """
    fields = [law.field for law in _LAWS if _with_field(states, law.field)]
    if not fields:
        return None
    shown = _with_field(states, fields[0])
    figure = new_figure(
        PAGE * (1 if len(fields) > 1 else 0.5), max(16 * len(shown) + 12, _LEAST_HEIGHT) * MM
    )
    axes = figure.subplots(len(shown), len(fields), squeeze=False, sharex="col")
    for column, name in zip(axes.T, fields, strict=True):
        _histograms(column, areas, [state.fields.interface[name] for state in shown])
        for axis, state in zip(column, shown, strict=True):
            _corner(axis, state.letter)
        column[-1].set_xlabel(axis_label(name))
        if name == TRACTION:
            _mark_strengths(column, strengths)
    figure.supylabel("Fraction of interface area (%)", fontsize=8)
    if len(fields) > 1:
        for axis, letter in zip(axes[0], ascii_lowercase, strict=False):
            axis.set_title(f"({letter})", loc="left", weight="bold")
    caption = (
        "Fraction of the interface area in equal classes of current density and normal traction; "
        f"the dot is the mean over the area{_DASHED if strengths else ''}."
    )
    return Plate("interface_distribution", "Spread over the interface area", caption, figure)


def _histograms(column: Sequence[Axes], areas: np.ndarray, values: Sequence[np.ndarray]) -> None:
    """One histogram a row, all with the same classes."""
    there = [np.isfinite(given) for given in values]
    together = np.concatenate([given[k] for given, k in zip(values, there, strict=True)])
    weights = np.concatenate([areas[k] for k in there])
    low, high = weighted_quantiles(together, weights, [0.001, 0.999])
    margin = 0.03 * (high - low) or 0.5 * (abs(low) or 1.0)
    edges = np.linspace(low - margin, high + margin, _BINS + 1)
    for axis, all_given, k in zip(column, values, there, strict=True):
        given, area = all_given[k], areas[k]
        inside = np.clip(given, edges[0], edges[-1])
        fraction, _ = np.histogram(inside, edges, weights=100 * area / area.sum())
        axis.stairs(fraction, edges, fill=True, color=BLUE, alpha=0.35)
        axis.stairs(fraction, edges, color=BLUE, linewidth=0.8)
        axis.plot([np.average(given, weights=area)], [0], "o", color=INK, clip_on=False, zorder=5)
        axis.set_ylim(0, 1.1 * fraction.max())
        axis.yaxis.set_major_locator(MaxNLocator(nbins=2, min_n_ticks=2))
        if edges[0] < 0 < edges[-1]:
            axis.axvline(0, color=GREY, linewidth=0.5, zorder=0)


def _mark_strengths(column: Sequence[Axes], strengths: Sequence[float]) -> None:
    for axis in column:
        left, right = axis.get_xlim()
        for strength in strengths:
            if left < strength < right:
                axis.axvline(strength, color=VERMILION, linestyle="--", linewidth=0.8, zorder=0)


def _corner(axis: Axes, letter: str) -> None:
    axis.annotate(
        letter, (0.98, 0.95), xycoords="axes fraction", ha="right", va="top", weight="bold"
    )


def _with_field(states: Sequence[State], name: str) -> list[State]:
    """States whose field is there and is a number on some facets."""
    return [
        state
        for state in states
        if np.isfinite(state.fields.interface.get(name, np.empty(0))).any()
    ]

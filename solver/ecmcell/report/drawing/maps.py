"""Plates of maps: one panel a state, one colour scale for all of them."""

import re
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, Normalize
from matplotlib.figure import Figure

from ecmcell.output import OutputMesh
from ecmcell.report.drawing.quantities import QUANTITIES, Quantity
from ecmcell.report.drawing.style import MM, PAGE, Plate, new_figure
from ecmcell.report.drawing.view import View
from ecmcell.report.states import State

_BAR = 16 * MM  # thickness of the colour bar with its numbers
_LETTER = 1.65 * MM  # width of one in the label of the bar
_LINES = 2  # of that label
_BAR_SHARE = 0.85  # of the figure is the length of the bar
_TITLE = 7 * MM  # height above a panel for its title
_ROOM = 4 * MM  # under a panel for the scale bar
_TITLE_WIDTH = 37 * MM  # of a panel that has room for the whole title
_TALLEST = 75 * MM  # of a panel
_FRACTION = 0.995  # of the area lies within the colours where a few corner cells would rule them
_BEHIND = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 1.5}  # words
_RULING = 1.25  # the corners rule if they stretch the scale by this


@dataclass(frozen=True)
class ColourBar:
    """The scale that the panels of a plate share."""

    scale: ScalarMappable
    label: str
    extend: str


@dataclass(frozen=True)
class Mapped:
    """A quantity at the states that have it, with colours that they share.

    Attributes:
        values: By the letter of the state; on points (n,), cells (m,) or interface facets (k,).
        norm: Ends of the colours.
        colours: The colours.
        label: Of the colour bar.
    """

    values: dict[str, np.ndarray]
    norm: Normalize
    colours: Colormap
    label: str


def map_plates(
    mesh: OutputMesh, view: View, states: Sequence[State], section: str = ""
) -> list[Plate]:
    """Maps of every quantity that was stored; under stresses what a section is."""
    plates = [_map_plate(mesh, view, states, quantity, section) for quantity in QUANTITIES]
    return [plate for plate in plates if plate is not None]


def _map_plate(
    mesh: OutputMesh, view: View, states: Sequence[State], quantity: Quantity, section: str
) -> Plate | None:
    found = mapped(mesh, view.measures, states, quantity)
    if found is None:
        return None
    values, norm, colours = found.values, found.norm, found.colours
    shown = [state for state in states if state.letter in values]
    on_cells = [_on_cells(mesh, given) for given in values.values()]

    def draw(axes: Axes, state: State) -> None:
        view.field(axes, values[state.letter], norm, colours)
        words = quantity.words(values[state.letter], state.fields)
        axes.text(0.5, 0.5, words, transform=axes.transAxes, ha="center", va="center", bbox=_BEHIND)
        if quantity.flow and _flows(values[state.letter], norm):
            view.flow(axes, state.fields.cell[quantity.flow])

    bar = ColourBar(ScalarMappable(norm, colours), found.label, extension(on_cells, norm))
    figure = panels(view, shown, draw, bar)
    of_section = section if quantity.is_stress else ""
    blank = " ".join({quantity.blank(state.fields): "" for state in shown})
    flow = "White lines or arrows follow its direction." if quantity.flow else ""
    caption = f"{quantity.caption} {flow} {blank} {grey(on_cells)} {view.remark} {of_section}"
    return Plate(quantity.name, quantity.title, " ".join(caption.split()), figure, is_picture=True)


def mapped(
    mesh: OutputMesh, measures: np.ndarray, states: Sequence[State], quantity: Quantity
) -> Mapped | None:
    """A quantity of the states, if it was stored and is a number anywhere.

    Args:
        mesh: The mesh.
        measures: Area or volume of each cell, shape (m,).
        states: States to look at.
        quantity: What to map.
    """
    taken = [(state, quantity.take(mesh, state.fields)) for state in states]
    values = {state.letter: given for state, given in taken if given is not None}
    on_cells = [_on_cells(mesh, given) for given in values.values()]
    is_signed = bool(quantity.signed_colours) and has_both_signs(on_cells)
    norm = colour_scale(on_cells, measures, quantity.is_centred or is_signed)
    if norm is None:
        return None
    if quantity.limits is not None:
        norm = Normalize(*quantity.limits)
    colours = mpl.colormaps[quantity.signed_colours if is_signed else quantity.colours]
    return Mapped(values, norm, colours, quantity.label)


def panels(
    view: View,
    states: Sequence[State],
    draw: Callable[[Axes, State], None],
    colours: ColourBar,
) -> Figure:
    """A figure with one panel a state and one colour bar."""
    columns = _columns(len(states), view.aspect)
    rows = -(-len(states) // columns)
    fraction = 1.0 if len(states) > 1 else 0.6
    width = min((fraction * PAGE - _BAR) / columns, _TALLEST * view.aspect)
    height = rows * (width / view.aspect + _TITLE + _ROOM)
    label = _wrapped(colours.label, _BAR_SHARE * height)
    is_beside = label is not None
    if is_beside:
        figure = new_figure(columns * width + _BAR, height)
    else:  # too low for the label beside it: the bar lies below
        width = min(fraction * PAGE / columns, _TALLEST * view.aspect)
        height = rows * (width / view.aspect + _TITLE + _ROOM)
        figure = new_figure(max(columns * width, len(colours.label) * _LETTER), height + _BAR)
    axes = figure.subplots(rows, columns, squeeze=False)
    for axis in axes.flat[len(states) :]:
        axis.set_axis_off()
    for axis, state in zip(axes.flat, states, strict=False):
        draw(axis, state)
        low, high = axis.get_ylim()
        axis.set_ylim(low - _ROOM / width * float(np.ptp(axis.get_xlim())), high)
        title = state.title if width > _TITLE_WIDTH else state.short_title
        lettered = f"$\\bf{{{state.letter}}}$  {title}" if state.letter else title
        axis.set_title(lettered, loc="left", pad=3)
    view.scale_bar(axes.flat[0])
    bar = figure.colorbar(
        colours.scale,
        ax=axes,
        location="right" if is_beside else "bottom",
        fraction=0.05,
        aspect=30 if is_beside else 40,
        shrink=_BAR_SHARE,
        extend=colours.extend,
    )
    bar.set_label(label or colours.label)
    bar.outline.set_linewidth(0.6)  # type: ignore[operator]
    return figure


def _wrapped(label: str, length: float) -> str | None:
    """A label of at most two lines for a bar of some inch, its unit whole; None if none will do."""
    name, bracket, unit = label.partition(" (")
    plain = re.sub(r"[${}^]", "", label)
    if len(plain) * _LETTER <= length:
        return label
    longest = int(length / _LETTER)
    if longest < 1:
        return None
    lines = textwrap.wrap(name, longest, break_long_words=False)
    tail = f"({unit}" if bracket else ""
    shown = re.sub(r"[${}^]", "", tail)
    if tail and lines and len(lines[-1]) + 1 + len(shown) <= longest:
        lines[-1] = f"{lines[-1]} {tail}"
    elif tail:
        lines.append(tail)
    widths = [len(re.sub(r"[${}^]", "", line)) for line in lines]
    return "\n".join(lines) if len(lines) <= _LINES and max(widths) <= longest else None


def colour_scale(
    values: Sequence[np.ndarray], weights: np.ndarray, is_centred: bool
) -> Normalize | None:
    """Limits that hold nearly all of the area of all states; None if there is nothing to show.

    Args:
        values: Values on cells or facets, one array (m,) a state; NaN counts for nothing.
        weights: Area or volume of each cell or facet, shape (m,).
        is_centred: Whether zero lies in the middle.
    """
    together = np.concatenate(values) if values else np.empty(0)
    finite = np.isfinite(together)
    if not finite.any():
        return None
    together, weight = together[finite], np.tile(weights, len(values))[finite]
    if is_centred:
        limit = _limit(np.abs(together), weight) or 1e-12
        return Normalize(-limit, limit)
    low, high = -_limit(-together, weight), _limit(together, weight)
    if low == high == 0.0:
        return Normalize(0.0, 1.0)
    if high - low <= 1e-9 * max(abs(low), abs(high)):
        low, high = low - 0.5 * (abs(low) or 1), high + 0.5 * (abs(high) or 1)
    return Normalize(low, high)


def _limit(values: np.ndarray, weights: np.ndarray) -> float:
    """The largest value, unless a small fraction of the weight stretches the scale by far."""
    usual = float(weighted_quantiles(values, weights, [_FRACTION])[0])
    middle, largest = float(np.average(values, weights=weights)), float(values.max())
    return usual if largest - middle > _RULING * (usual - middle) else largest


def grey(values: Sequence[np.ndarray]) -> str:
    """A sentence on what stays grey, where anything does."""
    return "Grey: no value there." if any(np.isnan(v).any() for v in values) else ""


def has_both_signs(values: Sequence[np.ndarray]) -> bool:
    """Whether both signs occur to an extent that matters: round-off has none."""
    together = np.concatenate(values) if values else np.empty(0)
    low = np.min(together, initial=0.0, where=np.isfinite(together))
    high = np.max(together, initial=0.0, where=np.isfinite(together))
    return bool(min(-low, high) > 0.02 * max(-low, high))


def extension(values: Sequence[np.ndarray], norm: Normalize) -> str:
    """On which sides the colour bar is pointed, as Matplotlib words it."""
    least = min(np.nanmin(v, initial=np.inf) for v in values) < (norm.vmin or 0.0)
    most = max(np.nanmax(v, initial=-np.inf) for v in values) > (norm.vmax or 0.0)
    return {(True, True): "both", (True, False): "min", (False, True): "max"}.get(
        (least, most), "neither"
    )


def weighted_quantiles(
    values: np.ndarray, weights: np.ndarray, fractions: Sequence[float]
) -> np.ndarray:
    """Values below which these fractions of the weight lie."""
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    places = np.searchsorted(total, np.asarray(fractions) * total[-1])
    return values[order][np.minimum(places, len(values) - 1)]


def _flows(strength: np.ndarray, norm: Normalize) -> bool:
    """Whether a field is more than a trace beside the strongest state."""
    finite = strength[np.isfinite(strength)]
    return bool(len(finite) and finite.mean() > 0.02 * (norm.vmax or 0.0))


def _on_cells(mesh: OutputMesh, values: np.ndarray) -> np.ndarray:
    return values[mesh.cells].mean(axis=1) if len(values) == len(mesh.points) else values


def _columns(count: int, aspect: float) -> int:
    """Panels side by side: few when they are wide."""
    if count <= 3:
        return count
    return 2 if aspect > 0.9 else 4

"""The opening of interfaces as a moving picture."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from PIL import Image

from ecmcell.output import OutputMesh, StoredRun
from ecmcell.report.interfaces import OPENING
from ecmcell.report.style import MM, PAGE
from ecmcell.report.view import round_length
from ecmcell.report.words import axis_label, duration

DISPLACEMENT = "Displacement [um]"
LARGEST_SIZE = 1_500_000  # bytes
_MOST_FRAMES, _FEWEST_FRAMES = 60, 4
_DOTS = 110  # an inch
_PAUSE, _LAST_PAUSE = 150, 1500  # ms
_COLOURS = 128
_SHOWN = 0.04  # of the height: the largest opening as it is drawn


@dataclass(frozen=True)
class Animation:
    """A finished moving picture.

    Attributes:
        name: File name without ending.
        title: What it shows, in a few words.
        caption: What a reader must know to read it, as sentences.
        gif: The file.
    """

    name: str
    title: str
    caption: str
    gif: bytes


def opening_animation(run: StoredRun) -> Animation | None:
    """The displaced microstructure at the stored states, its interfaces coloured by opening.

    None in three dimensions, and where nothing opens.
    """
    mesh = run.mesh
    if mesh is None or mesh.dim != 2:
        return None
    stored = range(len(run.states))
    openings = [run.field(state, "interface", OPENING) for state in stored]
    largest = max((np.nanmax(o, initial=0.0) for o in openings if o is not None), default=0.0)
    shown = [state for state in stored if openings[state] is not None]
    if largest <= 0.0 or len(shown) < 2:
        return None
    height = float(np.ptp(mesh.points[:, 1]))
    exaggeration = max(1.0, round_length(4 * _SHOWN * height / largest))
    gif, count = b"", min(len(shown), _MOST_FRAMES)
    while True:
        picks = np.unique(np.linspace(0, len(shown) - 1, count).round().astype(int))
        frames = _Frames(mesh, largest, exaggeration)
        gif = joined([frames.draw(run, shown[pick]) for pick in picks])
        if len(gif) < LARGEST_SIZE or count <= _FEWEST_FRAMES:
            break
        count = max(_FEWEST_FRAMES, int(0.9 * count * LARGEST_SIZE / len(gif)))
    caption = (
        f"Displacements are drawn {exaggeration:g} times as large as they are; colours tell the "
        f"opening of the interfaces. {len(picks)} of {len(run.states)} stored states."
    )
    return Animation("opening", "Interfaces opening", caption, gif)


class _Frames:
    """Draws one state after the other into the same figure."""

    def __init__(self, mesh: OutputMesh, largest: float, exaggeration: float):
        self._mesh, self._exaggeration = mesh, exaggeration
        low, size = mesh.points[:, :2].min(axis=0), np.ptp(mesh.points[:, :2], axis=0)
        width = 0.75 * PAGE
        self._figure = Figure(
            figsize=(width + 18 * MM, width * size[1] / size[0] + 10 * MM), layout="constrained"
        )
        axes = self._figure.add_subplot()
        shades = np.linspace(0.72, 0.92, len(mesh.phase_names))[mesh.cell_phase]
        self._cells = PolyCollection(
            [], facecolors=[(s, s, s) for s in shades], edgecolors="face", linewidths=0.2
        )
        self._facets = LineCollection(
            [], norm=Normalize(0.0, 1e3 * largest), cmap=mpl.colormaps["viridis"], linewidths=1.4
        )
        for drawn in (self._cells, self._facets):
            axes.add_collection(drawn)
        margin = _SHOWN * size[1]
        axes.set_xlim(low[0] - margin, low[0] + size[0] + margin)
        axes.set_ylim(low[1] - margin, low[1] + size[1] + margin)
        axes.set_aspect("equal")
        axes.set_axis_off()
        self._axes = axes
        bar = self._figure.colorbar(self._facets, ax=axes, fraction=0.04, shrink=0.85)
        bar.set_label(axis_label("Opening [nm]"))
        axes.set_title("0 s", loc="left")
        self._figure.draw_without_rendering()
        self._figure.set_layout_engine("none")

    def draw(self, run: StoredRun, state: int) -> Image.Image:
        moved = run.field(state, "point", DISPLACEMENT)
        opening = run.field(state, "interface", OPENING)
        assert moved is not None and opening is not None
        places = (self._mesh.points + self._exaggeration * np.nan_to_num(moved))[:, :2]
        self._cells.set_verts(list(places[self._mesh.cells]))
        opens = np.flatnonzero(np.isfinite(opening))
        opens = opens[np.argsort(opening[opens])]
        self._facets.set_segments(list(places[self._mesh.interface_facets[opens]]))
        self._facets.set_array(1e3 * opening[opens])
        self._axes.set_title(duration(run.states[state][0]), loc="left")
        target = io.BytesIO()
        self._figure.savefig(target, format="png", dpi=_DOTS)
        return Image.open(target).convert("RGB")


def joined(frames: Sequence[Image.Image]) -> bytes:
    """An endless GIF; all frames share the colours of the last one, which has most of them."""
    palette = frames[-1].quantize(_COLOURS)
    first, *rest = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pauses = [_PAUSE] * len(rest) + [_LAST_PAUSE]
    target = io.BytesIO()
    first.save(target, "gif", save_all=True, append_images=rest, duration=pauses, loop=0)
    return target.getvalue()

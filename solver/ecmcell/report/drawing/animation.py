"""Animations of plane runs."""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from PIL import Image

from ecmcell.output import OutputMesh
from ecmcell.report.drawing.labels import duration
from ecmcell.report.drawing.style import MM, PAGE

LARGEST_SIZE = 1_500_000  # bytes
_MOST_FRAMES, _FEWEST_FRAMES = 60, 4
_DOTS = 110  # an inch
_PAUSE, _LAST_PAUSE = 150, 1500  # ms
_COLOURS = 128  # half of what a GIF has


@dataclass(frozen=True)
class Animation:
    """A finished animation.

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


class Stage:
    """A cell with the time above it and a colour bar beside it, for one frame after the other.

    Args:
        mesh: The cell, plane.
        drawn: What shows it, the last with colours that have a meaning; altered between frames.
        label: What the colours mean.
        margin: Around the cell, um.
    """

    def __init__(
        self, mesh: OutputMesh, drawn: Sequence[Collection], label: str, margin: float = 0.0
    ):
        low, size = mesh.points[:, :2].min(axis=0), np.ptp(mesh.points[:, :2], axis=0)
        width = 0.75 * PAGE
        self._figure = Figure(
            figsize=(width + 18 * MM, width * size[1] / size[0] + 10 * MM), layout="constrained"
        )
        self._axes = self._figure.add_subplot()
        for collection in drawn:
            self._axes.add_collection(collection)
        self._axes.set_xlim(low[0] - margin, low[0] + size[0] + margin)
        self._axes.set_ylim(low[1] - margin, low[1] + size[1] + margin)
        self._axes.set_aspect("equal")
        self._axes.set_axis_off()
        bar = self._figure.colorbar(drawn[-1], ax=self._axes, fraction=0.04, shrink=0.85)
        bar.set_label(label)
        self._axes.set_title("0 s", loc="left")
        self._figure.draw_without_rendering()
        self._figure.set_layout_engine("none")

    def frame(self, time: float) -> Image.Image:
        """The picture as it is now."""
        self._axes.set_title(duration(time), loc="left")
        target = io.BytesIO()
        self._figure.savefig(target, format="png", dpi=_DOTS)
        return Image.open(target).convert("RGB")


def moving(states: Sequence[int], draw: Callable[[int], Image.Image]) -> tuple[bytes, int]:
    """A GIF of as many states, evenly picked, as its size allows; and how many these are."""
    count = min(len(states), _MOST_FRAMES)
    while True:
        picks = np.unique(np.linspace(0, len(states) - 1, count).round().astype(int))
        gif = _joined([draw(states[pick]) for pick in picks])
        if len(gif) < LARGEST_SIZE or count <= _FEWEST_FRAMES:
            return gif, len(picks)
        count = max(_FEWEST_FRAMES, int(0.9 * count * LARGEST_SIZE / len(gif)))


def _joined(frames: Sequence[Image.Image]) -> bytes:
    """An endless GIF; all frames share their colours."""
    palette = _palette(frames)
    first, *rest = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    pauses = [_PAUSE] * len(rest) + [_LAST_PAUSE]
    target = io.BytesIO()
    first.save(target, "gif", save_all=True, append_images=rest, duration=pauses, loop=0)
    return target.getvalue()


def _palette(frames: Sequence[Image.Image]) -> Image.Image:
    """Half of it what large areas of the last frame need, half what covers all colours there are.

    The latter has the rare ones of a thin line or a colour bar.
    """
    seen = [np.unique(np.asarray(frame).reshape(-1, 3), axis=0) for frame in frames]
    colours = Image.fromarray(np.unique(np.concatenate(seen), axis=0)[np.newaxis])
    common = frames[-1].quantize(_COLOURS)
    every = colours.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE)
    palette = Image.new("P", (1, 1))
    palette.putpalette([*(common.getpalette() or ()), *(every.getpalette() or ())])
    return palette

"""How every figure looks: widths, type, colours, saving."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import matplotlib as mpl
import numpy as np
from cycler import cycler
from matplotlib.figure import Figure
from PIL import Image

MM = 1 / 25.4  # inch
COLUMN, PAGE = 85 * MM, 180 * MM  # widths of one and two columns of a journal

# Okabe and Ito's colours, told apart with any colour vision.
BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, YELLOW = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#E69F00",
    "#CC79A7",
    "#56B4E9",
    "#F0E442",
)
BROWN = "#7A4B2A"  # beside them, where they do not suffice
_DOTS = 300  # an inch
INK, GREY, PALE = "#222222", "#888888", "#ececec"
INDIGO = "#332288"
COLOURS = (BLUE, VERMILION, GREEN, ORANGE, PURPLE, SKY, INK)
"""Of lines that belong together, one after the other."""

_RC = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Arial", "Helvetica", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8,
    "mathtext.default": "regular",
    "axes.labelsize": 8,
    "axes.titlesize": 8,
    "xtick.labelsize": 8,
    "ytick.labelsize": 8,
    "legend.fontsize": 8,
    "axes.linewidth": 0.6,
    "axes.prop_cycle": cycler(color=COLOURS),
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 3,
    "ytick.major.size": 3,
    "xtick.minor.size": 1.5,
    "ytick.minor.size": 1.5,
    "lines.linewidth": 1.2,
    "lines.markersize": 3,
    "legend.frameon": False,
    "legend.handlelength": 1.4,
    "figure.constrained_layout.h_pad": 0.03,
    "figure.constrained_layout.w_pad": 0.03,
    "pdf.fonttype": 42,
    "svg.hashsalt": "ecmcell",
    "axes.formatter.limits": (-3, 4),
    "axes.formatter.useoffset": False,
    "axes.formatter.use_mathtext": True,
}


@dataclass(frozen=True)
class Plate:
    """A finished figure.

    Attributes:
        name: File name without ending.
        title: What it shows, in a few words.
        caption: What a reader must know to read it, as sentences.
        figure: The drawing.
        is_picture: Whether it holds pixels (a map) and not only lines.
    """

    name: str
    title: str
    caption: str
    figure: Figure
    is_picture: bool = False

    def __post_init__(self) -> None:
        """Lay the figure out once; every drawing of it moves the axes a little otherwise."""
        _show_lone_points(self.figure)
        with styled():
            self.figure.draw_without_rendering()
        self.figure.set_layout_engine("none")

    def save(self, directory: Path) -> None:
        """Write PNG (300 dpi) and PDF, and SVG where it holds lines only."""
        (directory / f"{self.name}.png").write_bytes(self._pixels)
        (directory / f"{self.name}.pdf").write_bytes(self._drawn("pdf"))
        if not self.is_picture:
            (directory / f"{self.name}.svg").write_bytes(self.svg)

    def png(self, dots: int) -> bytes:
        """The figure as pixels, with at most 300 dots an inch."""
        image = Image.open(io.BytesIO(self._pixels)).convert("RGB")
        target = io.BytesIO()
        size = [round(length * dots / _DOTS) for length in image.size]
        image.resize((size[0], size[1]), Image.Resampling.LANCZOS).save(target, "png")
        return target.getvalue()

    @cached_property
    def svg(self) -> bytes:
        """The figure as lines."""
        return self._drawn("svg")

    @cached_property
    def _pixels(self) -> bytes:
        return self._drawn("png")

    def _drawn(self, ending: str) -> bytes:
        target = io.BytesIO()
        with styled():
            self.figure.savefig(target, format=ending, dpi=_DOTS, metadata=_undated(ending))
        return target.getvalue()


def _show_lone_points(figure: Figure) -> None:
    """A curve of one point, as of a run of one time step, is a dot: as a line it has no extent."""
    for axes in figure.axes:
        for line in axes.lines:
            known = np.isfinite(np.asarray(line.get_xydata(), dtype=float)).all(axis=1)
            if known.sum() == 1 and line.get_marker() == "None":
                line.set_marker("o")


@contextmanager
def styled() -> Iterator[None]:
    """Everything drawn within has the style."""
    with mpl.rc_context(_RC):
        yield


def new_figure(width: float, height: float) -> Figure:
    """An empty figure; sizes in inch."""
    return Figure(figsize=(width, height), layout="constrained")


def _undated(ending: str) -> dict[str, None]:
    """Files without a date, so that the same run gives the same bytes."""
    return {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(ending, {})

"""Cracks in the bulk: how they grow, what they cost, and an animation of them."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import TwoSlopeNorm
from PIL import Image

from ecmcell.columns import cracks, interfaces, mechanics
from ecmcell.output import OutputMesh, StoredRun
from ecmcell.report.drawing.animation import Animation, Stage, moving
from ecmcell.report.drawing.labels import axis_label, time_axis
from ecmcell.report.drawing.quantities import IN_CRACK, STRESS
from ecmcell.report.drawing.style import COLUMN, MM, Plate, new_figure
from ecmcell.report.sections.curves import letter_axes
from ecmcell.report.sections.half_cycles import TIME, Series

_ENERGIES = {
    mechanics.ELASTIC_ENERGY.header: "elastic",
    cracks.ENERGY.header: "cracks",
    interfaces.FRACTURE_ENERGY.header: "interfaces",
    mechanics.RELEASED.header: "released",
}
_QUANTILE = 0.98
_COUNT, _NONE = "Number of cracks", "There is no crack: damage has localised nowhere."


def crack_plate(series: Series) -> Plate | None:
    """Length or area of the cracks of each phase, and the energies of the cell, against time."""
    sizes = [n for n in series if n.startswith(("Crack length ", "Crack area "))]
    if not sizes or TIME not in series:
        return None
    time, label = time_axis(series[TIME])
    figure = new_figure(COLUMN, 100 * MM)
    axes: list[Axes] = list(figure.subplots(2, 1, sharex=True))
    for name in sizes:
        kind, phase = name.split(" [")[0].split(" ", 2)[1:]
        axes[0].plot(time, series[name], label=phase)
        axes[0].set_ylabel(axis_label(f"Crack {kind} [{name.split(' [')[1]}"))
    axes[0].legend()
    for name, short in _ENERGIES.items():
        if name in series:
            axes[1].plot(time, series[name], label=short)
    axes[1].set_ylabel(axis_label("Energy [J.m-2]"))
    axes[1].legend()
    axes[1].set_xlabel(label)
    letter_axes(axes)
    cracked = np.nanmax(series.get(_COUNT, np.ones(1)), initial=0.0) > 0.0
    title = f"{'Cracks' if cracked else 'Damage'} in the bulk"
    caption = (
        "By phase the extent of cracks that the damage stands for, an even one too, and the "
        "energies per unit of footprint area. Released is the work of platen and swelling that is "
        "neither stored nor dissipated: of cracks that run by themselves."
    )
    return Plate("cracks", title, caption if cracked else f"{_NONE} {caption}", figure)


def crack_animation(run: StoredRun) -> Animation | None:
    """Cracks over the hydrostatic stress at the stored states; None where nothing cracks."""
    mesh = run.mesh
    if mesh is None or mesh.dim != 2:
        return None
    stored = range(len(run.states))
    stressed = [state for state in stored if run.field(state, "point", STRESS) is not None]
    cracked = {state: run.field(state, "point", IN_CRACK) for state in stressed}
    any_crack = {s: bool((c == 1.0).any()) for s, c in cracked.items() if c is not None}
    shown = list(any_crack)
    if len(shown) < 2 or not any(any_crack.values()):
        return None
    gif, count = moving(shown, _Frames(run, mesh, shown).draw)
    caption = (
        "Cracks in black over the hydrostatic stress, on the undeformed cell. "
        f"{count} of {len(run.states)} stored states."
    )
    return Animation("cracks", "Cracks growing", caption, gif)


class _Frames:
    """Draws one state after the other into the same figure."""

    def __init__(self, run: StoredRun, mesh: OutputMesh, states: list[int]):
        self._run, self._mesh = run, mesh
        stress = np.concatenate([np.abs(self._stress(state)) for state in states])
        largest = float(np.nanquantile(stress, _QUANTILE)) or 1.0
        colours = mpl.colormaps["RdBu_r"].with_extremes(bad="black")
        self._cells = PolyCollection(
            list(mesh.points[mesh.cells][:, :, :2]),
            cmap=colours,
            norm=TwoSlopeNorm(0.0, -largest, largest),
            edgecolors="face",
            linewidths=0.2,
        )
        self._stage = Stage(mesh, [self._cells], axis_label(STRESS))

    def draw(self, state: int) -> Image.Image:
        in_crack = self._run.field(state, "point", IN_CRACK)
        assert in_crack is not None
        cracked = (in_crack[self._mesh.cells] == 1.0).all(axis=1)
        self._cells.set_array(np.where(cracked, np.nan, self._stress(state)))
        return self._stage.frame(self._run.states[state][0])

    def _stress(self, state: int) -> np.ndarray:
        stress = self._run.field(state, "point", STRESS)
        assert stress is not None
        return np.asarray(stress)[self._mesh.cells].mean(axis=1)

"""The opening of interfaces as an animation."""

import matplotlib as mpl
import numpy as np
from matplotlib.collections import LineCollection, PolyCollection
from matplotlib.colors import Normalize
from PIL import Image

from ecmcell.columns import fields
from ecmcell.output import OutputMesh, StoredRun
from ecmcell.report.drawing.animation import Animation, Stage, moving
from ecmcell.report.drawing.labels import axis_label
from ecmcell.report.drawing.view import round_length
from ecmcell.report.sections.interfaces import OPENING

DISPLACEMENT = fields.DISPLACEMENT.header
_SHOWN = 0.04  # of the height: the largest opening as it is drawn


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
    moved = [run.field(state, "point", DISPLACEMENT) is not None for state in stored]
    shown = [state for state in stored if moved[state] and openings[state] is not None]
    if largest <= 0.0 or len(shown) < 2:
        return None
    height = float(np.ptp(mesh.points[:, 1]))
    exaggeration = max(1.0, round_length(4 * _SHOWN * height / largest))
    gif, count = moving(shown, _Frames(run, mesh, largest, exaggeration).draw)
    caption = (
        f"Displacements are drawn {exaggeration:g} times as large as they are; colours tell the "
        f"opening of the interfaces. {count} of {len(run.states)} stored states."
    )
    return Animation("opening", "Interfaces opening", caption, gif)


class _Frames:
    """Draws one state after the other into the same figure."""

    def __init__(self, run: StoredRun, mesh: OutputMesh, largest: float, exaggeration: float):
        self._run, self._mesh, self._exaggeration = run, mesh, exaggeration
        shades = np.linspace(0.72, 0.92, len(mesh.phase_names))[mesh.cell_phase]
        self._cells = PolyCollection(
            [], facecolors=[(s, s, s) for s in shades], edgecolors="face", linewidths=0.2
        )
        self._facets = LineCollection(
            [], norm=Normalize(0.0, 1e3 * largest), cmap=mpl.colormaps["viridis"], linewidths=1.4
        )
        margin = _SHOWN * float(np.ptp(mesh.points[:, 1]))
        drawn = (self._cells, self._facets)
        self._stage = Stage(mesh, drawn, axis_label("Opening [nm]"), margin)

    def draw(self, state: int) -> Image.Image:
        moved = self._run.field(state, "point", DISPLACEMENT)
        opening = self._run.field(state, "interface", OPENING)
        assert moved is not None and opening is not None
        places = (self._mesh.points + self._exaggeration * np.nan_to_num(moved))[:, :2]
        self._cells.set_verts(list(places[self._mesh.cells]))
        opens = np.flatnonzero(np.isfinite(opening))
        opens = opens[np.argsort(opening[opens])]
        self._facets.set_segments(list(places[self._mesh.interface_facets[opens]]))
        self._facets.set_array(1e3 * opening[opens])
        return self._stage.frame(self._run.states[state][0])

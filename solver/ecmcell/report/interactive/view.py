"""The interactive view as a part of the page."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from markupsafe import Markup

from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.microstructure.picture import phase_colours
from ecmcell.output import OutputMesh, StoredRun
from ecmcell.report.drawing.labels import duration
from ecmcell.report.inputs import section_of
from ecmcell.report.interactive.fields import Choice, choices, packed_choice, packed_phases, shades
from ecmcell.report.interactive.packing import Packing, letters
from ecmcell.report.interactive.solid import Floats, Solid, solid_of
from ecmcell.report.page import TEMPLATES
from ecmcell.report.states import State, chosen_states

LARGEST_SIZE = 9_900_000  # bytes of the view; with a page without one below 15 MB
_MOST_STATES = 20
# Along the mean side of the box, until the view is small enough; with 0 every cell is kept.
_CUBES = (0, 200, 140, 100, 70, 50, 35, 25)
_BLOCK = 1.5  # width over height of the picture of a block
_ROOM = 1.3  # of the height of a section for a margin and the scale bar
_STEPS = 65535  # of coordinates along each side
_PARTS = ("reading", "cutting", "scene", "view")  # of the script, in order
_SCRIPTS = Path(__file__).parent.parent / "static"


def view_text(run: StoredRun) -> Markup:
    """The view of a run with its script and data, below `LARGEST_SIZE`; empty without fields."""
    if run.mesh is None or not run.states:
        return Markup()
    states = chosen_states(run, _MOST_STATES)
    shown = choices(run.mesh, states, section_of(run))
    side = float(np.prod(np.ptp(run.mesh.points, axis=0)[: run.mesh.dim])) ** (1 / run.mesh.dim)
    constant = {
        "vtk": letters(_script("vtk.js").encode()),
        "licence": _script("vtk.LICENSE"),
        "scripts": [_script(f"{name}.js") for name in _PARTS],
        "shape": _shape(run.mesh),
        "dimension": run.mesh.dim,
    }
    text = Markup()
    for cubes in _CUBES:
        solid = solid_of(run.mesh, side / cubes if cubes else 0.0)
        header, packing = packed(run.mesh, solid, states, shown)
        text = Markup(
            TEMPLATES.get_template("view.html.j2").render(
                header=Markup(json.dumps(header).replace("<", "\\u003c")),
                data=packing.text(),
                is_thinned=bool(cubes),
                **constant,
            )
        )
        if len(text.encode()) < LARGEST_SIZE:
            break
    return text


def packed(
    mesh: OutputMesh, solid: Solid, states: Sequence[State], shown: Sequence[Choice]
) -> tuple[dict[str, object], Packing]:
    """What the script reads: names, places and limits, and the numbers."""
    packing = Packing()
    low, high = mesh.points.min(axis=0), mesh.points.max(axis=0)

    def placed(points: Floats) -> dict[str, int]:
        extent = np.where(high > low, high - low, 1.0)
        return packing.integers(np.round(_STEPS * (points - low) / extent).astype(np.int64))

    header = {
        "dimension": mesh.dim,
        "low": low.tolist(),
        "high": high.tolist(),
        "steps": _STEPS,
        "points": placed(solid.points),
        "phases": packing.integers(solid.point_phase[:, None]),
        "cells": packing.integers(solid.cells),
        "boundary": packing.integers(solid.boundary),
        "facet_points": placed(solid.facet_points),
        "facets": packing.integers(solid.facets),
        "names": list(mesh.phase_names),
        "swatches": list(phase_colours(mesh.phase_names).values()),
        "states": [f"{duration(state.fields.time)}, {state.title}" for state in states],
        "colours": {choice.mapped.colours.name: shades(choice) for choice in shown},
        "fields": [packed_choice(choice, solid, states, packing) for choice in shown]
        + [packed_phases(solid, states, packing)],
        "cut": _depth(mesh),
    }
    return header, packing


def _shape(mesh: OutputMesh) -> float:
    """Width over height of the picture."""
    if mesh.dim == 3:
        return _BLOCK
    width, height, _ = np.ptp(mesh.points, axis=0)
    return round(float(width / (_ROOM * height)), 3)


def _script(name: str) -> Markup:
    """A file to be put into the page as it is, less a last line that names a file not there."""
    text = (_SCRIPTS / name).read_text(encoding="utf-8")
    return Markup(re.sub(r"\n//# sourceMappingURL=\S*\s*\Z", "\n", text))


def _depth(mesh: OutputMesh) -> float | None:
    """Where the view is cut at first."""
    if mesh.dim == 2:
        return None
    from ecmcell.report.drawing.space import richest_depth

    return richest_depth(mesh, sizes(mesh.interface_points, mesh.interface_facets))

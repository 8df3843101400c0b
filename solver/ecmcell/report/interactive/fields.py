"""The fields that can be chosen in the interactive view, each with its colours."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import Normalize, to_hex

from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import OutputMesh
from ecmcell.report.drawing.labels import plain_label
from ecmcell.report.drawing.maps import Mapped, mapped
from ecmcell.report.drawing.quantities import QUANTITIES
from ecmcell.report.interactive.packing import Packing
from ecmcell.report.interactive.solid import Solid
from ecmcell.report.sections.interfaces import MAPPED, mapped_facets
from ecmcell.report.states import State

_SHADES = 256


@dataclass(frozen=True)
class Choice:
    """A field to choose.

    Attributes:
        title: What it shows, in a few words.
        caption: What a reader must know of it, as sentences.
        is_on_facets: Whether it lies on interfaces, not in bodies.
        mapped: Its values and colours.
    """

    title: str
    caption: str
    is_on_facets: bool
    mapped: Mapped


def choices(mesh: OutputMesh, states: Sequence[State], section: str) -> list[Choice]:
    """Every field that the report maps; of stresses it says what a section is."""
    volumes = sizes(mesh.points, mesh.cells)
    areas = sizes(mesh.interface_points, mesh.interface_facets)
    inside = (
        (q.title, f"{q.caption} {section if q.is_stress else ''}".strip(), False, found)
        for q in QUANTITIES
        if (found := mapped(mesh, volumes, states, q))
    )
    between = (
        (law.title, law.caption, True, found)
        for law in MAPPED
        if (found := mapped_facets(areas, states, law))
    )
    return [Choice(*parts) for parts in (*inside, *between)]


def packed_choice(
    choice: Choice, solid: Solid, states: Sequence[State], packing: Packing
) -> dict[str, object]:
    """A field as the page reads it, its numbers added to the packing."""
    low, high = _ends(choice.mapped.norm)
    values = (choice.mapped.values.get(state.letter) for state in states)
    return {
        "title": choice.title,
        "caption": choice.caption,
        "label": plain_label(choice.mapped.label),
        "on_facets": choice.is_on_facets,
        "colours": choice.mapped.colours.name,
        "low": low,
        "high": high,
        "values": [
            None if given is None else packing.numbers(_moved(choice, solid, given), low, high)
            for given in values
        ],
    }


def packed_phases(solid: Solid, states: Sequence[State], packing: Packing) -> dict[str, object]:
    """The phases as a field, in the colours that the figures give them."""
    count = int(solid.point_phase.max()) + 1
    numbers = packing.numbers(solid.point_phase.astype(float), 0.0, count - 1.0)
    return {
        "title": "Phases",
        "caption": "The phases as they were meshed.",
        "label": "",
        "on_facets": False,
        "colours": None,
        "low": -0.5,
        "high": count - 0.5,
        "values": [numbers] * len(states),
    }


def shades(choice: Choice) -> list[str]:
    """The colours from the lowest to the highest value."""
    return [to_hex(colour) for colour in choice.mapped.colours(np.linspace(0, 1, _SHADES))]


def _moved(choice: Choice, solid: Solid, values: np.ndarray) -> np.ndarray:
    if choice.is_on_facets:
        return solid.from_facets.of(values)
    on_points = len(values) == solid.from_points.source.max() + 1
    return (solid.from_points if on_points else solid.from_cells).of(values)


def _ends(norm: Normalize) -> tuple[float, float]:
    return float(norm.vmin or 0.0), float(norm.vmax or 0.0)

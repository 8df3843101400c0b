"""No text of a figure leaves it, however wide the section and however many states or runs."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from tests.unit.report.test_hotspots import write_run

from ecmcell.output import OutputMesh, StoredFields
from ecmcell.report.comparison.page import comparison_sections, read_members
from ecmcell.report.drawing.labels import in_words
from ecmcell.report.drawing.maps import map_plates
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.drawing.style import Plate, styled
from ecmcell.report.sections.hotspots import hotspot_plates
from ecmcell.report.sections.interfaces import interface_plates
from ecmcell.report.states import State
from synthetic_run import CASE, disc_mesh, fields, write_series_run


def undrawn_labels(axes: Axes) -> Iterator[Text]:
    """Labels of ticks that Matplotlib keeps but does not draw."""
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        margin = 1e-9 * (high - low)
        for tick in axis.get_major_ticks():
            if not axes.axison or not low - margin <= tick.get_loc() <= high + margin:
                yield from (tick.label1, tick.label2)


def beyond(plate: Plate) -> list[str]:
    """Texts that leave the figure by more than a dot."""
    with styled():
        figure = plate.figure
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        renderer, page = canvas.get_renderer(), figure.bbox
        undrawn = [text for axes in figure.axes for text in undrawn_labels(axes)]
        found = []
        for text in figure.findobj(Text):
            if text in undrawn or not text.get_text().strip() or not text.get_visible():
                continue
            box = text.get_window_extent(renderer)
            if box.x0 < page.x0 - 1 or box.x1 > page.x1 + 1:
                found.append(text.get_text())
            elif box.y0 < page.y0 - 1 or box.y1 > page.y1 + 1:
                found.append(text.get_text())
    return found


def collisions(plate: Plate) -> list[str]:
    """Labels of neighbouring ticks along x that meet."""
    with styled():
        canvas = FigureCanvasAgg(plate.figure)
        canvas.draw()
        found = []
        for axes in plate.figure.axes:
            low, high = sorted(axes.get_xlim())
            ticks = [*axes.xaxis.get_major_ticks(), *axes.xaxis.get_minor_ticks()]
            drawn = [t for t in ticks if low <= t.get_loc() <= high and t.label1.get_text()]
            drawn.sort(key=lambda tick: tick.get_loc())
            boxes = [tick.label1.get_window_extent(canvas.get_renderer()) for tick in drawn]
            for tick, left, right in zip(drawn, boxes, boxes[1:], strict=False):
                if left.x1 > right.x0:
                    found.append(tick.label1.get_text())
    return found


@pytest.fixture(scope="module")
def wide() -> tuple[OutputMesh, np.ndarray]:
    """A section six times as wide as high."""
    mesh, disc = disc_mesh(2.5)
    stretch = np.array([4.0, 1.0, 1.0])
    points, interface = mesh.points * stretch, mesh.interface_points * stretch
    return OutputMesh(**(vars(mesh) | {"points": points, "interface_points": interface})), disc


@pytest.mark.parametrize("count", [1, 2, 3, 8])
def test_text_of_a_wide_section_stays_on_the_page(
    wide: tuple[OutputMesh, np.ndarray], count: int
) -> None:
    mesh, disc = wide
    zero = np.zeros(len(mesh.interface_facets))
    states = []
    for number in range(count):
        stored = fields(mesh, disc, 0.3 + 0.05 * number)
        stored["interface"] |= {"Damage": zero, "Opening [um]": zero + 2e-4 * number}
        given = StoredFields(time=float(number), label="state", **stored)
        letter = "ABCDEFGH"[number]
        states.append(State(letter, given, None, "4.123 V, SOC 100 %", "4.123 V"))
    with styled():
        view = PlaneView(mesh)
        plates = [*map_plates(mesh, view, states), *interface_plates(view, states, [])]
    assert {"interface_damage", "map_stress", "map_ionic_current"} <= {p.name for p in plates}
    assert {plate.name: out for plate in plates if (out := beyond(plate))} == {}


def test_legend_of_many_runs_stays_on_the_page(tmp_path: Path) -> None:
    for number in range(24):
        case = CASE + f'\n[cell]\nstack_pressure = "{number} MPa"\n'
        write_series_run(tmp_path / f"{number:02d}", case, shift=1e-3 * number)
    with styled():
        members, differing = read_members(sorted(tmp_path.iterdir()))
        sections = comparison_sections(members, differing)
    plates = [plate for section in sections for plate in section.plates]
    assert {plate.name: out for plate in plates if (out := beyond(plate))} == {}
    titles = {legend.get_title().get_text() for plate in plates for legend in plate.figure.legends}
    assert "Stack pressure" in titles


@pytest.mark.parametrize("step", [0.02, 0.12, 0.6, 2.0, 9.0, 99.0])
def test_labels_of_currents_keep_apart(tmp_path: Path, step: float) -> None:
    """However narrow or wide the range of the current densities at an electrode is."""
    edges = [0.0, *(0.23 * (1.0 + step) ** np.arange(3)), np.inf]
    with styled():
        (plate,) = hotspot_plates(write_run(tmp_path / "run", touches=True, edges=edges))
    assert collisions(plate) == [] and beyond(plate) == []


def test_keys_are_told_in_words() -> None:
    assert in_words("cell.stack_pressure") == "Stack pressure"
    assert in_words('interfaces."active|catholyte".strength') == "Strength"

"""Figures and HTML pages made from run directories."""

from collections.abc import Sequence
from pathlib import Path

from ecmcell.output import OutputMesh, StoredRun
from ecmcell.output.text_files import replace_text
from ecmcell.report.comparison.page import comparison_sections, comparison_text, read_members
from ecmcell.report.drawing.maps import map_plates
from ecmcell.report.drawing.plane import PlaneView
from ecmcell.report.drawing.style import Plate, styled
from ecmcell.report.drawing.view import View
from ecmcell.report.inputs import section_of, strengths
from ecmcell.report.interactive.view import view_text
from ecmcell.report.page import Section, page_text
from ecmcell.report.sections.cracks import crack_animation, crack_plate
from ecmcell.report.sections.curves import (
    balance_plate,
    contact_plate,
    effort_plate,
    stress_plate,
    voltage_plate,
)
from ecmcell.report.sections.cycles import cycle_plate, cycle_table, has_cycles
from ecmcell.report.sections.filled_cracks import filled_crack_plates
from ecmcell.report.sections.heat import heat_plate
from ecmcell.report.sections.hotspots import hotspot_plates
from ecmcell.report.sections.interfaces import interface_plates, loss_of_contact_plate
from ecmcell.report.sections.leakage import leakage_plate
from ecmcell.report.sections.lithium_layers import layer_plates
from ecmcell.report.sections.losses import loss_plate
from ecmcell.report.sections.microstructure import (
    microstructure_plate,
    microstructure_table,
    statistics_table,
)
from ecmcell.report.sections.opening_animation import opening_animation
from ecmcell.report.sections.stress_percentiles import (
    Spread,
    percentile_plate,
    percentile_table,
    spreads,
)
from ecmcell.report.sections.tables import NOTHING, effort_table, state_table
from ecmcell.report.states import chosen_states
from ecmcell.report.study.content import StudyContent
from ecmcell.report.study.page import study_sections, study_text

__all__ = ["plates", "write_comparison", "write_report", "write_study"]


def plates(directory: Path) -> dict[str, Plate]:
    """The figures of the report of one run, by their names.

    Raises:
        InputError: If the directory holds no run.
    """
    with styled():
        sections = _sections(StoredRun(directory))
    return {plate.name: plate for section in sections for plate in section.plates}


def write_report(directory: Path, page: Path | None = None, interactive: bool = False) -> Path:
    """Write the page and the figures of one run, finished or broken.

    Args:
        directory: Directory of the run.
        page: Where the page goes; `report.html` in the run if not given.
        interactive: Whether the page has a view to turn and cut; up to 15 MB instead of 5.

    Returns:
        The path of the page; the figures lie beside it.

    Raises:
        InputError: If the directory holds no run.
    """
    run = StoredRun(directory)
    with styled():
        sections = _sections(run)
        text = page_text(run, sections, view_text(run) if interactive else "")
    if page is None:
        return _write(run.directory / "report.html", run.directory / "figures", text, sections)
    return _write(page, figures_beside(page), text, sections)


def write_comparison(directories: Sequence[Path], page: Path) -> Path:
    """Write a page that shows several runs together.

    Args:
        directories: Directories of the runs.
        page: Where the page goes.

    Returns:
        The path of the page; the figures lie beside it.

    Raises:
        InputError: If one of them is no run, was given twice or has no time step.
    """
    members, differing = read_members(directories)
    with styled():
        sections = comparison_sections(members, differing)
        text = comparison_text(members, differing, sections)
    return _write(page, figures_beside(page), text, sections)


def write_study(content: StudyContent, page: Path) -> Path:
    """Write the page of a study.

    Args:
        content: What it shows.
        page: Where the page goes.

    Returns:
        The path of the page; the figures lie beside it.
    """
    with styled():
        sections = study_sections(content)
        text = study_text(content, sections)
    return _write(page, figures_beside(page), text, sections)


def figures_beside(page: Path) -> Path:
    """The directory of the figures of a page that is not in a run."""
    return page.with_name(f"{page.stem}_figures")


def _write(page: Path, figures: Path, text: str, sections: Sequence[Section]) -> Path:
    figures.mkdir(exist_ok=True)
    for section in sections:
        for plate in section.plates:
            plate.save(figures)
        if section.animation is not None:
            _beside(page, section.animation.name).write_bytes(section.animation.gif)
    replace_text(page, text)
    return page


def _beside(page: Path, name: str) -> Path:
    """Where the animation of a page goes; a page that is no run's own keeps its name in it."""
    return page.with_name(f"{name if page.stem == 'report' else f'{page.stem}_{name}'}.gif")


def _sections(run: StoredRun) -> list[Section]:
    states, section = chosen_states(run), section_of(run)
    maps: list[Plate] = []
    interfaces: list[Plate] = []
    stresses: list[Spread] = []
    structure: list[Plate] = []
    amounts = NOTHING
    if run.mesh is not None and states:
        view = _view(run.mesh)
        structure = [microstructure_plate(run.mesh, view)]
        amounts = microstructure_table(run.mesh, view, run)
        maps = map_plates(run.mesh, view, states, section)
        interfaces = interface_plates(view, states, strengths(run))
        interfaces += _present(loss_of_contact_plate(view, run))
        stresses = spreads(run, run.mesh, view.measures)
    series = run.series
    cycles = run.cycles
    sections = [
        Section(
            "microstructure",
            "Microstructure",
            structure,
            "No mesh was stored.",
            amounts,
            details=statistics_table(run),
        ),
        Section("voltage", "Voltage", _present(voltage_plate(series, states)), _NO_STEPS),
        Section("losses", "Losses", _present(loss_plate(series)), "Without active material."),
        Section(
            "contact",
            "Contact",
            _present(contact_plate(series, states)),
            "The series has no contact fraction, no tractions and no hotspot factor.",
        ),
        Section("maps", "Maps", maps, "No fields were stored.", state_table(states)),
        Section(
            "interfaces",
            "Interfaces",
            interfaces,
            "No interface fields were stored.",
            animation=opening_animation(run),
        ),
        Section(
            "stack",
            "Stack pressure and stress",
            _present(stress_plate(series, section), percentile_plate(stresses, section)),
            "The run has no mechanics.",
            percentile_table(stresses, states),
        ),
        *_hotspots(run),
        *_cracks(run),
        *_filled_cracks(run),
        *_layers(run),
        *_leakage(run),
        *_heat(run),
        Section(
            "effort",
            "Solver effort",
            _present(effort_plate(series)),
            _NO_STEPS,
            effort_table(run),
        ),
        Section("balances", "Balances", _present(balance_plate(series)), _NO_STEPS),
    ]
    if has_cycles(cycles):
        plates = _present(cycle_plate(cycles))
        sections.insert(
            len(structure) + 1, Section("cycles", "Cycles", plates, "", cycle_table(cycles))
        )
    return sections


def _hotspots(run: StoredRun) -> list[Section]:
    """A section of its own where lithium does not touch everywhere or is not flat."""
    plates = hotspot_plates(run)
    return [Section("hotspots", "Current at the lithium", plates, "")] if plates else []


def _cracks(run: StoredRun) -> list[Section]:
    """A section of its own where anything may crack."""
    plate = crack_plate(run.series)
    if plate is None:
        return []
    return [Section("cracks", "Cracks", [plate], "", animation=crack_animation(run))]


def _filled_cracks(run: StoredRun) -> list[Section]:
    """A section of its own where lithium fills cracks."""
    plates = filled_crack_plates(run)
    return [Section("filled_cracks", "Lithium in cracks", plates, "")] if plates else []


def _layers(run: StoredRun) -> list[Section]:
    """A section of its own where lithium on a boundary is a layer."""
    plates = layer_plates(run.series)
    return [Section("lithium", "Lithium on boundaries", plates, "")] if plates else []


def _leakage(run: StoredRun) -> list[Section]:
    """A section of its own where electrolytes leak."""
    plate = leakage_plate(run.series)
    return [Section("leakage", "Leakage", [plate], "")] if plate is not None else []


def _heat(run: StoredRun) -> list[Section]:
    """A section of its own where the cell warms up."""
    plate = heat_plate(run.series)
    return [Section("heat", "Temperature and heat", [plate], "")] if plate is not None else []


_NO_STEPS = "The series has no such columns, or no time step was accepted."


def _view(mesh: OutputMesh) -> View:
    if mesh.dim == 2:
        return PlaneView(mesh)
    from ecmcell.report.drawing.space import SpaceView

    return SpaceView(mesh)


def _present(*plates: Plate | None) -> list[Plate]:
    return [plate for plate in plates if plate is not None]

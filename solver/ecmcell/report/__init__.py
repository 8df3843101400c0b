"""Figures and the HTML page made from a run directory."""

from pathlib import Path

from ecmcell.output import OutputMesh, StoredRun
from ecmcell.output.plain import replace_text
from ecmcell.report.curves import (
    balance_plate,
    contact_plate,
    effort_plate,
    stress_plate,
    voltage_plate,
)
from ecmcell.report.inputs import strengths
from ecmcell.report.interfaces import interface_plates
from ecmcell.report.losses import loss_plate
from ecmcell.report.maps import map_plates
from ecmcell.report.page import Section, page_text
from ecmcell.report.plane import PlaneView
from ecmcell.report.states import chosen_states
from ecmcell.report.style import Plate, styled
from ecmcell.report.tables import state_table
from ecmcell.report.view import View

__all__ = ["write_report"]


def write_report(run_directory: Path) -> Path:
    """Write `report.html` and `figures/` into a run directory, of a finished run or a broken one.

    Returns:
        The path of the page.

    Raises:
        InputError: If the directory holds no run.
    """
    run = StoredRun(run_directory)
    with styled():
        sections = _sections(run)
    figures = run.directory / "figures"
    figures.mkdir(exist_ok=True)
    for section in sections:
        for plate in section.plates:
            plate.save(figures)
    page = run.directory / "report.html"
    replace_text(page, page_text(run, sections))
    return page


def _sections(run: StoredRun) -> list[Section]:
    states = chosen_states(run)
    maps: list[Plate] = []
    interfaces: list[Plate] = []
    if run.mesh is not None and states:
        view = _view(run.mesh)
        maps = map_plates(run.mesh, view, states)
        interfaces = interface_plates(view, states, strengths(run))
    series = run.series
    return [
        Section("voltage", "Voltage", _present(voltage_plate(series, states)), _NO_STEPS),
        Section("losses", "Losses", _present(loss_plate(series)), "Without active material."),
        Section(
            "contact",
            "Contact",
            _present(contact_plate(series, states)),
            "The series has no contact fraction and no hotspot factor.",
        ),
        Section("maps", "Maps", maps, "No fields were stored.", state_table(states)),
        Section("interfaces", "Interfaces", interfaces, "No interface fields were stored."),
        Section(
            "stack",
            "Stack pressure and stress",
            _present(stress_plate(series)),
            "The run has no mechanics.",
        ),
        Section("effort", "Solver effort", _present(effort_plate(series)), _NO_STEPS),
        Section("balances", "Balances", _present(balance_plate(series)), _NO_STEPS),
    ]


_NO_STEPS = "The series has no such columns, or no time step was accepted."


def _view(mesh: OutputMesh) -> View:
    if mesh.dim == 2:
        return PlaneView(mesh)
    from ecmcell.report.space import SpaceView  # VTK takes a second to load and is needed only here

    return SpaceView(mesh)


def _present(plate: Plate | None) -> list[Plate]:
    return [] if plate is None else [plate]

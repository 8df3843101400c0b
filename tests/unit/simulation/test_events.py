"""What time steps are shortened to hit, and what is told of a cell beyond its data."""

import pytest
from mpi4py import MPI

from cells import active, electrolyte, kinetics, make_case, make_cell
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.charge import StateOfCharge
from ecmcell.simulation.events import CUT_OFF, Events
from ecmcell.simulation.validity import Validity
from meshes import layers


def cell_of(*protocol: str, **tables: object) -> Cell:
    """At a stoichiometry of 0.5 between 0.1, full of charge, and 0.9."""
    case = make_case(
        {"separator": electrolyte(), "active": active()},
        interfaces={"active|separator": kinetics()},
        protocol=[*protocol],
        **tables,
    )
    return make_cell(case, layers(2, {"separator": 4.0, "active": 4.0}, [2, 2]), MPI.COMM_SELF)


def test_state_of_charge_after_a_step() -> None:
    """Half full; what the present current brings until its end counts as well."""
    cell = cell_of("Charge at 1C until 4.4 V")
    state = StateOfCharge(cell)
    cell.state.accumulators["leaked"] = 0.0
    assert state.after(0.0) == pytest.approx(0.5, rel=1e-12)
    cell.state.accumulators["charge"] = 0.1 * cell.capacity
    assert state.after(0.0) == pytest.approx(0.4, rel=1e-12)
    cell.state.current.value = -0.2 * cell.capacity / 60.0
    assert state.after(60.0) == pytest.approx(0.6, rel=1e-12)


@pytest.mark.parametrize(
    ("text", "stop"), [("Charge at 1C until 4.4 V", 4.4), ("Discharge at 1C until 3.6 V", 3.6)]
)
def test_cut_off_is_met_from_its_side(text: str, stop: float) -> None:
    """Negative before, zero at the voltage, positive beyond, in parts of the voltage."""
    cell = cell_of(text)
    events, (step,) = Events(cell), cell.case.protocol
    (event,) = events.ends(step, events.direction(step))
    assert event.name == CUT_OFF
    found = []
    for beyond in (-0.01, 0.0, 0.01):
        cell.state.voltage.value = stop * (1.0 + (beyond if text.startswith("C") else -beyond))
        found.append(event.value(1.0))
    assert found == pytest.approx([-0.01, 0.0, 0.01], abs=1e-12)


def test_states_of_charge_next_to_the_present_one_are_due() -> None:
    cell = cell_of("Charge at 1C until 4.4 V", output={"field_states": [0.2, 0.4, 0.5, 0.7, 0.9]})
    cell.state.accumulators["leaked"] = 0.0
    due = {event.name: event.value(0.0) for event in Events(cell).milestones()}
    assert list(due) == ["state of charge 0.7", "state of charge 0.4"]
    assert list(due.values()) == pytest.approx([-0.2, -0.1], rel=1e-9)


def test_what_is_beyond_the_window_is_told_once() -> None:
    cell = cell_of("Charge at 1C until 4.4 V")
    validity = Validity(cell)
    validity.look()
    assert validity.news() == []
    (body,) = cell.active.values()
    body.x.x.array[0] = 0.05
    validity.look()
    (text,) = validity.news()
    assert text.startswith("active: the stoichiometry has reached x = 0.05, by 0.05 below")
    body.x.x.array[0] = 0.5
    validity.look()
    assert validity.news() == []

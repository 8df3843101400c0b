"""A film of active material through its protocol: everything asked is hit exactly."""

from typing import Any

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, Tape, active, electrolyte, kinetics, make_case, make_cell
from ecmcell.numerics.linear import NotConverged
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import layers

pytestmark = pytest.mark.mpi
FAST = "1e4 A/m^2"
TIME = {
    "initial_step": "5 s",
    "max_step": "200 s",
    "voltage_tolerance": "20 mV",
    "stoichiometry_tolerance": 0.05,
}


def run(comm: MPI.Comm, protocol: list, **tables: Any) -> Tape:
    """Run a protocol on two layers, initially half filled; capacity 0.8 of all sites."""
    case = make_case(
        {"active": active(), "separator": electrolyte()},
        interfaces={"active|separator": kinetics()},
        protocol=protocol,
        time=TIME,
        **tables,
    )
    cell = make_cell(case, layers(2, {"separator": 2.0, "active": 1.0}, [2, 4]), comm)
    cell.initialise()
    tape = Tape(cell)
    ProtocolDriver(cell, tape).run()
    return tape


def test_power_is_kept(comm: MPI.Comm) -> None:
    """V i is what was asked at every step, on discharge and on charge, to the cut-off."""
    tape = run(comm, ["Discharge at 2 mW/cm2 until 3.6 V", "Charge at 2 mW/cm2 for 2 minutes"])
    time, voltage, current = tape.columns
    turn = tape.ends[0][2]
    assert voltage[:turn] * current[:turn] == pytest.approx(20.0, rel=1e-9)
    assert voltage[turn:] * current[turn:] == pytest.approx(-20.0, rel=1e-9)
    assert voltage[turn - 1] == pytest.approx(3.6, abs=1e-6)
    assert (voltage[: turn - 1] > 3.6).all()
    assert time[-1] - time[turn - 1] == pytest.approx(120.0, rel=1e-9)
    assert [reason for _, reason, _ in tape.ends] == ["cut-off", "duration"]


def test_loops_repeat(comm: MPI.Comm) -> None:
    loop = {"repeat": 2, "steps": ["Charge at 1C for 1 minute", "Hold at 3.95 V for 10 s"]}
    tape = run(comm, [loop, "Rest for 10 s"])
    assert [text.split()[0] for text, _, _ in tape.ends] == ["Charge", "Hold"] * 2 + ["Rest"]
    time, voltage, _ = tape.columns
    assert voltage[tape.ends[1][2] - 1] == pytest.approx(3.95, abs=1e-9)
    assert time[-1] == pytest.approx(150.0, rel=1e-9)


def half_cell(comm: MPI.Comm, initial: float, exchange: str, protocol: list) -> Tape:
    """A thin half cell at rest, default time steps, whose electrodes are alike."""
    case = make_case(
        {"active": active(initial), "separator": electrolyte()},
        interfaces={"active|separator": kinetics(exchange_current_density=exchange)},
        boundaries={"anode": LITHIUM | {"exchange_current_density": exchange}, "collector": {}},
        protocol=protocol,
    )
    cell = make_cell(case, layers(2, {"separator": 1.0, "active": 0.5}, [2, 4]), comm)
    cell.initialise()
    return Tape(cell)


def test_step_whose_cut_off_is_passed_ends_at_once(comm: MPI.Comm) -> None:
    """At 4.2 V a charge to 4.1 V takes the smallest step, 1 ms, and the run goes on."""
    tape = half_cell(comm, 0.3, FAST, ["Rest for 1 s", "Charge at C/3 until 4.1 V", "Rest for 1 s"])
    ProtocolDriver(tape.cell, tape).run()
    assert [reason for _, reason, _ in tape.ends] == ["duration", "cut-off", "duration"]
    time, voltage, _ = tape.columns
    turn = tape.ends[1][2]
    assert turn == tape.ends[0][2] + 1
    assert time[turn - 1] == pytest.approx(1.001, rel=1e-9)
    assert voltage[turn - 1] == pytest.approx(4.2, abs=1e-3)


def test_cut_off_is_met_where_short_steps_fail(
    comm: MPI.Comm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The search for it ends with what could be solved beyond it, and no exception."""
    tape = half_cell(comm, 0.5, "1 A/m^2", ["Charge at 1C until 4.01 V"])
    iterate = tape.cell.iterate

    def fails(step: float) -> tuple:
        if step < 0.9:
            raise NotConverged("too short")
        return iterate(step)

    monkeypatch.setattr(tape.cell, "iterate", fails)
    ProtocolDriver(tape.cell, tape).run()
    assert [reason for _, reason, _ in tape.ends] == ["cut-off"]
    assert tape.columns[1][-1] > 4.01


@pytest.mark.parametrize(
    ("exchange", "rate", "hours"), [(FAST, "C/20", 20), ("1e2 A/m^2", "C/100", 100)]
)
def test_fast_kinetics_and_a_small_current(
    comm: MPI.Comm, exchange: str, rate: str, hours: int
) -> None:
    """Rounding of a voltage is a current there; the voltage is the one that rests: 4.5 V - 1 V x.

    What is left is that of the current, below 0.1 mV.
    """
    tape = half_cell(comm, 0.5, exchange, [f"Charge at {rate} for 30 minutes"])
    ProtocolDriver(tape.cell, tape).run()
    time, voltage, _ = tape.columns
    assert time[-1] == pytest.approx(1800.0, rel=1e-9)
    assert len(time) < 20
    assert voltage[-1] == pytest.approx(4.0 + 0.8 * 0.5 / hours, abs=1e-4)


def test_drive_cycle_is_followed_point_by_point(comm: MPI.Comm) -> None:
    """Every corner is the end of a time step; between corners the current is on a straight line."""
    corners, values = [0.0, 10.0, 25.0, 26.0, 60.0], [0.0, 1.0, -1.0, 0.5, 0.5]
    cycle = {"step": "Run bus (mA/cm2)", "time": corners, "value": values}
    tape = run(comm, [cycle, "Rest for 10 s"])
    time, _, current = tape.columns
    within = time <= 60.0 * (1 + 1e-12)
    expected = 10.0 * np.interp(time[within], corners, values)
    assert current[within] == pytest.approx(expected, rel=1e-9, abs=1e-9)
    for corner in corners[1:]:
        assert np.abs(time - corner).min() < 1e-6
    assert tape.ends[0][1] == "duration"
    assert time[-1] == pytest.approx(70.0, rel=1e-9)


def test_drive_cycle_ends_at_its_cut_off(comm: MPI.Comm) -> None:
    cycle = {"step": "Run bus (C) until 3.9 V", "time": [0, 3600], "value": [2.0, 2.0]}
    tape = run(comm, [cycle])
    _, voltage, _ = tape.columns
    assert voltage[-1] == pytest.approx(3.9, abs=1e-6)
    assert (voltage[:-1] > 3.9).all()
    assert tape.ends[0][1] == "cut-off"


def test_states_of_charge_and_times_are_hit(comm: MPI.Comm) -> None:
    """Half filled is state of charge 0.5; at C/2 a tenth takes 720 s, whichever way it goes."""
    tape = run(
        comm,
        ["Charge at C/2 for 1440 s", "Discharge at C/2 for 1080 s"],
        output={"field_states": [0.6, 0.65, 0.9], "field_times": ["1000 s"]},
    )
    times = [time for time, label in tape.labels if "state of charge" in label]
    assert times == pytest.approx([720.0, 1080.0, 1800.0, 2160.0], rel=1e-6)
    states = [label.split()[-1] for _, label in tape.labels if "state of charge" in label]
    assert states == ["0.6", "0.65", "0.65", "0.6"]
    assert any(time == pytest.approx(1000.0) for time, _ in tape.labels)
    time, _, _ = tape.columns
    assert np.abs(time - 1000.0).min() < 1e-6


def test_cut_off_and_state_of_charge_together(comm: MPI.Comm) -> None:
    """A state of charge that lies behind the cut-off is not waited for."""
    tape = run(
        comm,
        ["Charge at 1C until 4.1 V", "Hold at 4.1 V until C/2"],
        output={"field_states": [0.55, 0.99]},
    )
    assert [reason for _, reason, _ in tape.ends] == ["cut-off", "cut-off"]
    _, voltage, current = tape.columns
    turn = tape.ends[0][2]
    assert voltage[turn - 1] == pytest.approx(4.1, abs=1e-6)
    assert current[-1] == pytest.approx(current[turn - 1] / 2, rel=1e-6)
    assert [label for _, label in tape.labels if "state" in label] == [
        "Charge at 1C until 4.1 V: state of charge 0.55"
    ]


def hold(comm: MPI.Comm, **time: Any) -> float:
    """Duration in s of a hold behind a charge at 1C, limited by diffusion."""
    case = make_case(
        {"active": active(0.6, diffusivity="5e-15 m^2/s"), "separator": electrolyte()},
        interfaces={"active|separator": kinetics()},
        protocol=["Charge at 1C until 4.3 V", "Hold at 4.3 V until C/50"],
        time=time,
    )
    cell = make_cell(case, layers(2, {"separator": 10.0, "active": 5.0}, [2, 12]), comm)
    cell.initialise()
    tape = Tape(cell)
    ProtocolDriver(cell, tape).run()
    assert [reason for _, reason, _ in tape.ends] == ["cut-off", "cut-off"]
    return tape.rows[-1][0] - tape.rows[tape.ends[0][2] - 1][0]


def test_a_hold_lasts_as_long_as_with_short_steps(comm: MPI.Comm) -> None:
    """The current is what changes in a hold, and what ends it: steps are held to its error."""
    assert hold(comm) == pytest.approx(hold(comm, current_tolerance=1e-4), rel=0.015)


def test_words_of_protocols_are_kept(comm: MPI.Comm) -> None:
    """States of charge end steps, periods set rows, and currents of the cell are over its face."""
    tape = run(
        comm,
        [
            "Charge at C/2 until 60% SOC (100 s period)",
            "Discharge at C/2 for 1 hour or until 55% SOC",
            "Discharge at 20 pA for 10 s",
        ],
    )
    time, _, current = tape.columns
    first, second, third = (end for _, _, end in tape.ends)
    assert [reason for _, reason, _ in tape.ends] == ["cut-off", "cut-off", "duration"]
    assert time[[first - 1, second - 1]] == pytest.approx([720.0, 1080.0], rel=1e-6)
    for row in range(100, 701, 100):
        assert np.abs(time[:first] - row).min() < 1e-6
    assert current[second:third] == pytest.approx(20.0 / tape.cell.area, rel=1e-9)

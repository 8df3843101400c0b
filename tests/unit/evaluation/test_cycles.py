"""Cycles are cut where a charge follows a discharge, and added up as the steps were solved."""

import math

import pytest

from ecmcell.case.faults import Fault
from ecmcell.case.protocol.parser import parse_step
from ecmcell.case.protocol.step import Step
from ecmcell.evaluation.cycles import Cycles, cycle_numbers

CHARGE, DISCHARGE = "Charge at C/5 until 4.2 V", "Discharge at C/5 until 2.8 V"
HOLD, REST = "Hold at 4.2 V until C/50", "Rest for 1 hour"


def steps(*texts: str) -> list[Step]:
    parsed = [parse_step(text) for text in texts]
    assert not any(isinstance(step, Fault) for step in parsed)
    return parsed


def rows_of(protocol: list[Step], taken: list[tuple[int, float, float]], **last: float) -> list:
    """Rows of cycles from (step, capacity passed, voltage), a step ending with its last entry."""
    cycles, capacity, found = Cycles(protocol), 0.0, []
    cycles.add({"Step": 1, "Discharge capacity [mA.h.g-1]": 0.0, "Voltage [V]": 9.0} | last)
    for number, (step, passed, voltage) in enumerate(taken):
        capacity += passed
        cycles.add(
            {"Step": step, "Discharge capacity [mA.h.g-1]": -capacity, "Voltage [V]": voltage}
            | last
        )
        if number + 1 == len(taken) or taken[number + 1][0] != step:
            found.append(cycles.ended())
    return found


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        ([CHARGE, DISCHARGE] * 3, [1, 1, 2, 2, 3, 3]),
        ([REST, CHARGE, HOLD, REST, DISCHARGE, REST, CHARGE], [1, 1, 1, 1, 1, 1, 2]),
        ([CHARGE, REST, CHARGE, DISCHARGE, REST, DISCHARGE], [1, 1, 1, 1, 1, 1]),
        ([DISCHARGE, CHARGE, DISCHARGE], [1, 2, 2]),
        ([DISCHARGE, REST, DISCHARGE], []),
        ([CHARGE, HOLD], []),
    ],
)
def test_a_cycle_begins_with_a_charge_after_a_discharge(texts, numbers):
    assert cycle_numbers(steps(*texts)) == numbers


def test_charge_and_energy_of_a_cycle_are_those_of_its_steps():
    """Uneven steps: means weigh by charge, a hold belongs to the charge, a rest to nothing."""
    protocol = steps(CHARGE, HOLD, REST, DISCHARGE)
    taken = [(1, 30.0, 3.8), (1, 60.0, 4.0), (2, 10.0, 4.2), (3, -1e-14, 4.1), (4, -80.0, 3.5)]
    *none, row = rows_of(protocol, taken)
    assert none == [None] * 3
    charged = (30.0 * 3.8 + 60.0 * 4.0 + 10.0 * 4.2) / 100.0
    assert row == pytest.approx(
        {
            "Cycle": 1,
            "Charge capacity [mA.h.g-1]": 100.0,
            "Discharge capacity [mA.h.g-1]": 80.0,
            "Coulombic efficiency": 0.8,
            "Mean charge voltage [V]": charged,
            "Mean discharge voltage [V]": 3.5,
            "Polarisation [V]": charged - 3.5,
            "Energy efficiency": 80.0 * 3.5 / (100.0 * charged),
        },
        rel=1e-14,
    )


def test_every_cycle_starts_from_nothing_and_keeps_what_is_left_of_contact():
    taken = [(1, 100.0, 4.0), (2, -90.0, 3.5), (3, 85.0, 4.1), (4, -80.0, 3.4)]
    left = {"Contact fraction": 0.7, "Debonded fraction": 0.2, "Inactive capacity fraction": 0.1}
    first, second = (r for r in rows_of(steps(*[CHARGE, DISCHARGE] * 2), taken, **left) if r)
    assert (first["Cycle"], second["Cycle"]) == (1, 2)
    assert second["Charge capacity [mA.h.g-1]"] == pytest.approx(85.0)
    assert second["Polarisation [V]"] == pytest.approx(0.7)
    assert {name: second[name] for name in left} == left


def test_the_lowest_contact_is_that_within_the_cycle():
    cycles = Cycles(steps(CHARGE, DISCHARGE, CHARGE, DISCHARGE))
    rows = []
    for number, contact in enumerate((0.6, 0.9, 0.8, 0.95), 1):
        row = {"Step": number, "Discharge capacity [mA.h.g-1]": -(number % 2), "Voltage [V]": 3.0}
        cycles.add(row | {"Contact fraction": contact})
        rows.append(cycles.ended())
    assert [r["Minimum contact fraction"] for r in rows if r] == [0.6, 0.8]
    assert [r["Contact fraction"] for r in rows if r] == [0.9, 0.95]


def test_half_a_cycle_has_no_efficiency():
    """Not even one of zero, where a rest after the charge left round-off."""
    taken = [(1, 100.0, 4.0), (2, -90.0, 3.5), (3, 85.0, 4.1), (4, -1e-14, 4.0)]
    half = rows_of(steps(CHARGE, DISCHARGE, CHARGE, REST), taken)[-1]
    assert half["Charge capacity [mA.h.g-1]"] == pytest.approx(85.0)
    assert half["Discharge capacity [mA.h.g-1]"] == 0.0
    for name in ("Coulombic efficiency", "Energy efficiency", "Polarisation [V]"):
        assert math.isnan(half[name])


def test_a_discharge_beyond_where_the_cycle_began_has_no_efficiency():
    taken = [(1, 100.0, 4.0), (2, -105.0, 3.5), (3, 105.0, 4.1), (4, -105.0, 3.4)]
    first, second = (r for r in rows_of(steps(*[CHARGE, DISCHARGE] * 2), taken) if r)
    assert math.isnan(first["Coulombic efficiency"]) and math.isnan(first["Energy efficiency"])
    assert first["Polarisation [V]"] == pytest.approx(0.5)
    assert second["Coulombic efficiency"] == pytest.approx(1.0)


def test_a_cell_without_active_material_has_no_cycles():
    cycles = Cycles(steps(CHARGE, DISCHARGE))
    cycles.add({"Step": 2, "Voltage [V]": 0.1})
    assert cycles.ended() is None

"""What a report makes of numbers before it draws them: states, colours, shares, words."""

import numpy as np
import pytest

from ecmcell.report.drawing.labels import axis_label, duration, in_volts, number
from ecmcell.report.drawing.maps import colour_scale, has_both_signs, weighted_quantiles
from ecmcell.report.drawing.raster import Raster
from ecmcell.report.drawing.view import round_length
from ecmcell.report.sections.half_cycles import branches
from ecmcell.report.sections.interfaces import distribution_plate
from ecmcell.report.sections.tables import highlights
from ecmcell.report.states import _choice, row_at


def test_branches_count_capacity_from_their_own_start():
    series = {
        "Current density [mA.cm-2]": np.array([-1.0, -1.0, 0.0, 2.0, 2.0]),
        "Discharge capacity [mA.h.g-1]": -np.array([10.0, 20.0, 20.0, 15.0, 5.0]),
    }
    charge, discharge = branches(series)
    assert (charge.kind, discharge.kind) == ("Charge", "Discharge")
    assert charge.capacity.tolist() == [10.0, 20.0]
    assert discharge.capacity.tolist() == [5.0, 15.0]


def test_states_are_the_start_the_ends_of_steps_and_the_widest_gap():
    labels = ["start", "a: 25 %", "a: 50 %", "a: 75 %", "a: end", "b: 50 %", "b: end"]
    times = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert _choice(labels, times) == [0, 2, 4, 6]
    assert _choice(labels[:4], times[:4]) == [0, 1, 2, 3]
    assert _choice([f"{n}" for n in range(10)], list(range(10))) == [0, 2, 4, 9]
    assert _choice([f"{n}: end" for n in range(7)], times) == [0, 1, 3, 6]
    assert _choice([], []) == []


def test_a_voltage_of_nothing_has_no_minus():
    assert [in_volts(v) for v in (-1e-9, 1e-9, -0.0012, 3.7)] == [
        "0.000 V",
        "0.000 V",
        "−0.001 V",
        "3.700 V",
    ]


def test_row_of_a_state_is_the_last_one_up_to_its_time():
    series = {"Time [s]": np.array([1.0, 2.0, 3.0])}
    assert [row_at(series, time) for time in (0.0, 2.0, 2.5, 9.0)] == [None, 1, 1, 2]


def test_raster_is_exact_for_linear_fields_and_blank_outside():
    points = np.array([[0.0, 0.0], [2.0, 0.0], [2.0, 1.0], [0.0, 1.0], [1.0, 0.5]])
    triangles = np.array([[0, 1, 4], [1, 2, 4], [3, 0, 4]])  # the upper quarter is missing
    raster = Raster.of(points, triangles, 40)
    values = raster.from_points(3 * points[:, 0] - points[:, 1], triangles)
    x, y = np.meshgrid(raster.x, raster.y)
    hole = y > np.maximum(x / 2, 1 - x / 2) + 1e-9
    assert np.isnan(values[hole]).all()
    inside = y < np.maximum(x / 2, 1 - x / 2) - 1e-9
    np.testing.assert_allclose(values[inside], (3 * x - y)[inside], atol=1e-12)


def test_colours_ignore_a_corner_that_would_rule_them():
    values, areas = np.linspace(0, 1, 1001), np.ones(1001)
    assert colour_scale([values], areas, False).vmax == 1.0
    values[-1] = 500.0
    assert colour_scale([values], areas, False).vmax < 1.0
    centred = colour_scale([values - 0.2], areas, True)
    assert centred.vmin == -centred.vmax
    assert colour_scale([np.full(3, np.nan)], np.ones(3), False) is None


def test_round_off_has_no_sign():
    assert has_both_signs([np.array([-1.0, np.nan]), np.array([0.5])])
    assert not has_both_signs([np.array([-1e-9, 1.0])])
    assert not has_both_signs([np.array([-2.0, -1.0])])
    assert not has_both_signs([np.array([np.nan])])


def test_highlights_say_which_end_they_are():
    summary = {"extremes": {"Contact fraction": 0.5, "Maximum hydrostatic stress [MPa]": 7.0}}
    assert highlights(summary) == [
        ("Minimum contact fraction", "0.5"),
        ("Maximum hydrostatic stress (MPa)", "7"),
    ]


def test_quantiles_weigh_by_area():
    values, areas = np.array([1.0, 2.0, 3.0]), np.array([98.0, 1.0, 1.0])
    assert weighted_quantiles(values, areas, [0.5, 0.985, 1.0]).tolist() == [1.0, 2.0, 3.0]


def test_no_states_give_no_distribution():
    assert distribution_plate(np.empty(0), [], []) is None


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Capacity [mA.h.g-1]", "Capacity (mA h g$^{−1}$)"),
        ("Interface current density [mA.cm-2]", "Interface current density (mA cm$^{−2}$)"),
        ("Displacement [um]", "Displacement (µm)"),
        ("Hotspot factor", "Hotspot factor"),
    ],
)
def test_units_as_papers_write_them(name, label):
    assert axis_label(name) == label


def test_numbers_and_times_as_people_read_them():
    assert number(3.25e-11) == "3.25 × 10⁻¹¹"
    assert number(-0.51234) == "−0.5123"
    assert number(None) == "–"
    assert number(True) == "yes"
    assert [duration(s) for s in (12, 200, 7500)] == ["12 s", "3.33 min", "2 h 05 min"]


@pytest.mark.parametrize(("extent", "length"), [(80.0, 20.0), (60.0, 10.0), (9.0, 2.0)])
def test_scale_bar_is_round(extent, length):
    assert round_length(extent) == length

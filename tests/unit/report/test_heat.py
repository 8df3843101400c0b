"""The figure of a cell that warms up."""

import numpy as np

from ecmcell.columns import heat
from ecmcell.report.drawing.style import styled
from ecmcell.report.sections.heat import heat_plate

TIME = np.array([0.0, 10.0, 20.0])
SERIES = {
    "Time [s]": TIME,
    heat.TEMPERATURE.header: 298.15 + TIME,
    heat.GENERATION.header: 3.0 + TIME,
    heat.REVERSIBLE.header: -0.5 * TIME,
    heat.GIVEN_OFF.header: 2.0 * TIME,
}


def test_temperature_in_celsius_and_heat_are_drawn_where_the_cell_warms_up() -> None:
    with styled():
        plate = heat_plate(SERIES)
        assert plate is not None
        above, below = plate.figure.axes
        np.testing.assert_allclose(above.lines[0].get_ydata(), 25.0 + TIME)
        shown = {str(line.get_label()): line.get_ydata() for line in below.lines}
    assert sorted(shown) == ["generated", "of which reversible", "to the surroundings"]
    np.testing.assert_allclose(shown["generated"], 3.0 + TIME)
    np.testing.assert_allclose(shown["of which reversible"], -0.5 * TIME)
    np.testing.assert_allclose(shown["to the surroundings"], 2.0 * TIME)
    assert heat_plate({"Time [s]": TIME}) is None


def test_reversible_heat_that_is_not_known_is_not_drawn() -> None:
    with styled():
        plate = heat_plate(SERIES | {heat.REVERSIBLE.header: np.zeros(3)})
        assert plate is not None
        shown = [str(line.get_label()) for line in plate.figure.axes[1].lines]
    assert shown == ["generated", "to the surroundings"]

"""The figures of electrons that leak."""

import numpy as np

from ecmcell.output import StoredFields
from ecmcell.report.drawing.quantities import LITHIUM, QUANTITIES
from ecmcell.report.drawing.style import styled
from ecmcell.report.sections.leakage import leakage_plate
from ecmcell.report.sections.losses import COLOURS

TIME = np.array([0.0, 10.0, 20.0])
SERIES = {
    "Time [s]": TIME,
    "Leakage current density [mA.cm-2]": 1e-5 * TIME,
    "Maximum lithium chemical potential [mV]": TIME - 5.0,
    "Volume fraction above lithium": TIME / 40.0,
}


def test_leakage_is_drawn_where_there_is_any() -> None:
    with styled():
        plate = leakage_plate(SERIES)
        assert plate is not None
        shown = [axes.lines[0].get_ydata() for axes in plate.figure.axes]
    np.testing.assert_allclose(shown, [1e-5 * TIME, TIME - 5.0, 2.5 * TIME])
    assert leakage_plate({"Time [s]": TIME}) is None


def test_far_below_lithium_is_cut_off() -> None:
    """Else a cathode would take all colours: but never less than 10 mV are told apart."""
    (quantity,) = (q for q in QUANTITIES if q.name == "map_lithium_potential")

    def mapped(*values: float) -> list[float]:
        fields = StoredFields(0.0, "", {LITHIUM: np.array(values)}, {}, {})
        return quantity.take(None, fields).tolist()

    np.testing.assert_allclose(mapped(-4.0, -0.012, 0.02, np.nan), [-20.0, -12.0, 20.0, np.nan])
    np.testing.assert_allclose(mapped(-4.0, -0.003, 0.0), [-10.0, -3.0, 0.0])
    assert quantity.take(None, StoredFields(0.0, "", {}, {}, {})) is None


def test_every_loss_has_a_colour_of_its_own() -> None:
    assert len(set(COLOURS.values())) == len(COLOURS)

"""The figure of lithium on boundaries."""

import numpy as np

from ecmcell.report.drawing.style import styled
from ecmcell.report.sections.lithium_layers import layer_plates

TIME = np.array([0.0, 10.0, 20.0])


def series(**more: np.ndarray) -> dict[str, np.ndarray]:
    """A layer on the anode that is stripped."""
    columns = {
        "lithium thickness [um]": 3.0 - 0.1 * TIME,
        "minimum lithium thickness [um]": 2.0 - 0.1 * TIME,
        "maximum lithium thickness [um]": 4.0 - 0.1 * TIME,
        "hotspot factor": np.array([np.nan, 2.0, 3.0]),
        "current density of real contact [mA.cm-2]": np.array([0.0, 1.0, 9.0]),
    }
    return {"Time [s]": TIME} | {f"Anode {k}": v for k, v in columns.items()} | more


def test_a_plate_for_each_boundary_that_has_a_layer() -> None:
    with styled():
        (plate,) = layer_plates(series())
    assert plate.name == "anode_lithium"
    assert plate.figure.axes[0].get_ylabel() == "Lithium (µm)"
    assert not layer_plates({"Time [s]": TIME})


def test_voids_and_coverage_are_drawn_where_there_are_any() -> None:
    fractions = {
        "Anode lithium coverage": 1.0 - 0.05 * TIME,
        "Anode contact beside voids": 1.0 - 0.01 * TIME,
        "Anode voids [um]": 0.01 * TIME,
        "Anode maximum voids [um]": 0.02 * TIME,
    }
    with styled():
        (plate,) = layer_plates(series(**fractions))
        (bare,) = layer_plates(series())
    assert len(plate.figure.axes[1].lines) == 3
    assert len(bare.figure.axes[1].lines) == 0


def test_current_of_contact_at_rest_is_left_out() -> None:
    with styled():
        (plate,) = layer_plates(series())
    real = plate.figure.axes[2].lines[1].get_ydata()
    assert np.isnan(real[0]) and real[2] == 9.0

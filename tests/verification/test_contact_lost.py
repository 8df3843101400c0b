"""What a protocol makes of a cell in which all contact is lost."""

import numpy as np
import pytest
from mpi4py import MPI

from pulling import pulling_case, run

# The gap grows to 25 nm when the layers part, within some seconds.
_PARTING = {"contact_gap": "10 nm", "viscosity": "1 s"}
_STEPS = {"min_step": "10 us", "damage_tolerance": 0.1}


def test_a_current_ends_with_the_contact_and_a_rest_goes_on(comm: MPI.Comm) -> None:
    """Without contact no step can begin that asks for a current; at rest no voltage is defined."""
    protocol = ["Charge at 1C for 15 minutes", "Rest for 10 minutes", "Discharge at 1C for 1 hour"]
    found = run(pulling_case(protocol, _STEPS, **_PARTING), comm)
    assert found.ends == ["contact lost", "duration", "contact lost"]
    is_open = np.isnan([r["Voltage [V]"] for r in found.rows])
    contact, current, length = (
        np.array([r[name] for r in found.rows])
        for name in ("Contact fraction", "Current density [mA.cm-2]", "length")
    )
    assert length[is_open].sum() == pytest.approx(600.0, abs=0.1)
    assert contact[is_open].max() < 1e-4
    assert np.abs(current[is_open]).max() <= 1e-12
    assert np.diff(is_open).sum() == 1  # once lost it stays so
    for name in ("Charge", "Lithium"):
        assert max(r[f"{name} balance error"] for r in found.rows) <= 1e-8


def test_a_cut_off_comes_before_the_loss(comm: MPI.Comm) -> None:
    """As the last contact goes the voltage rises past any cut-off; the rest goes on without one."""
    protocol = ["Charge at 1C until 4.3 V", "Rest for 1 minute", "Hold at 4 V for 1 hour"]
    found = run(pulling_case(protocol, _STEPS, **_PARTING), comm)
    assert found.ends == ["cut-off", "duration", "contact lost"]
    last = max(k for k, r in enumerate(found.rows) if r["Contact fraction"] > 0.0)
    assert found.rows[last]["Voltage [V]"] == pytest.approx(4.3, abs=1e-3)
    assert np.isnan(found.rows[-1]["Voltage [V]"])

"""Cycles and fields of interfaces that part, against the series of the same run."""

import numpy as np
import pytest
from tests.verification.test_runs import PROGRAM, launch, write_case

from cells import composite_interfaces
from ecmcell.microstructure.mesh.simplices import sizes
from ecmcell.output import StoredRun

CYCLE = ["Charge at 1C for 2 minutes", "Rest for 30 s", "Discharge at 1C for 2 minutes"]


@pytest.fixture(scope="module", params=[1, pytest.param(2, marks=pytest.mark.long)])
def run(request, tmp_path_factory) -> StoredRun:
    """Two cycles and a half of a composite whose particles part, on one rank and on two."""
    path = tmp_path_factory.mktemp("cycles")
    interfaces = composite_interfaces()
    cohesion = {
        "mode_i_fracture_energy": "2e-3 J/m^2",
        "viscosity": "10 s",
        "contact_gap": "0.3 nm",
    }
    interfaces["active|catholyte"] |= {"strength": "2 MPa", "cohesion": cohesion}
    protocol = [{"repeat": 2, "steps": CYCLE}, CYCLE[0]]
    case = write_case(path, interfaces=interfaces, protocol=protocol)
    done = launch(request.param, "-c", PROGRAM, case, path / "run")
    assert done.returncode == 0, done.stderr
    return StoredRun(path / "run")


def test_cycles_are_the_sums_of_their_steps(run: StoredRun) -> None:
    """Charge is current times step; the voltage is that at the end of the step."""
    series, cycles = run.series, run.cycles
    passed = np.diff(series["Discharge capacity [mA.h.g-1]"], prepend=0.0)
    cycle = (series["Step"] - 1) // len(CYCLE) + 1
    np.testing.assert_array_equal(cycles["Cycle"], [1, 2, 3])
    for row, number in enumerate(cycles["Cycle"]):
        for way, sign in (("charge", -1), ("discharge", 1)):
            here = (cycle == number) & (sign * series["Current density [mA.cm-2]"] > 0.01)
            charge = np.abs(passed[here])
            capacity = cycles[f"{way.capitalize()} capacity [mA.h.g-1]"][row]
            assert capacity == pytest.approx(charge.sum(), rel=1e-12)
            if charge.any():
                mean = charge @ series["Voltage [V]"][here] / charge.sum()
                assert cycles[f"Mean {way} voltage [V]"][row] == pytest.approx(mean, rel=1e-12)
        last = np.flatnonzero(cycle == number)[-1]
        for name in ("Contact fraction", "Debonded fraction", "Inactive capacity fraction"):
            assert cycles[name][row] == series[name][last]
    np.testing.assert_allclose(cycles["Coulombic efficiency"], [1.0, 1.0, np.nan], rtol=1e-9)
    assert cycles["Polarisation [V]"][0] > 0.0


def test_means_of_the_fields_are_those_of_the_series(run: StoredRun) -> None:
    """Over all facets, at every stored state; the interfaces have opened."""
    mesh, series = run.mesh, run.series
    assert mesh is not None
    length = sizes(mesh.interface_points, mesh.interface_facets)
    for state, (time, _) in enumerate(run.states):
        row = np.flatnonzero(np.isclose(series["Time [s]"], time, rtol=1e-9))[-1]
        for field, name in (("Damage", "Debonded"), ("Contact factor", "Contact")):
            values = run.field(state, "interface", field)
            mean = np.average(values, weights=length)
            assert mean == pytest.approx(series[f"{name} fraction"][row], abs=1e-9)
        opening = run.field(state, "interface", "Opening [um]")
        assert 0.0 <= opening.min() and opening.max() <= series["Maximum opening [um]"][row] + 1e-12
    assert series["Debonded fraction"][-1] > 0.1
    assert series["Contact fraction"].min() < 0.9

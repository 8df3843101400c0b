"""Cells with a polymer electrolyte: balances, the limit of single ions, and PyBaMM's cell."""

from collections.abc import Callable

import numpy as np
import pytest
from mpi4py import MPI

from cells import (
    LITHIUM,
    active,
    composite_interfaces,
    composite_phases,
    drive,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case.materials import Material, needed
from ecmcell.case.materials.salt import SaltCurve
from ecmcell.case.schema import Case
from ecmcell.evaluation.observables import Observables
from ecmcell.numerics.system.curves import ClampedTable
from ecmcell.numerics.system.curves import Table as Curve
from ecmcell.simulation.cell import Cell
from meshes import composite, layers
from record import Verify

Voltage = Callable[[np.ndarray], np.ndarray]


def soaked(**overrides: object) -> Case:
    """The composite of other tests with PEO-LiTFSI for its electrolytes, at 85 degC."""
    phases = composite_phases()
    for name in ("catholyte", "separator"):
        kept = phases[name].get("overrides", {})
        phases[name] = {"material": "PEO-LiTFSI", "overrides": kept | overrides}
    return make_case(
        phases,
        interfaces=composite_interfaces(),
        boundaries={"anode": LITHIUM, "collector": {"contact_resistance": "1e-2 ohm*cm^2"}},
        physics={"mechanics": True},
        cell={"temperature": "85 degC", "stack_pressure": "0.5 MPa"},
        solver={"newton_tolerance": 1e-12},
        protocol=["Charge at 1C until 4.2 V"],
    )


def made(case: Case, comm: MPI.Comm) -> Cell:
    cell = make_cell(case, composite() if comm.rank == 0 else None, comm)
    cell.initialise()
    return cell


@pytest.mark.mpi
@pytest.mark.reference("Balances", "conservation of charge, of lithium and of anions")
def test_nothing_is_lost_with_a_salt(comm: MPI.Comm, verify: Verify) -> None:
    """Stress in flux and kinetics, films and an additive beside the salt."""
    cell = made(soaked(), comm)
    observables, position = Observables(cell), cell.state.accumulators
    rate = cell.capacity / 3600.0
    errors: dict[str, list[float]] = {}
    for current, step in ((-rate, 5.0), (-rate, 60.0), (0.3 * rate, 20.0), (2.0 * rate, 20.0)):
        drive(cell, current, step)
        position["charge"] += current * step
        position["throughput"] += abs(current) * step
        row = observables.row()
        for name in ("Charge", "Lithium", "Salt"):
            errors.setdefault(f"{name} balance error", []).append(row[f"{name} balance error"])
        losses = sum(value for name, value in row.items() if name.endswith("loss [V]"))
        sums = row["Mean open-circuit voltage [V]"] - losses - row["Voltage [V]"]
        errors.setdefault("open-circuit voltage less all losses less voltage, V", []).append(sums)
        assert row["Salt concentration loss [V]"] != 0.0
        assert row["Minimum salt concentration [mol.m-3]"] < 1000.0
        assert row["Maximum salt concentration [mol.m-3]"] > 1000.0
    for what, found in errors.items():
        verify(f"Composite in PEO-LiTFSI, {what}", np.abs(found), 0.0, 1e-8)


@pytest.mark.reference("Salt", "a single-ion conductor of the same conductivity")
def test_salt_without_moving_anions_is_a_single_ion(comm: MPI.Comm, verify: Verify) -> None:
    """With a transference number of 1 nothing differs, whatever the diffusivity of the salt."""
    salted = made(soaked(cation_transference=1.0), comm)
    case = soaked()
    plain = {
        name: {"value": "0.0735 S/m", "assumed": "test", "temperature": "85 degC"}
        for name in ("ionic_conductivity",)
    }
    phases = composite_phases()
    for name in ("catholyte", "separator"):
        kept = phases[name].get("overrides", {})
        phases[name] = {
            "material": {
                "name": "test",
                "kind": "electrolyte",
                "formula": "X",
                "youngs_modulus": {"value": "5 MPa", "assumed": "test"},
                "poisson_ratio": {"value": "0.45", "assumed": "test"},
            }
            | plain,
            "overrides": kept,
        }
    tables = {
        name: getattr(case, name).model_dump(mode="json", exclude_none=True)
        for name in ("boundaries", "physics", "cell", "solver")
    }
    alone = made(make_case(phases, interfaces=composite_interfaces(), **tables), comm)
    assert not alone.state.salt
    differences = []
    for cell in (salted, alone):
        rate = cell.capacity / 3600.0
        for current, step in ((-rate, 60.0), (2.0 * rate, 20.0)):
            drive(cell, current, step)
        differences.append(cell.state.voltage.value)
    title = "Composite, salt with a transference number of 1: difference of the voltage, V"
    verify(title, differences[0] - differences[1], 0.0, 1e-9)
    uneven = max(np.abs(s.x.array - 1.0).max(initial=0.0) for s in salted.state.salt.values())
    assert salted.domain.max(uneven) < 1e-10


# PyBaMM's cell: lithium, a polymer, and an electrode so thin that only its face matters.

LENGTH, HOST, DENSITY = 20.0, 1.0, 25.0  # um, um, pA/um2
SITES, THIN = 1e5, 0.2  # amol/um3, um


def planar() -> Case:
    host = active(
        maximum_concentration=f"{SITES} mol/m^3",
        diffusivity="1e-8 m^2/s",
        electronic_conductivity="1e4 S/m",
    )
    return make_case(
        {"separator": {"material": "PEO-LiTFSI"}, "active": host},
        interfaces={"active|separator": kinetics(exchange_current_density="5 A/m^2")},
        cell={"temperature": "85 degC"},
        protocol=["Discharge at 2.5 mA/cm2 for 100 s"],
    )


def half_cell(material: Material, host: Material) -> Voltage:
    """Voltage in V of PyBaMM's Doyle-Fuller-Newman model of that cell at times in s."""
    import pybamm

    c = np.linspace(1.0, 3000.0, 300)

    def over(curve: SaltCurve | None, scale: float) -> Callable:
        table = ClampedTable(needed(curve).concentration, needed(curve).value)
        known = scale * table(c) / (1.0 if scale == 1.0 else table(1000.0))
        return lambda c_e, temperature: pybamm.Interpolant(c, known, c_e, interpolator="cubic")

    ocv = needed(host.open_circuit_voltage)
    x = np.linspace(0.0, 1.0, 101)
    u = Curve(ocv.stoichiometry, ocv.value)(x)
    conductivity = over(material.conductivity_over_salt, 0.0735)
    diffusivity = over(material.salt_diffusivity_over_salt, 5.32e-12)
    transference = over(material.cation_transference, 1.0)
    values = pybamm.ParameterValues("Xu2019")
    sites = SITES * HOST / (0.5 * THIN)
    values.update(
        {
            "Ambient temperature [K]": 358.15,
            "Initial temperature [K]": 358.15,
            "Reference temperature [K]": 358.15,
            "Current function [A]": DENSITY,
            "Lower voltage cut-off [V]": 2.0,
            "Electrode height [m]": 1.0,
            "Electrode width [m]": 1.0,
            "Number of electrodes connected in parallel to make a cell": 1,
            "Separator thickness [m]": LENGTH * 1e-6,
            "Separator porosity": 1.0,
            "Separator Bruggeman coefficient (electrolyte)": 1.0,
            "Positive electrode thickness [m]": THIN * 1e-6,
            "Positive electrode active material volume fraction": 0.5,
            "Positive electrode porosity": 0.5,
            "Positive electrode Bruggeman coefficient (electrolyte)": 1.0,
            "Positive electrode conductivity [S.m-1]": 1e3,
            "Positive particle radius [m]": 1.5 * THIN * 1e-6,  # its area is that of the cell
            "Positive particle diffusivity [m2.s-1]": 1e-11,
            "Maximum concentration in positive electrode [mol.m-3]": sites,
            "Initial concentration in positive electrode [mol.m-3]": 0.5 * sites,
            "Positive electrode OCP [V]": lambda s: pybamm.Interpolant(x, u, s),
            "Positive electrode OCP entropic change [V.K-1]": 0.0,
            "Positive electrode exchange-current density [A.m-2]": (
                lambda c_e, c, largest, _: (
                    10.0 * (c_e / 1000.0 * c / largest * (1.0 - c / largest)) ** 0.5
                )
            ),
            "Exchange-current density for lithium metal electrode [A.m-2]": (
                lambda c_e, _, __: 10.0 * (c_e / 1000.0) ** 0.5
            ),
            "Initial concentration in electrolyte [mol.m-3]": 1000.0,
            "Electrolyte conductivity [S.m-1]": conductivity,
            "Electrolyte diffusivity [m2.s-1]": diffusivity,
            "Cation transference number": transference,
            "Thermodynamic factor": 1.0,
        }
    )
    model = pybamm.lithium_ion.DFN({"working electrode": "positive"})
    simulation = pybamm.Simulation(
        model,
        parameter_values=values,
        solver=pybamm.IDAKLUSolver(rtol=1e-6, atol=1e-6),
        var_pts=model.default_var_pts | {"x_s": 200, "x_p": 5, "r_p": 5},
    )
    return simulation.solve([0.0, 100.0])["Voltage [V]"]


@pytest.mark.reference(
    "Salt",
    "PyBaMM's Doyle-Fuller-Newman model: Sulzer et al. 2021, doi:10.5334/jors.309; "
    "Marquis et al. 2019, doi:10.1149/2.0341915jes",
)
def test_discharge_like_pybamm(
    comm: MPI.Comm, verify: Verify, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Salt, kinetics that go with it, and ohmic losses, all with the data of PEO-LiTFSI."""
    monkeypatch.setenv("PYBAMM_DISABLE_TELEMETRY", "true")
    case = planar()
    expected = half_cell(case.phases["separator"].material, case.phases["active"].material)
    mesh = layers(2, {"separator": LENGTH, "active": HOST}, [40, 2], 1)
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    time, difference = 0.0, []
    for step in np.geomspace(0.01, 2.0, 200):
        drive(cell, DENSITY * cell.area, float(step))
        time += float(step)
        if time > 100.0:
            break
        difference.append(cell.state.voltage.value - float(expected(time)))
    title = "Lithium, PEO-LiTFSI, flat host at 2.5 mA/cm²: difference of the voltage in mV"
    verify(title, 1e3 * np.abs(difference), 0.0, 1.0, "40")

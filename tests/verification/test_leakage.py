"""Electrons that leak through electrolytes: profiles, self-discharge, and what stays conserved."""

from itertools import pairwise
from math import asinh

import numpy as np
import pytest
from mpi4py import MPI
from scipy.integrate import solve_ivp

from cells import (
    LITHIUM,
    TEMPERATURE,
    THERMAL_VOLTAGE,
    Table,
    active,
    composite_interfaces,
    drive,
    electrolyte,
    kinetics,
    make_case,
    make_cell,
)
from ecmcell.case.schema import Case
from ecmcell.columns import fields
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.processes.reactions.electronic_contacts import ElectronicContacts
from ecmcell.processes.reactions.leakage import Leakage
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import ProtocolDriver
from meshes import composite, grid, layers
from record import Verify

# ohm cm2; 1e-4 times that in V um2/pA
CONTACT = 10.0
LEAKY = LITHIUM | {"electronic_resistance": f"{CONTACT} ohm*cm^2"}
LEAKS = {"mechanics": False, "leakage": True}
PLATING = 10.0  # pA/um2, 1 mA/cm2
CHARGE = ["Charge at 1 mA/cm2 for 1 minute"]


def leaky(ions: float, electrons: float, **properties: object) -> Table:
    """An electrolyte of these conductivities in pA/(V um)."""
    leaking = {"electronic_conductivity": f"{electrons * 1e-6} S/m"}
    return electrolyte(f"{ions * 1e-6} S/m", **(properties | leaking))


def eta(ions: float) -> float:
    """Overpotential of either electrode in V at a current density of ions in pA/um2."""
    return 2.0 * THERMAL_VOLTAGE * asinh(ions / 20.0)


def shared(ionic: float, electronic: float) -> tuple[float, float, float]:
    """Current densities of ions and electrons in pA/um2 that make up that of the cell; its voltage.

    Args:
        ionic: Areal resistance of the electrolyte in V um2/pA, beside its two electrodes.
        electronic: The same for electrons, with all contacts.
    """
    leaking = 0.0
    for _ in range(50):
        ions = PLATING - leaking
        voltage = 2.0 * eta(ions) + ions * ionic
        leaking = voltage / electronic
    return ions, leaking, voltage


def membrane(phases: dict[str, Table], **tables: object) -> Case:
    """Layers between two lithium electrodes that leak."""
    names = list(phases)
    usual: Table = {
        "interfaces": {f"{a}|{b}": {"bonded": True} for a, b in pairwise(names)},
        "boundaries": {"anode": LEAKY, "collector": LEAKY},
        "protocol": CHARGE,
        "physics": LEAKS,
    }
    return make_case(phases, **(usual | tables))


def charged(case: Case, mesh, comm: MPI.Comm) -> tuple[Cell, Observables]:
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    observables = Observables(cell)
    drive(cell, -PLATING * cell.area, 60.0)
    return cell, observables


def profile(cell: Cell, observables: Observables, name: str) -> tuple[np.ndarray, np.ndarray]:
    """A field on rank 0 with the places along the stack, where it is known."""
    maps = Maps(cell, observables)
    mesh, values = maps.mesh(), maps.point_fields()[name]
    if mesh is None:
        return np.zeros(0), np.zeros(0)
    known = np.isfinite(values)
    return mesh.points[known, 0], values[known]


@pytest.mark.reference("Leakage", "linear potentials in a uniform membrane, exact")
@pytest.mark.parametrize("dim", [2, 3])
def test_uniform_membrane(comm: MPI.Comm, verify: Verify, dim: int) -> None:
    """Lithium's potential falls from +eta where it plates to -eta where it is stripped.

    How much leaks does not matter for it, but for the drop at the contacts.
    """
    length, ions, electrons = 10.0, 1e4, 0.1
    cell, observables = charged(
        membrane({"solid": leaky(ions, electrons)}), layers(dim, {"solid": length}, [6]), comm
    )
    passing, leaking, voltage = shared(length / ions, length / electrons + 2e-4 * CONTACT)
    row = observables.row()
    title = f"Uniform membrane, {dim}D: "
    verify(title + "voltage, V", row["Voltage [V]"], voltage, 1e-10)
    verify(
        title + "leakage current density, mA/cm2",
        row["Leakage current density [mA.cm-2]"],
        0.1 * leaking,
        1e-8,
    )
    verify(
        title + "highest potential of lithium, mV",
        row["Maximum lithium chemical potential [mV]"],
        1e3 * (eta(passing) - 1e-4 * CONTACT * leaking),
        1e-9,
    )
    assert row["Maximum lithium chemical potential x [um]"] == pytest.approx(0.0, abs=1e-12)
    verify(title + "share above lithium", row["Volume fraction above lithium"], 0.5, 1e-3)
    x, found = profile(cell, observables, fields.LITHIUM.header)
    exact = eta(passing) + passing * x / ions - leaking * (1e-4 * CONTACT + x / electrons)
    assert np.abs(found - exact).max(initial=0.0) <= 1e-11
    assert row["Charge balance error"] <= 1e-10
    losses = sum(value for name, value in row.items() if name.endswith("loss [V]"))
    assert losses == pytest.approx(-voltage, abs=1e-10)


@pytest.mark.mpi
@pytest.mark.reference("Leakage", "maximum between two layers, exact")
@pytest.mark.parametrize("far", [1e-3, 0.0])
def test_highest_between_two_layers(comm: MPI.Comm, verify: Verify, far: float) -> None:
    """Where a layer that leaks meets one that leaks less, lithium's potential is highest.

    With one that does not leak at all, the first is at the potential of the anode.
    """
    near, ions = 1.0, (500.0, 2000.0)
    phases = {"leaking": leaky(ions[0], near), "tight": leaky(ions[1], far)}
    if not far:
        phases["tight"] = electrolyte(f"{ions[1] * 1e-6} S/m")
    lengths = {"leaking": 4.0, "tight": 6.0}
    _, observables = charged(membrane(phases), layers(2, lengths, [4, 24]), comm)
    electronic = 4.0 / near + 6.0 / far + 2e-4 * CONTACT if far else np.inf
    passing, leaking, _ = shared(4.0 / ions[0] + 6.0 / ions[1], electronic)
    highest = eta(passing) + passing * 4.0 / ions[0] - leaking * (4.0 / near + 1e-4 * CONTACT)
    row = observables.row()
    title = f"Two layers, {'the far one leaks less' if far else 'the far one tight'}: "
    found = row["Maximum lithium chemical potential [mV]"]
    verify(title + "highest potential of lithium, mV", found, 1e3 * highest, 1e-8)
    assert row["Maximum lithium chemical potential x [um]"] == pytest.approx(4.0)
    assert row["Leakage current density [mA.cm-2]"] == pytest.approx(
        0.1 * leaking, rel=1e-7, abs=1e-13
    )
    fraction = 1.0
    if far:
        slope = passing / ions[1] - leaking / far
        fraction = (4.0 - highest / slope) / 10.0
    verify(title + "share above lithium", row["Volume fraction above lithium"], fraction, 5e-3)
    assert row["Charge balance error"] <= 1e-10


@pytest.mark.mpi
@pytest.mark.reference("Leakage", "resistances in series, exact")
def test_leak_across_grain_boundaries(comm: MPI.Comm, verify: Verify) -> None:
    """Boundaries between grains hold electrons up by their own resistance."""
    boundary = {"ionic_resistance": "10 ohm*cm^2", "electronic_resistance": "1e6 ohm*cm^2"}
    x = np.linspace(0.0, 6.0, 7)
    mesh = grid(
        [x, x[:3]], dict.fromkeys(range(3), "grain"), lambda at: (at[:, 0] // 2).astype(int)
    )
    case = membrane({"grain": leaky(1e4, 0.1)}, interfaces={"grain|grain": boundary})
    _, observables = charged(case, mesh, comm)
    electronic = 6.0 / 0.1 + 200.0 + 2e-4 * CONTACT
    _, leaking, voltage = shared(6.0 / 1e4 + 2e-3, electronic)
    row = observables.row()
    verify("Three grains: voltage, V", row["Voltage [V]"], voltage, 1e-9)
    found = row["Leakage current density [mA.cm-2]"]
    verify("Three grains: leakage current density, mA/cm2", found, 0.1 * leaking, 1e-8)


@pytest.mark.mpi
@pytest.mark.reference("Leakage", "lithium that is meshed and lithium that is a boundary, exact")
def test_leak_through_meshed_lithium(comm: MPI.Comm, verify: Verify) -> None:
    """Electrons pass a meshed foil as they pass an electrode that is a boundary."""
    foil = {"material": "Li", "plasticity": "none"}
    reacts = {"exchange_current_density": "10 A/m^2", "electronic_resistance": "10 ohm*cm^2"}
    case = membrane(
        {"foil": foil, "solid": leaky(1e4, 0.1)},
        interfaces={"foil|solid": reacts},
        boundaries={"anode": {}, "collector": LEAKY},
    )
    _, observables = charged(case, layers(2, {"foil": 2.0, "solid": 10.0}, [2, 6]), comm)
    _, leaking, _ = shared(10.0 / 1e4, 100.0 + 2e-4 * CONTACT)
    found = observables.row()["Leakage current density [mA.cm-2]"]
    verify("Meshed lithium: leakage current density, mA/cm2", found, 0.1 * leaking, 1e-8)


def half_cell(**physics: object) -> Case:
    """Active material in which lithium spreads at once, behind an electrolyte that leaks."""
    return make_case(
        {"solid": leaky(1e4, 1.0), "host": active(0.3, diffusivity="1e-11 m^2/s")},
        interfaces={"host|solid": kinetics(electronic_resistance=f"{CONTACT} ohm*cm^2")},
        boundaries={"anode": LEAKY, "collector": {}},
        protocol=["Rest for 1 hour"],
        physics={"mechanics": False} | physics,
        time={"max_step": "1 hour"},
    )


@pytest.mark.mpi
@pytest.mark.reference(
    "Leakage", "self-discharge of a cell at rest, ordinary differential equation"
)
def test_self_discharge(comm: MPI.Comm, verify: Verify) -> None:
    """The voltage of a cell at rest falls as its electrolyte discharges it.

    Charge and lithium are balanced in every step; with steps of half the length half the error.
    """
    resistance = 10.0 / 1.0 + 2e-4 * CONTACT
    sites = 96485.33 * 50000.0 * 1e-6  # pC/um2 of a host of 1 um

    def leaking(x: float) -> float:
        current = 4.0 / resistance
        for _ in range(30):
            exchange = 2.0 * 1.0 * (x * (1.0 - x)) ** 0.5
            lost = current * 10.0 / 1e4 + 2.0 * THERMAL_VOLTAGE * (
                asinh(current / (2.0 * exchange)) + asinh(current / 20.0)
            )
            # The electrons see the potential of the host, which its electrolyte side lowers.
            current = (4.5 - x - lost) / resistance
        return current

    end = 2000.0
    known = solve_ivp(lambda _, x: [leaking(x[0]) / sites], (0, end), [0.3], rtol=1e-9, atol=1e-12)
    exact = leaking(known.y[0, -1]) * resistance
    errors = []
    for count in (10, 20):
        mesh = layers(2, {"solid": 10.0, "host": 1.0}, [4, 2])
        cell = make_cell(half_cell(leakage=True), mesh, comm)
        cell.initialise()
        observables = Observables(cell)
        first = observables.probes.inventory.charge
        leaked = 0.0
        for _ in range(count):
            drive(cell, 0.0, end / count)
            leaked += cell.leaking * end / count
            row = observables.row()
            assert row["Charge balance error"] <= 1e-10
            gained = observables.probes.inventory.charge - first
            assert gained == pytest.approx(leaked, rel=1e-8)
        errors.append(row["Voltage [V]"] - exact)
    verify("Self-discharge: voltage after 2000 s in 20 steps, V", row["Voltage [V]"], exact, 2e-3)
    verify("Self-discharge: order of the error", np.log2(errors[0] / errors[1]), 1.0, 0.1)


def test_run_counts_what_leaks(comm: MPI.Comm) -> None:
    """Charge that leaked joins the balance of lithium from the first step of a protocol on."""
    cell = make_cell(half_cell(leakage=True), layers(2, {"solid": 10.0, "host": 1.0}, [2, 2]), comm)
    observables = Observables(cell)
    rows = []

    class Callback:
        def step(self, accepted: object) -> None:
            rows.append(observables.row())

        def fields(self, label: str) -> None:
            pass

        def end_of_step(self, step: object, reason: str) -> None:
            pass

    cell.initialise()
    ProtocolDriver(cell, Callback()).run()
    assert rows[-1]["Leaked charge [mA.h.cm-2]"] > 0.01
    assert rows[-1]["Mean stoichiometry"] > 0.3
    for row in rows:
        assert row["Lithium balance error"] <= 1e-8
        assert row["Charge balance error"] <= 1e-8


@pytest.mark.mpi
@pytest.mark.reference("Leakage", "conservation of charge and of lithium")
def test_composite_that_leaks(comm: MPI.Comm, verify: Verify) -> None:
    """Electrons that leave the discs for the electrolyte arrive at the anode, and losses add up."""
    case = make_case(
        {
            "active": {"material": "NMC811", "initial_stoichiometry": 0.6},
            "catholyte": leaky(2e5, 10.0),
            "separator": leaky(2e5, 1.0),
        },
        interfaces=composite_interfaces(),
        boundaries={"anode": LEAKY, "collector": {"contact_resistance": "1 ohm*cm^2"}},
        physics=LEAKS,
        protocol=["Charge at 1C until 4.2 V"],
    )
    cell = make_cell(case, composite() if comm.rank == 0 else None, comm)
    cell.initialise()
    observables, domain = Observables(cell), cell.domain
    hops = domain.integral(cell.the(ElectronicContacts).total())
    direct = domain.integral(
        sum(
            cell.state.electronic_potential[b] / domain.constant(1e-4) * domain.ds(o)
            for b, region in cell.state.electronic_regions.items()
            for o in domain.boundaries
            if o.tag == "collector" and o.subdomain in region.subdomains
        )
    )
    current = -cell.capacity / 3600.0
    before = observables.probes.inventory.charge
    drive(cell, current, 30.0)
    row = observables.row()
    leaking = cell.leaking
    assert leaking > 1e-3 * abs(current)
    verify(
        "Composite: electrons that leave over those that arrive",
        (hops.value - direct.value) / leaking,
        1.0,
        1e-6,
    )
    gained = observables.probes.inventory.charge - before
    verify(
        "Composite: lithium gained over charge", gained / ((current + leaking) * 30.0), 1.0, 1e-9
    )
    assert row["Charge balance error"] <= 1e-9
    losses = sum(value for name, value in row.items() if name.endswith("loss [V]"))
    found = row["Mean open-circuit voltage [V]"] - losses
    verify("Composite: voltage from its losses, V", found, row["Voltage [V]"], 1e-7)


def test_nothing_leaks_when_off(comm: MPI.Comm) -> None:
    """Switched off, all that says how electrolytes leak changes no digit."""
    mesh = layers(2, {"solid": 10.0, "host": 1.0}, [4, 2])
    plain = make_case(
        {"solid": electrolyte("0.01 S/m"), "host": active(0.3, diffusivity="1e-11 m^2/s")},
        interfaces={"host|solid": kinetics()},
        protocol=["Rest for 1 hour"],
    )
    rows = []
    for case in (plain, half_cell(leakage=False)):
        cell = make_cell(case, mesh, comm)
        cell.initialise()
        observables = Observables(cell)
        for current in (-PLATING, 0.0):
            drive(cell, current * cell.area, 20.0)
        rows.append(observables.row())
        assert not cell.state.electronic_potential
    assert rows[0] == pytest.approx(rows[1], rel=0, abs=0, nan_ok=True)


@pytest.mark.reference("Leakage", "law of Arrhenius")
def test_leakage_follows_temperature(comm: MPI.Comm, verify: Verify) -> None:
    """Electrons hop by the law of ions, sigma T = A exp(-Ea/RT)."""
    warm = TEMPERATURE + 30.0
    sigma = {"value": "1e-7 S/m", "temperature": f"{TEMPERATURE} K", "assumed": "test"}
    solid = electrolyte(
        "0.01 S/m", electronic_conductivity=sigma, electronic_activation_energy="0.5 eV"
    )
    case = membrane({"solid": solid}, cell={"temperature": f"{warm} K"})
    cell, observables = charged(case, layers(2, {"solid": 10.0}, [4]), comm)
    row = observables.row()
    factor = np.exp(-0.5 * 11604.518 * (1.0 / warm - 1.0 / TEMPERATURE)) * TEMPERATURE / warm
    exact = 0.1 * row["Voltage [V]"] / (10.0 / (0.1 * factor) + 2e-4 * CONTACT)
    verify("leakage at 55 degC, mA/cm2", row["Leakage current density [mA.cm-2]"], exact, 1e-6)
    _, found = profile(cell, observables, fields.LEAKED.header)
    assert np.all((found >= 0.0) & (found <= row["Voltage [V]"]))


@pytest.mark.mpi
@pytest.mark.reference("Leakage", "conservation of electrons beside lithium in a crack")
def test_lithium_in_a_crack_takes_electrons(comm: MPI.Comm, verify: Verify) -> None:
    """Electrons leave for the lithium in a crack as for the anode, and none is lost."""
    flaw = {"begin": ["0 um", "3 um"], "end": ["3 um", "3 um"]}
    cracking = {"fracture_energy": "100 J/m^2", "regularisation_length": "0.5 um", "flaws": [flaw]}
    case = membrane(
        {
            "solid": leaky(1e4, 0.1, youngs_modulus="20 GPa", poisson_ratio=0.2)
            | {"cracking": cracking}
        },
        boundaries={"anode": LEAKY | {"filled_cracks": {}}, "collector": LEAKY},
        physics={"leakage": True},
        protocol=["Charge at 1 mA/cm2 for 1 s"],
    )
    axis = np.linspace(0.0, 6.0, 26)  # an odd number of rows has one in the middle
    cell = make_cell(case, grid([axis, axis], {0: "solid"}), comm)
    cell.initialise()
    observables, leaks = Observables(cell), cell.the(Leakage).members
    far = [leak for leak in leaks if leak.tag == "collector"]
    inside = [leak for leak in leaks if leak.measure.integral_type() == "cell"]
    through = [cell.domain.integral(sum(k.current * k.measure for k in ks)) for ks in (far, inside)]
    for _ in range(2):
        drive(cell, -PLATING * cell.area, 1.0)
        cell.end_step()
    row = observables.row()
    leaving, into_crack = (abs(integral.value) for integral in through)
    title = "Flaw half across: "
    verify(
        title + "electrons that arrive over those that leave",
        cell.leaking / leaving,
        1.0,
        1e-7,
    )
    assert into_crack > 0.3 * leaving
    assert row["Charge balance error"] <= 1e-8

"""Rough faces of lithium: the current and the stress along a wave, and peaks that alone touch."""

from dataclasses import replace

import numpy as np
import pytest
from mpi4py import MPI
from tests.verification.test_elasticity import (
    POISSON,
    YOUNG,
    diagonal,
    distance,
    strain_freely,
    swelling_case,
)
from tests.verification.test_hotspots import FAST, KAPPA, RESISTANCE, driven

from cells import (
    HELD,
    LITHIUM,
    LOOSE,
    Stack,
    drive,
    electrolyte,
    make_case,
    make_cell,
)
from ecmcell.errors import InputError
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.processes.build_domain import divide
from ecmcell.processes.deformation import platens
from ecmcell.processes.deformation.equilibrium import Mechanics
from meshes import layers
from record import Verify


def wavy(amplitude: float, cells: int) -> MeshData:
    """Half a wave of 4 um on 3 um of electrolyte."""
    recipe = {
        "recipe": "layered",
        "dimension": 2,
        "width": "2 um",
        "size": f"{2.0 / cells} um",
        "layers": [
            {
                "phase": "matrix",
                "thickness": "3 um",
                "size": f"{2.0 / cells} um",
                "roughness": {"profile": "wave", "height": f"{amplitude} um", "length": "4 um"},
            }
        ],
    }
    return RECIPES["layered"].model_validate(recipe).build(seed=1)


def along_wave(amplitude: float) -> tuple[float, float]:
    """Conductance over that of the flat slab, and maximum current density over the mean.

    The potential is a straight line and sum a_n sinh(n k (L-x)) cos(n k y), which vanishes on the
    face; that converges while k A < 0.448 (Petit and Cadilhac 1966).
    """
    k, length, count = np.pi / 2.0, 3.0, 12
    y = np.linspace(0.0, 2.0, 400)
    face = -amplitude * np.cos(k * y)
    n = k * np.arange(1, count)
    decay = np.exp(-np.outer(face, n)) * (1 - np.exp(-2 * np.outer(length - face, n)))
    columns = np.column_stack([(length - face) / length, decay * np.cos(np.outer(y, n))])
    a = np.linalg.lstsq(columns, np.ones_like(y), rcond=None)[0]
    # the valley, at y = 2, carries most; phi = 1 - columns @ a
    valley, sign = amplitude, np.cos(2.0 * n)
    slope = np.exp(-valley * n) * (1 + np.exp(-2 * (length - valley) * n)) * n * sign
    mean = a[0] / length
    return float(a[0]), float((mean + slope @ a[1:]) / mean)


@pytest.mark.reference("Constriction", "wavy electrode, perturbation to second order, exact")
def test_wavy_electrode_by_amplitude(comm: MPI.Comm, verify: Verify) -> None:
    """The current goes as 1 - k A coth(k L) cos(k y), the conductance by 1 + A^2 k coth(k L)/(2 L).

    A peak of the electrolyte, at y = 0, carries less. What is left out falls with the square of
    the amplitude, relative to what is told.
    """
    k, length = np.pi / 2.0, 3.0
    waves, gains = [], []
    for amplitude in (0.24, 0.12, 0.06):
        cell, observables = driven(wavy(amplitude, 64), None, FAST, comm)
        row = observables.row()
        (boundary,) = (o for o in cell.domain.boundaries if o.tag == "anode")
        (average,) = (
            a for f, a in observables.probes.electrode_currents.items() if f.face is boundary
        )
        (region,) = cell.domain.bodies.values()
        points = region.scalars.tabulate_dof_coordinates()[: len(average.owned_weight)]
        charge = average.owned() * average.owned_weight
        wave = cell.domain.total(float(charge @ np.cos(k * points[:, 1])))
        waves.append(2.0 * wave / cell.domain.total(float(charge.sum())) / (k * amplitude))
        loss = abs(row["Ionic ohmic loss [V]"]) / 0.1
        gains.append((length / KAPPA / loss - 1.0) / amplitude**2)
    title = "Wave of 4 um on 3 um, amplitude 0.24, 0.12, 0.06 um: "
    coth = 1.0 / np.tanh(k * length)
    verify(title + "first wave of the current over k A", waves, -coth, 0.01, "64", 1.8)
    gain = k * coth / (2.0 * length)
    verify(title + "gain in conductance over A^2, 1/um2", gains, gain, 0.02, "64", 1.5)


@pytest.mark.mpi
@pytest.mark.reference("Constriction", "wavy electrode, series of harmonics")
def test_hotspots_of_a_wavy_electrode(comm: MPI.Comm, verify: Verify) -> None:
    """Most current flows in the valleys of the electrolyte, k A = 0.38."""
    amplitude = 0.24
    gain, factor = along_wave(amplitude)
    found = []
    for cells in (16, 32, 64):
        _, observables = driven(wavy(amplitude, cells), None, FAST, comm)
        row = observables.row()
        found.append((3.0 / KAPPA / abs(row["Ionic ohmic loss [V]"]) * 0.1, row))
    title = "Wave of 4 um on 3 um, amplitude 0.24 um: "
    meshes = "16, 32, 64 across half a wave"
    gains = [conductance for conductance, _ in found]
    verify(title + "conductance over that of the slab", gains, gain, 1e-4, meshes)
    factors = [row["Anode hotspot factor"] for _, row in found]
    verify(title + "hotspot factor", factors, factor, 0.01, meshes)
    row = found[-1][1]
    assert row["Anode hotspot y [um]"] == pytest.approx(2.0)
    assert row["Anode hotspot x [um]"] == pytest.approx(amplitude)  # the valley
    slope = np.pi / 2.0 * amplitude * np.sin(np.pi / 2.0 * np.linspace(0.0, 2.0, 2000))
    assert row["Anode contact"] == pytest.approx(np.hypot(1.0, slope).mean(), rel=1e-3)
    assert abs(row[RESISTANCE]) < 1e-6  # an equipotential constricts nothing
    assert row["Charge balance error"] <= 1e-8


@pytest.mark.mpi
@pytest.mark.reference("Elasticity", "uniform stress whatever the shape of an interface, exact")
@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (2, LOOSE), (3, None)])
def test_stress_across_a_wavy_interface(
    comm: MPI.Comm, verify: Verify, dim: int, section: str | None
) -> None:
    """Meshed lithium, as stiff as the electrolyte: a wavy contact that sticks changes nothing.

    Between sides that slide sigma_xx = -p and the others are nu/(1 - nu) of it; where the thickness
    is free, sigma_yy = nu sigma_xx and there is none across.
    """
    solid = {"youngs_modulus": "10 GPa", "poisson_ratio": 0.25}
    size = "0.25 um" if dim == 2 else "0.5 um"
    wave = {"profile": "wave", "height": "0.2 um", "length": "4 um"}
    layer = {"thickness": "2 um", "size": size}
    recipe = {
        "recipe": "layered",
        "dimension": dim,
        "width": "2 um",
        "size": size,
        "layers": [{"phase": "lithium"} | layer, {"phase": "glass", "roughness": wave} | layer],
    }
    case = make_case(
        {
            "lithium": {"material": "Li", "plasticity": "none", "overrides": solid},
            "glass": electrolyte("0.1 S/m", **solid),
        },
        interfaces={
            "glass|lithium": {
                "exchange_current_density": "10 A/m^2",
                "penalty_stiffness": "1e9 MPa/um",
                "strength": "10 MPa",
            }
        },
        boundaries={"anode": {}, "collector": LITHIUM},
        protocol=["Charge at 1 mA/cm2 for 1 hour"],
        cell={"temperature": "25 degC", "stack_pressure": "10 MPa"}
        | ({"section": section} if section else {}),
        physics={"mechanics": True, "lithium_volume": False},
    )
    mesh = RECIPES["layered"].model_validate(recipe).build(seed=1)
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    stresses = [a.owned() for a in cell.the(Mechanics).hydrostatic.values()]
    mean = -10.0 * (1 + (0.25 if section == LOOSE else 2 / 3)) / 3
    worst = max(float(np.abs(s - mean).max(initial=0.0)) for s in stresses)
    title = f"Wavy interface of alike solids under 10 MPa, {section or '3D'}: "
    verify(title + "error of the hydrostatic stress, MPa", cell.domain.max(worst), 0.0, 1e-4)
    drive(cell, -0.1 * cell.area, 1.0)
    row = Observables(cell).row()
    assert row["Anode contact"] > 1.02  # its area over the footprint
    assert row["Charge balance error"] <= 1e-8


@pytest.mark.mpi
@pytest.mark.parametrize("dim", [2, 3])
def test_pressed_peaks_carry_the_current(comm: MPI.Comm, dim: int) -> None:
    """A flat electrode on a rough face touches what is asked, at the peaks; valleys are empty."""
    recipe = {
        "recipe": "layered",
        "dimension": dim,
        "width": "8 um",
        "size": "0.5 um",
        "layers": [
            {
                "phase": "matrix",
                "thickness": "6 um",
                "size": "0.5 um" if dim == 2 else "1 um",
                "roughness": {
                    "profile": "random",
                    "height": "0.1 um",
                    "length": "1 um",
                    "coverage": 0.4,
                },
            }
        ],
    }
    mesh = RECIPES["layered"].model_validate(recipe).build(seed=1)
    cell, observables = driven(mesh, None, "1e5 A/m^2", comm)
    row = observables.row()
    assert row["Anode contact"] == pytest.approx(0.4, abs=0.04)
    assert row["Anode hotspot factor"] > 2.5
    mean, touching = 0.01, row["Anode contact"]  # mA/cm2
    real = row["Anode current density of real contact [mA.cm-2]"]
    assert real == pytest.approx(mean / touching, rel=1e-6)
    rows = observables.histograms()
    untouched = sum(float(r["Fraction of footprint"]) for r in rows[:1])
    assert untouched == pytest.approx(1.0 - touching, abs=1e-9)
    assert cell.domain.bounds[0, 0] == 0.0


@pytest.mark.reference("Elasticity", "balance of forces, exact")
def test_pressed_peaks_bear_the_stack(comm: MPI.Comm, verify: Verify) -> None:
    """Nothing holds the valleys: behind them all bears the pressure, the peaks the more."""
    solid = {"youngs_modulus": "10 GPa", "poisson_ratio": 0.25}
    layer = {"thickness": "3 um", "size": "0.5 um"}
    rough = {"profile": "wave", "height": "0.2 um", "length": "4 um", "coverage": 0.5}
    recipe = {
        "recipe": "layered",
        "dimension": 2,
        "width": "4 um",
        "size": "0.25 um",
        "layers": [{"phase": "glass", "roughness": rough} | layer, {"phase": "behind"} | layer],
    }
    case = make_case(
        {"glass": electrolyte(**solid), "behind": electrolyte(**solid)},
        interfaces={"behind|glass": {"bonded": True}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        cell={"temperature": "25 degC", "stack_pressure": "10 MPa", "sides": "free"},
        physics={"mechanics": True},
    )
    mesh = RECIPES["layered"].model_validate(recipe).build(seed=1)
    cell = make_cell(case, mesh, comm)
    cell.initialise()
    domain, mechanics = cell.domain, cell.the(Mechanics)
    force = {
        subdomain.phase: domain.integral(
            mechanics.stresses.stress(subdomain)[0, 0] * domain.dx(subdomain)
        ).value
        / domain.subdomain_volume(subdomain)
        for subdomain in domain.subdomains
    }
    verify("mean stress behind pressed peaks, MPa", force["behind"], -10.0, 1e-6)
    pressed = [
        domain.integral(
            mechanics.stresses.stress(boundary.subdomain)[0, 0] * domain.ds(boundary)
        ).value
        / domain.boundary_area("anode")
        for boundary in domain.boundaries
        if boundary.tag == "anode"
    ]
    assert -20.0 < pressed[0] < -14.0  # half touches; cells do not resolve its edges


def rough_block(dim: int, profile: dict, thickness: float, size: float) -> MeshData:
    """Active material 2 um wide with a rough face at the anode."""
    recipe = {
        "recipe": "layered",
        "dimension": dim,
        "width": "2 um",
        "size": f"{size} um",
        "layers": [
            {
                "phase": "active",
                "thickness": f"{thickness} um",
                "size": f"{size} um",
                "roughness": profile,
            }
        ],
    }
    return RECIPES["layered"].model_validate(recipe).build(seed=1)


@pytest.mark.mpi
@pytest.mark.reference("Elasticity", "a body that swells in a rigid box presses evenly, exact")
@pytest.mark.parametrize("dim", [2, 3])
def test_a_rough_face_on_a_cushion_of_lithium(comm: MPI.Comm, verify: Verify, dim: int) -> None:
    """Between sides and platens that stand still, sigma = -3 K eps, whatever the shape of a face.

    The lithium on the face presses as evenly, and so nothing moves.
    """
    profile = {"profile": "random", "height": "0.1 um", "length": "1 um"}
    case = swelling_case(
        platen={"platen": "gap"},
        section=HELD if dim == 2 else None,
        boundaries={"anode": LITHIUM, "collector": {}},
    )
    stack = Stack(case, rough_block(dim, profile, 2.0, 0.25 if dim == 2 else 0.5), comm)
    stack.mechanics.solve()
    stack.mechanics.platens.rest(1.0)
    subdomain = strain_freely(stack, 0.001)
    pressure = 0.001 * YOUNG / (1.0 - 2.0 * POISSON)
    title = f"Body with a rough face that swells at constant gap, {dim}D: "
    verify(title + "pressure, MPa", stack.state.pressure.value, pressure, 1e-7)
    error = distance(stack, subdomain, diagonal(stack, [-pressure] * 3)) / pressure
    verify(title + "largest error of the stress, over p", error, 0.0, 1e-6)


@pytest.mark.mpi
@pytest.mark.reference("Elasticity", "Gao, J. Mech. Phys. Solids 39 (1991) 443, to first order")
def test_stress_of_a_wave_under_lithium(comm: MPI.Comm, verify: Verify) -> None:
    """A liquid presses on a wavy face: sigma_t = -p + T (1 - 2 k A cos k y).

    T = p (1 - 2 nu)/(1 - nu) is what the sides hold less than p. What the platen has pressed in is
    stored.
    """
    wave, pressure, found = np.pi / 2.0, 100.0, []
    tension = pressure * (1.0 - 2.0 * POISSON) / (1.0 - POISSON)
    case = swelling_case(
        pressure=f"{pressure} MPa",
        section=HELD,
        boundaries={"anode": LITHIUM, "collector": {}},
    )
    for amplitude, size in [(0.08, 0.1), (0.04, 0.05), (0.02, 0.025)]:
        profile = {"profile": "wave", "height": f"{amplitude} um", "length": "4 um"}
        stack = Stack(case, rough_block(2, profile, 4.0, size), comm)
        stack.mechanics.solve()
        ((body, average),) = stack.mechanics.hydrostatic.items()
        region = stack.domain.bodies[body]
        values = average.owned()
        face = stack.domain.boundary_nodes(region, ["anode"])
        face = face[face < len(values)]
        cosine = np.cos(wave * region.scalars.tabulate_dof_coordinates()[face, 1])
        # Nodes are even along y, so that the mean drops out.
        total = stack.domain.total
        amount = total(float(values[face] @ cosine)) / total(float(cosine @ cosine))
        pressed = -pressure * stack.state.axial_strain.value * stack.mechanics.platens.displaced
        stored = stack.domain.integral(
            sum(
                stack.mechanics.stresses.stored_energy(subdomain) * stack.domain.dx(subdomain)
                for subdomain in stack.domain.subdomains
            )
        )
        assert stored.value == pytest.approx(0.5 * pressed, rel=1e-7)
        found.append(-3.0 * amount / (1.0 + POISSON) / (tension * wave * amplitude))
    title = "Wave of 4 um under 100 MPa of lithium, amplitude 0.08, 0.04, 0.02 um: "
    verify(title + "stress along the face over k A T", found, 2.0, 0.02, "2/A", 1.0)


@pytest.mark.parametrize(
    ("faces", "collector", "words"),
    [([2.0], {}, "its platen is a plane"), ([0.0, 2.0], LITHIUM, "nor is that at the other end")],
)
def test_what_no_platen_can_press_on(
    comm: MPI.Comm, faces: list[float], collector: dict, words: str
) -> None:
    """A collector that is not flat, and a cell that is flat at neither end."""
    mesh = layers(2, {"active": 2.0}, [4])
    points = mesh.points.copy()
    at_faces = np.isclose(points[:, :1], faces).any(axis=1)
    points[at_faces, 0] += 0.1 * points[at_faces, 1]
    case = swelling_case(boundaries={"anode": LITHIUM, "collector": collector})
    domain = divide(case, replace(mesh, points=points) if comm.rank == 0 else None, comm)
    with pytest.raises(InputError, match=words):
        platens.check(case, domain)

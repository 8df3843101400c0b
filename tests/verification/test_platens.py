"""What presses on the stack and across a section: pressure, gap, spring, and their work."""

import numpy as np
import pytest
from mpi4py import MPI
from tests.verification.test_elasticity import (
    BOOK,
    HOST,
    POISSON,
    SOLID,
    YOUNG,
    diagonal,
    distance,
    mechanical,
    strain_freely,
    swelling_case,
)

from cells import HELD, LOOSE, THIN, Stack, active, begin_deformation, electrolyte, kinetics
from ecmcell.processes.deformation.energies import Energies
from meshes import layers
from record import Verify

pytestmark = pytest.mark.mpi


@pytest.mark.reference("Elasticity", f"{BOOK}s 6 and 17")
@pytest.mark.parametrize("sides", ["roller", "free"])
@pytest.mark.parametrize(("dim", "section"), [(2, HELD), (2, LOOSE), (2, THIN), (3, None)])
def test_platen_compresses_uniformly(
    comm: MPI.Comm, verify: Verify, dim: int, section: str | None, sides: str
) -> None:
    """A pressure p on a uniform stack: sigma_xx = -p everywhere, and Hooke's law gives the stretch.

    -p/(lambda + 2 mu) where all sides are held, -p/E where none is, and -p (1 - nu^2)/E between two
    that are, across the plane or in it (Timoshenko and Goodier, Theory of Elasticity, 3rd ed.,
    sections 6 and 17). What is alike everywhere is in plane stress where no mean force acts.
    """
    case = mechanical(
        {"solid": electrolyte(**SOLID)},
        pressure="30 MPa",
        sides=sides,
        section=section,
        boundaries={
            "anode": {"metal": "Li", "exchange_current_density": "1 A/m^2"},
            "collector": {"metal": "Li", "exchange_current_density": "1 A/m^2"},
        },
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    stack = Stack(case, layers(dim, {"solid": 6.0}, [4], across=3), comm)
    stack.mechanics.solve()
    young, poisson, pressure = 20e3, 0.3, 30.0
    confined = young * (1 - poisson) / ((1 + poisson) * (1 - 2 * poisson))
    wide = young / (1 - poisson**2)
    modulus = {
        "roller": wide if section in (LOOSE, THIN) else confined,
        "free": wide if section == HELD else young,
    }[sides]
    title = f"Stack under a pressure, {sides} sides, {section or '3D'}: "
    verify(title + "stretch", stack.state.axial_strain.value, -pressure / modulus, 1e-7, "4")
    assert stack.state.pressure.value == pytest.approx(pressure, rel=1e-9)

    held = -pressure * poisson * (1 if section in (LOOSE, THIN) else 1 / (1 - poisson))
    sideways = {"roller": held, "free": 0.0}[sides]
    out = {HELD: poisson * (-pressure + sideways), LOOSE: 0.0, THIN: 0.0, None: sideways}[section]
    (subdomain,) = stack.domain.subdomains
    error = distance(stack, subdomain, diagonal(stack, [-pressure, sideways, out])) / pressure
    verify(title + "largest error of the stress, over p", error, 0.0, 1e-6, "4")


@pytest.mark.reference("Elasticity", f"{BOOK} 6")
@pytest.mark.parametrize("sides", ["roller", "free"])
def test_lateral_pressure_presses_across_the_section(
    comm: MPI.Comm, verify: Verify, sides: str
) -> None:
    """Hooke's law: -p along the stack, -q across the plane, -nu (p + q) where sides are held."""
    young, poisson, p, q = YOUNG, POISSON, 30.0, 20.0
    case = swelling_case(
        pressure=f"{p} MPa", sides=sides, section=LOOSE, platen={"lateral_pressure": f"{q} MPa"}
    )
    stack = Stack(case, layers(2, {"active": 4.0}, [4]), comm)
    stack.mechanics.solve()
    y = -poisson * (p + q) if sides == "roller" else 0.0
    state = stack.state
    title = f"Stack under a pressure and a lateral one, {sides} sides: "
    stretch = (-p - poisson * (y - q)) / young
    verify(title + "stretch", state.axial_strain.value, stretch, 1e-7, "4")
    across = (-q - poisson * (y - p)) / young
    verify(title + "strain across the plane", state.thickness_strain.value, across, 1e-7, "4")
    (subdomain,) = stack.domain.subdomains
    error = distance(stack, subdomain, diagonal(stack, [-p, y, -q])) / p
    verify(title + "largest error of the stress, over p", error, 0.0, 1e-6, "4")


def test_work_of_the_lateral_pressure_is_stored(comm: MPI.Comm) -> None:
    """Two layers that may debond, and do not: what pressures and swelling do is stored."""
    law = {"mode_i_fracture_energy": "10 J/m^2", "contact_gap": "1 um"}
    interface_law = kinetics(penalty_stiffness="1e5 MPa/um", strength="1e3 MPa", cohesion=law)
    case = mechanical(
        {"matrix": electrolyte(**SOLID), "active": active(0.5, **HOST)},
        pressure="50 MPa",
        platen={"lateral_pressure": "200 MPa"},
        section=LOOSE,
        sides="free",
        interfaces={"active|matrix": interface_law},
    )
    stack = Stack(case, layers(2, {"matrix": 3.0, "active": 2.0}, [3, 2]), comm)
    stack.mechanics.solve()
    begin_deformation(stack)
    energies = stack.the(Energies)
    before, thickness = energies.stored(), stack.state.thickness_strain.value
    strain_freely(stack, 0.002)
    pressed = 200.0 * stack.mechanics.area * 5.0 * (stack.state.thickness_strain.value - thickness)
    assert pressed > 0.1 * abs(energies.work())
    assert energies.work() == pytest.approx(energies.stored() - before, rel=1e-7)


@pytest.mark.reference("Elasticity", f"{BOOK} 6")
@pytest.mark.parametrize(
    ("platen", "stiffness"), [("pressure", 0.0), ("gap", 0.0), ("spring", 40.0)]
)
@pytest.mark.parametrize("section", [HELD, LOOSE, THIN])
def test_platen_keeps_what_the_case_says(
    comm: MPI.Comm, verify: Verify, platen: str, stiffness: float, section: str
) -> None:
    """A swelling layer against a spring of stiffness k: dp = k dL, and dL = L (3 K eps - dp)/M.

    K is the bulk modulus and M that of confined compression; a gap is a spring without end. If the
    thickness is free, E/(1 - nu^2) is instead of M and E/(1 - nu) in that of 3 K.
    """
    given = {"platen": platen}
    if platen == "spring":
        given["platen_stiffness"] = f"{stiffness} MPa/um"
    stack = Stack(
        swelling_case(pressure="5 MPa", platen=given, section=section),
        layers(2, {"active": 4.0}, [4]),
        comm,
    )
    stack.mechanics.solve()
    before = stack.state.axial_strain.value
    stack.mechanics.platens.rest(1.0)
    strain, length = 0.001, 4.0
    strain_freely(stack, strain)

    confined = YOUNG * (1 - POISSON) / ((1 + POISSON) * (1 - 2 * POISSON))
    swelling = 3 * YOUNG / (3 * (1 - 2 * POISSON)) * strain
    if section in (LOOSE, THIN):
        confined, swelling = YOUNG / (1 - POISSON**2), YOUNG / (1 - POISSON) * strain
    give = {"pressure": np.inf, "gap": 0.0, "spring": confined / (stiffness * length or 1.0)}
    rise = swelling / (1 + give[platen])
    title = f"Swelling layer in {section} against a platen that keeps the {platen}: pressure, MPa"
    verify(title, stack.state.pressure.value, 5.0 + rise, 1e-7, "4")
    growth = (swelling - rise) / confined
    assert stack.state.axial_strain.value - before == pytest.approx(growth, abs=1e-7 * strain)

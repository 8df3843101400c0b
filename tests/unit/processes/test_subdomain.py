"""Properties of subdomains in forms: what the temperature, salt and cracks make of them."""

from collections.abc import Callable

import pytest
from mpi4py import MPI

from cells import LITHIUM, drive, electrolyte, kinetics, make_case, make_cell
from ecmcell.case import arrhenius
from ecmcell.case.schema import Case
from ecmcell.case.units import FARADAY, GAS_CONSTANT
from ecmcell.domain import compat
from ecmcell.domain.domain import Domain
from ecmcell.processes.build_domain import divide
from ecmcell.processes.properties import Properties
from ecmcell.processes.state import State
from ecmcell.processes.temperature import Temperature
from ecmcell.processes.user_functions import NO_FUNCTIONS
from ecmcell.simulation.cell import Cell
from meshes import layers

COLD, WARM = 318.15, 353.15  # K
MESH = layers(2, {"separator": 20.0, "active": 5.0}, [4, 4], 1)


def composite(kelvin: float) -> Case:
    """Everything inorganic that follows the temperature, with a film that grows."""
    film = {"growth": "parabolic", "slope": "1 ohm*cm^2/s^0.5"}
    coating = {"material": "LiNbO3", "thickness": "5 nm"}
    return make_case(
        {
            "separator": {"material": "Li6PS5Cl"},
            "active": {"material": "LiCoO2", "initial_stoichiometry": 0.6},
        },
        interfaces={"active|separator": kinetics(interphase=film, coating=coating)},
        cell={"temperature": f"{kelvin} K"},
    )


def polymer(kelvin: float) -> Case:
    """A salt, and lithium that reacts without overpotential at one end."""
    return make_case(
        {
            "separator": {"material": "PEO-LiTFSI"},
            "active": {"material": "NMC811", "initial_stoichiometry": 0.6},
        },
        interfaces={"active|separator": kinetics()},
        boundaries={
            "anode": LITHIUM | {"exchange_current_density": "infinite"},
            "collector": {},
        },
        cell={"temperature": f"{kelvin} K"},
    )


@pytest.mark.parametrize("make", [composite, polymer])
def test_warmed_is_built_warm(
    make: Callable[[float], Case], comm: MPI.Comm, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cell brought to another temperature is one that was built there, and compiles nothing."""
    built, brought = (make_cell(make(kelvin), MESH, comm) for kelvin in (WARM, COLD))
    for cell in (built, brought):
        cell.initialise()
    cold = drop(brought)

    def fail(*_: object) -> None:
        raise AssertionError("a form was compiled")

    monkeypatch.setattr(compat, "compile_form", fail)
    brought.properties.at_temperature(WARM)
    warm = drop(brought)
    assert warm == pytest.approx(drop(built), rel=1e-9)
    assert abs(warm - cold) > 0.03 * cold
    assert brought.state.temperature.constants == built.state.temperature.constants


def drop(cell: Cell) -> float:
    """What the voltage falls within some seconds of discharge."""
    before, start = cell.state.voltage.value, cell.state.snapshot()
    drive(cell, 0.5 * cell.area, 10.0)
    found = before - cell.state.voltage.value
    cell.state.restore(start)
    return found


def test_plain_numbers(comm: MPI.Comm) -> None:
    """Without salt and cracks a property in forms is that of the material."""
    case = composite(WARM)
    domain, state = halves(case, comm)
    properties, of = Properties(case, domain, state, NO_FUNCTIONS), part_of(domain)
    separator, active = (case.phases[name].material for name in ("separator", "active"))
    for found, number in (
        (
            properties.of(of["separator"]).ionic_conductivity,
            arrhenius.ionic_conductivity(separator, WARM),
        ),
        (properties.of(of["active"]).diffusivity, arrhenius.diffusivity(active, WARM)),
        (
            properties.of(of["active"]).electronic_conductivity,
            arrhenius.electronic_conductivity(active, WARM),
        ),
    ):
        assert float(found.value) == number
    plain = properties.of(of["separator"]).uncracked_ionic_conductivity
    assert plain == arrhenius.ionic_conductivity(separator, WARM)
    assert float(properties.of(of["active"]).site_charge.value) == pytest.approx(
        FARADAY * float(active.maximum_concentration)
    )


def test_salt_changes_the_conductivity(comm: MPI.Comm) -> None:
    """With its tables, at the concentration when it was last refreshed."""
    case = polymer(WARM)
    domain, state = halves(case, comm)
    properties, subdomain = (
        Properties(case, domain, state, NO_FUNCTIONS),
        part_of(domain)["separator"],
    )
    form = properties.of(subdomain).ionic_conductivity * domain.dx(subdomain)
    mean = domain.integral(form)
    rest = mean.value / domain.subdomain_volume(subdomain)
    at_rest = arrhenius.ionic_conductivity(case.phases["separator"].material, WARM)
    assert rest == pytest.approx(at_rest)
    for salt in state.salt.values():
        salt.x.array[:] = 0.25
    properties.refresh()
    curve = case.phases["separator"].material.conductivity_over_salt
    assert curve is not None
    lower = mean.value / domain.subdomain_volume(subdomain)
    assert 0.0 < lower < 0.9 * rest


def test_cracks_leave_a_residue(comm: MPI.Comm) -> None:
    """Damage counts as it was handed to the transport, not as it is."""
    cracking = {
        "fracture_energy": {"value": "1 J/m^2", "assumed": "test"},
        "regularisation_length": "10 um",
        "residual_conductivity": 1e-3,
    }
    solid = electrolyte("0.1 S/m", youngs_modulus="20 GPa", poisson_ratio=0.3)
    case = make_case(
        {"separator": solid | {"cracking": cracking}},
        physics={"mechanics": True},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        cell={"temperature": "298.15 K", "stack_pressure": "1 MPa", "section": "plane strain"},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
    )
    mesh = layers(2, {"separator": 20.0}, [4], 1)
    domain = divide(case, mesh if comm.rank == 0 else None, comm)
    state = State(case, domain)
    (subdomain,) = domain.subdomains
    subdomain_properties = Properties(case, domain, state, NO_FUNCTIONS).of(subdomain)
    mean = domain.integral(subdomain_properties.ionic_conductivity * domain.dx(subdomain))
    volume = domain.subdomain_volume(subdomain)
    assert mean.value / volume == pytest.approx(1e5)
    for damage in state.crack.values():
        damage.x.array[:] = 1.0
    assert mean.value / volume == pytest.approx(1e5)
    for damage in state.lagged_damage.values():
        damage.x.array[:] = 1.0
    assert mean.value / volume == pytest.approx(1e2)
    assert subdomain_properties.uncracked_ionic_conductivity == 1e5


def test_constants_by_name(comm: MPI.Comm) -> None:
    """One constant a name; what is no number is called with every new temperature."""
    domain, _ = halves(composite(COLD), comm)
    temperature = Temperature(domain, COLD)
    first = temperature.constant("twice", lambda at: 2.0 * at)
    assert temperature.constant("twice", lambda at: 3.0 * at) is first
    told: list[float] = []
    temperature.follow(told.append)
    temperature.set(WARM)
    assert float(first.value) == 2.0 * WARM
    assert told == [WARM]
    assert float(temperature.voltage.value) == GAS_CONSTANT * WARM / FARADAY
    assert float(temperature.energy.value) == GAS_CONSTANT * WARM


def halves(case: Case, comm: MPI.Comm) -> tuple[Domain, State]:
    domain = divide(case, MESH if comm.rank == 0 else None, comm)
    return domain, State(case, domain)


def part_of(domain: Domain) -> dict[str, object]:
    return {subdomain.phase: subdomain for subdomain in domain.subdomains}

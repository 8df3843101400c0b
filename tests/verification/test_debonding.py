"""Composites whose interfaces part and close again: balances, and what debonding costs."""

import numpy as np
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from cells import LITHIUM, composite_interfaces, composite_phases, drive, make_case, make_cell
from ecmcell.evaluation.mechanics.debonding import Debonding
from ecmcell.evaluation.observables import Observables
from ecmcell.physics import cohesion
from ecmcell.processes.deformation.equilibrium import Mechanics
from ecmcell.simulation.cell import Cell
from meshes import composite
from record import Verify

pytestmark = pytest.mark.mpi

COHESION = {"mode_i_fracture_energy": "0.3 J/m^2", "viscosity": "60 s", "contact_gap": "5 nm"}


def debonding_cell(comm: MPI.Comm, **solver: object) -> Cell:
    """Four charged discs that shrink away from a catholyte as lithium leaves them."""
    phases, interfaces = composite_phases(), composite_interfaces()
    phases["active"]["initial_stoichiometry"] = 0.8
    interfaces["active|catholyte"] |= {"strength": "20 MPa", "cohesion": COHESION}
    case = make_case(
        phases,
        interfaces=interfaces,
        boundaries={"anode": LITHIUM, "collector": {}},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "5 MPa", "platen": "spring"}
        | {"platen_stiffness": "0.1 MPa/um"},
        solver=solver,
        protocol=["Charge at 1C until 4.2 V"],
    )
    cell = make_cell(case, composite(), comm)
    cell.initialise()
    return cell


@pytest.mark.reference("Balances", "conservation of charge and of lithium")
def test_charge_and_lithium_are_conserved_while_interfaces_part_and_close(
    comm: MPI.Comm, verify: Verify
) -> None:
    """A charge breaks most of the contact, a discharge closes it: both balances at every step."""
    cell = debonding_cell(comm)
    observables, contact = Observables(cell), Debonding(cell)
    position, rate = cell.state.accumulators, cell.capacity / 3600.0
    rows, debonded = [], []
    for current in [-rate] * 13 + [rate] * 15:
        drive(cell, current, 120.0)
        position["time"] += 120.0
        position["charge"] += current * 120.0
        position["throughput"] += rate * 120.0
        rows.append(observables.row())
        debonded.append(contact.row())
    kept = [p["Contact fraction"] for p in debonded]
    assert debonded[12]["Debonded fraction"] > 0.5
    assert min(kept) < 0.8
    assert kept[-1] > 0.99
    for name in ("Charge", "Lithium"):
        errors = [row[f"{name} balance error"] for row in rows]
        title = f"Composite that parts and closes: {name.lower()} balance error of any step"
        verify(title, errors, 0.0, 1e-8)


class StepStatistics:
    """What work enters a cell, and where it is, in pJ.

    The work of a step is that of the forces at its end, as backward Euler has it.
    """

    def __init__(self, cell: Cell):
        self._cell, mechanics, domain = cell, cell.the(Mechanics), cell.domain
        swellings = {b: body.swellings for b, body in cell.active.items()}
        self._nodes = [s.nodes for each in swellings.values() for s in each]
        self._earlier = [fem.Function(nodes.function_space) for nodes in self._nodes]
        earlier = dict(zip(self._nodes, self._earlier, strict=True))
        elastic: ufl.Form = 0
        swelling: ufl.Form = 0
        for subdomain in domain.subdomains:
            stresses = mechanics.stresses
            stress, strain = stresses.full_stress(subdomain), stresses.elastic_strain(subdomain)
            free = [(s.nodes, s.directions) for s in swellings.get(subdomain.body, ())]
            elastic += 0.5 * ufl.inner(stress, strain) * domain.dx(subdomain)
            for nodes, way in free:
                growth = (nodes - earlier[nodes]) * way
                swelling += ufl.inner(stress, growth) * domain.dx(subdomain)
        held = sum(
            cohesion.stored_energy(interface_law.law, interface_law.opening, interface_law.damage)
            * domain.nodal(contact)
            for contact, interface_law in mechanics.interface_laws.cohesive.items()
        )
        self._stored = domain.integral(elastic), domain.integral(held)
        self._swelling = domain.integral(swelling)
        self._height = float(np.ptp(domain.bounds[:, 0])) * domain.boundary_area("collector")
        self.platen = self.chemical = self.fracture = self.viscous = 0.0
        self._start = self.stored
        self._end_step()

    @property
    def stored(self) -> float:
        """Elastic energy of bodies and interfaces."""
        return sum(integral.value for integral in self._stored)

    @property
    def excess(self) -> float:
        """Work that has entered less what is to be found of it, over what the swelling did."""
        found = self.stored - self._start + self.fracture + self.viscous
        return (self.platen + self.chemical - found) / self.chemical

    def count(self) -> None:
        """Add a step that has just been solved."""
        state = self._cell.state
        stretched = state.axial_strain.value - self._stretch
        self.platen -= state.pressure.value * self._height * stretched
        self.chemical -= self._swelling.value
        fracture, viscous = self._cell.the(Mechanics).interface_laws.dissipated()
        self.fracture += fracture
        self.viscous += viscous
        self._end_step()

    def _end_step(self) -> None:
        self._stretch = self._cell.state.axial_strain.value
        for nodes, earlier in zip(self._nodes, self._earlier, strict=True):
            earlier.x.array[:] = nodes.x.array


@pytest.mark.reference("Balances", "first law, at constant temperature")
def test_work_is_stored_or_spent_on_parting(comm: MPI.Comm, verify: Verify) -> None:
    """Platen and swelling do the work that bodies and interfaces store, and that debonding costs.

    In a step all but the true forces enter with an error that goes with its square: what is left
    of the balance at the end goes with the length of the steps.
    """
    excess = []
    for count in (8, 16, 32):
        cell = debonding_cell(comm)
        work = StepStatistics(cell)
        for _ in range(count):
            drive(cell, -cell.capacity / 3600.0, 1440.0 / count)
            work.count()
        excess.append(work.excess)
    assert work.fracture + work.viscous > 0.05 * work.chemical
    title = "Composite that parts: work less what is stored or spent, over the work of swelling, "
    steps = "8, 16, 32 time steps"
    verify(title + "at the end of a charge", excess, 0.0, 0.04, mesh=steps, order=0.85)
    verify(title + "in the limit of short steps", 2.0 * excess[-1] - excess[-2], 0.0, 0.005)

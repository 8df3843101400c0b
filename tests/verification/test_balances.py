"""A composite with several discs: charge and lithium are conserved at every step."""

import pytest
from mpi4py import MPI

from cells import LITHIUM, composite_interfaces, composite_phases, drive, make_case, make_cell
from ecmcell.evaluation.observables import Observables
from ecmcell.processes.reactions.reactions import Insertions, LithiumElectrodes
from meshes import composite
from record import Verify

pytestmark = pytest.mark.mpi


@pytest.mark.reference("Balances", "conservation of charge and of lithium")
def test_charge_and_lithium_are_conserved(comm: MPI.Comm, verify: Verify) -> None:
    """What enters at the anode crosses the interfaces, moves lithium, and leaves at the collector.

    All physics on: films, additive, a contact resistance at the collector, which tells the current
    that arrives there by itself, and stress in flux and kinetics.
    """
    case = make_case(
        composite_phases(),
        interfaces=composite_interfaces(),
        boundaries={"anode": LITHIUM, "collector": {"contact_resistance": "1e-2 ohm*cm^2"}},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": "5 MPa"},
        solver={"newton_tolerance": 1e-12},
        protocol=["Charge at 1C until 4.2 V"],
    )
    cell = make_cell(case, composite() if comm.rank == 0 else None, comm)
    domain, state = cell.domain, cell.state
    resistance = domain.constant(1e-6)  # V um2/pA
    assert len(domain.grains_of(next(iter(cell.active.values())).subdomain)) == 4

    cell.initialise()
    observables = Observables(cell)
    anode = domain.integral(
        sum(
            reaction.current * reaction.measure
            for boundary, reaction in cell.the(LithiumElectrodes).reactions.items()
            if boundary.tag == "anode"
        )
    )
    interfaces = domain.integral(
        sum(r.current * r.measure for r in cell.the(Insertions).reactions.values())
    )
    potentials = [(domain.bodies[b].subdomains, phi) for b, phi in state.electrode.items()]
    potentials += [
        (state.electronic_regions[b].subdomains, phi)
        for b, phi in state.electronic_potential.items()
    ]
    collector = domain.integral(
        sum(
            phi / resistance * domain.ds(o)
            for subdomains, phi in potentials
            for o in domain.boundaries
            if o.tag == "collector" and o.subdomain in subdomains
        )
    )
    rate = cell.capacity / 3600.0
    charge = passed = 0.0
    errors: dict[str, list[float]] = {}
    sums = []
    for current, step in ((-rate, 5.0), (-rate, 60.0), (0.3 * rate, 20.0), (2 * rate, 20.0)):
        before = observables.probes.inventory.charge
        drive(cell, current, step)
        charge, passed = charge + current * step, passed + abs(current) * step
        gained = observables.probes.inventory.charge - before
        state.accumulators["charge"], state.accumulators["throughput"] = charge, passed
        row = observables.row()
        for title, error in {
            "current of the protocol": state.current.value / current - 1.0,
            "current through the anode": anode.value / current - 1.0,
            "current across all interfaces": interfaces.value / -current - 1.0,
            "current into the collector": collector.value / current - 1.0,
            "lithium gained in a step": gained / (current * step) - 1.0,
            "charge as reported": row["Charge balance error"],
            "lithium as reported": row["Lithium balance error"],
        }.items():
            errors.setdefault(title, []).append(abs(error))
        losses = sum(value for name, value in row.items() if name.endswith("loss [V]"))
        sums.append(abs(row["Mean open-circuit voltage [V]"] - losses - row["Voltage [V]"]))
    for title, found in errors.items():
        verify(f"Composite of four discs, relative error of the {title}", found, 0.0, 1e-10)
    title = "Composite of four discs: open-circuit voltage less all losses less voltage, V"
    verify(title, sums, 0.0, 1e-6)

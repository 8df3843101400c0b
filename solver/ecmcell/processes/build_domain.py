"""A case on its mesh: what it leaves for the mesh to say, and how the domain is divided."""

from mpi4py import MPI

from ecmcell.case.interfaces import GrainBoundary, PerfectBond, ReactingInterface
from ecmcell.case.schema import Case
from ecmcell.domain.domain import Domain
from ecmcell.domain.loose import loose_grains
from ecmcell.domain.plan import Network, Pair
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.deformation import platens
from ecmcell.processes.deformation.penalty_stiffness import with_stiffness
from ecmcell.processes.reactions import metals
from ecmcell.processes.state import LITHIUM_ELECTRONS


def completed(case: Case, mesh: MeshData | None, comm: MPI.Comm) -> Case:
    """The case with what it leaves for the mesh to say; collective.

    Args:
        case: As given.
        mesh: The mesh on rank 0, None elsewhere.
        comm: All ranks.
    """
    return with_stiffness(case, mesh, comm)


def networks_of(case: Case) -> tuple[list[Pair], dict[str, Network]]:
    """Pairs of phases that hold together, and the networks of electrons and ions by name."""
    bonded: list[Pair] = []
    electrons: list[Pair] = []
    ions: list[Pair] = []
    for pair, law in case.interface_laws():
        if isinstance(law, PerfectBond):
            bonded.append(frozenset(pair))
            continue
        if law.electronic_resistance is not None:
            electrons.append(frozenset(pair))
        passes = isinstance(law, ReactingInterface) and pair[0] in case.metal_phases
        if passes or (isinstance(law, GrainBoundary) and law.ionic_resistance is not None):
            ions.append(frozenset(pair))
    conducting = frozenset(filter(case.conducts_electrons, case.phases))
    if case.physics.leakage:
        conducting |= frozenset(case.metal_phases)
    # Ions get to an electrolyte from the lithium of the anode, through what is meshed of it.
    ionic = frozenset(
        n for n, phase in case.phases.items() if phase.material.kind in ("electrolyte", "metal")
    )
    passed = frozenset(electrons + bonded)
    networks = {
        "electrons": Network(conducting, passed, "collector"),
        "ions": Network(ionic, frozenset(ions + bonded), "anode"),
    } | metals.networks(case, frozenset(bonded))
    if case.physics.leakage:
        networks[LITHIUM_ELECTRONS] = Network(conducting, passed, "anode")
    return bonded, networks


def divide(case: Case, mesh: MeshData | None, comm: MPI.Comm) -> Domain:
    """The domain of a case: which phases hold together, and what electrons and ions can reach."""
    bonded, networks = networks_of(case)
    loose = None
    if mesh is not None and case.physics.mechanics:
        supports = platens.supports(case, mesh.dim, mesh.rough_boundaries)
        loose = loose_grains(mesh, platens.holding(case), supports)
    return Domain(
        mesh,
        comm,
        bonded=bonded,
        debonding=case.debonding,
        networks=networks,
        quadratic=case.quadratic_phases,
        loose=loose,
    )

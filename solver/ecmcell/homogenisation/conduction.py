"""Conduction of one carrier through a microstructure between two equipotential ends."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import inf

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem
from mpi4py import MPI

from ecmcell.domain.domain import Domain, synchronise_marks
from ecmcell.domain.plan import Network, Pair
from ecmcell.domain.region import Region
from ecmcell.errors import SolverError
from ecmcell.homogenisation.carriers import Carrier
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.numerics import linear
from ecmcell.numerics.linear import LinearSolver, NotConverged
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.numerics.system.constraints import ALONE, TiedSystem
from ecmcell.physics import charge

ENDS = ("anode", "collector")
"""Boundary tags of the two ends, the lower one first."""

# Of the error in the energy norm; that of the conductance is its square.
_TOLERANCE = 1e-8
Nodes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Direction:
    """Conduction along one axis.

    Attributes:
        conductivity: Effective conductivity in pA/(V um).
        resistance: Resistance between the two ends of the mesh in V/pA; in 2D of 1 um of depth.
        percolating: Fraction of each conducting phase that is reached from both ends.
    """

    conductivity: float
    resistance: float
    percolating: Mapping[str, float]


def arrivals(carrier: Carrier) -> tuple[str, str]:
    """Names of the networks of what a carrier reaches from either end."""
    return f"{carrier.name} from {ENDS[0]}", f"{carrier.name} from {ENDS[1]}"


def divide_for(mesh: MeshData | None, comm: MPI.Comm, moved: Collection[Carrier]) -> Domain:
    """The domain with a network for every carrier from either end."""
    networks = {
        arrival: Network(
            frozenset(carrier.conductivity), carrier.bonded | frozenset(carrier.resistance), tag
        )
        for carrier in moved
        for arrival, tag in zip(arrivals(carrier), ENDS, strict=True)
    }
    bonded = frozenset[Pair]().union(*(carrier.bonded for carrier in moved))
    debonding = frozenset[str]().union(*(carrier.debonding for carrier in moved))
    return Domain(mesh, comm, bonded=bonded, debonding=debonding, networks=networks)


class Conduction:
    """A domain between two equipotentials, 0 V at the lower end of x and 1 V at the upper.

    Only what is reached from both ends has unknowns. The current per volt is the dissipation.

    Args:
        domain: The domain, its networks those of the carrier.
        carrier: What is conducted.
        cluster: Cluster of perfect conductors of each grain, -1 for the others.
    """

    def __init__(self, domain: Domain, carrier: Carrier, cluster: npt.NDArray[np.int64]):
        self._domain, self._carrier, self._cluster = domain, carrier, cluster
        self._subdomains = [
            subdomain
            for subdomain in domain.subdomains
            if set(arrivals(carrier)) <= subdomain.reach
        ]
        self._regions = [
            domain.region(f"{carrier.name} in {body}", subdomains)
            for body in domain.bodies
            if (
                subdomains := [
                    subdomain for subdomain in self._subdomains if subdomain.body == body
                ]
            )
        ]
        self._potential = {r: fem.Function(r.scalars) for r in self._regions}
        self._of_subdomain = {
            subdomain: self._potential[r] for r in self._regions for subdomain in r.subdomains
        }

    def along(self, direct: bool) -> Direction:
        """Solve, by MUMPS if `direct`."""
        conductance = self._conductance(direct)
        length, *width = np.ptp(self._domain.bounds, axis=0)
        return Direction(
            float(conductance * length / np.prod(width)),
            1.0 / conductance if conductance else inf,
            {phase: self._fraction(phase) for phase in self._carrier.conductivity},
        )

    def _conductance(self, direct: bool) -> float:
        """Current per voltage in pA/V."""
        if not self._regions:
            return 0.0
        groups = [self._clusters_at_nodes(region) for region in self._regions]
        ends = [self._end(tag, groups) for tag in ENDS]
        both = sum(np.intersect1d(low, high).size for low, high in zip(*ends, strict=True))
        if self._domain.total(both):
            return inf
        for potential, nodes in zip(self._potential.values(), ends[1], strict=True):
            potential.x.array[nodes] = 1.0
        fixed = [np.union1d(low, high).astype(np.int32) for low, high in zip(*ends, strict=True)]
        for group, nodes in zip(groups, fixed, strict=True):
            group[nodes] = ALONE

        power = self._dissipation()
        fields = list(self._potential.values())
        residuals = [ufl.derivative(0.5 * power, field) for field in fields]
        count = int(self._cluster.max()) + 1
        if count:
            system: BlockSystem = TiedSystem(self._domain, fields, residuals, fixed, groups, count)
        else:
            system = BlockSystem(self._domain, fields, residuals, fixed)
        _solve(system, self._domain.dim, direct)
        return self._domain.integral(power).value

    def _dissipation(self) -> ufl.Form:
        """Power in all parts and the contacts between them, in pW."""
        domain, power = self._domain, 0
        finite = [value for value in self._carrier.conductivity.values() if value < inf]
        for subdomain, potential in self._of_subdomain.items():
            # The gradient in a perfect conductor is zero: any number serves there.
            value = self._carrier.conductivity[subdomain.phase]
            conductivity = domain.constant(value if value < inf else max(finite, default=1.0))
            power += charge.dissipation(conductivity, potential) * domain.dx(subdomain)
        for contact in domain.interfaces:
            near, far = (
                self._of_subdomain.get(subdomain) for subdomain in (contact.plus, contact.minus)
            )
            if near is not None and far is not None:
                resistance = domain.constant(self._carrier.resistance[contact.pair])
                jump = near("+") - far("-")
                power += charge.contact_dissipation(resistance, jump) * domain.dS(contact)
        return power

    def _clusters_at_nodes(self, region: Region) -> npt.NDArray[np.int64]:
        """Cluster of perfect conductors that each local node of a region belongs to, or `ALONE`."""
        number, mark = fem.Function(region.scalars), fem.Function(region.scalars)
        cell = self._cluster[self._domain.cell_grain[region.parents]]
        for cluster in np.unique(cell[cell >= 0]):
            nodes = region.scalars.dofmap.list[cell == cluster].ravel()
            number.x.array[nodes], mark.x.array[nodes] = cluster, 1.0
        for function in (number, mark):
            synchronise_marks(function)
        values = number.x.array / np.maximum(mark.x.array, 1.0)  # several ranks may have added
        return np.where(mark.x.array > 0.0, np.rint(values), ALONE).astype(np.int64)

    def _end(self, tag: str, groups: list[npt.NDArray[np.int64]]) -> list[Nodes]:
        """Nodes of each region on an end, with all of the clusters that touch it."""
        nodes = [self._domain.boundary_nodes(region, [tag]) for region in self._regions]
        here = np.concatenate([group[n] for group, n in zip(groups, nodes, strict=True)])
        touching = np.setdiff1d(np.concatenate(self._domain.comm.allgather(here)), [ALONE])
        return [
            np.union1d(n, np.flatnonzero(np.isin(group, touching))).astype(np.int32)
            for group, n in zip(groups, nodes, strict=True)
        ]

    def _fraction(self, phase: str) -> float:
        volumes = {
            subdomain: self._domain.subdomain_volume(subdomain)
            for subdomain in self._domain.subdomains
            if subdomain.phase == phase
        }
        reached = sum(v for subdomain, v in volumes.items() if subdomain in self._subdomains)
        return reached / sum(volumes.values())


def _solve(system: BlockSystem, dim: int, direct: bool) -> None:
    """Solve a linear system with a symmetric positive matrix."""
    iterative = linear.transport_options(dim, {"potential": (0, len(system.layout.fields))})
    # The natural norm is that of the energy, whatever the contrast of the conductivities.
    iterative |= {"ksp_type": "cg", "ksp_norm_type": "natural"}
    system.jacobian.update()
    solver = LinearSolver(system, linear.DIRECT if direct else iterative)
    solver.matrix_changed()
    right, step = system.vector(), system.vector()
    system.residual(right)
    right.scale(-1.0)
    try:
        solver.solve(right, step, _TOLERANCE)
    except NotConverged as failure:
        raise SolverError(f"the potential could not be solved for: {failure}") from None
    system.add(step, np.zeros(0), 1.0)

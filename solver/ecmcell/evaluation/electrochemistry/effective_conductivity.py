"""How well ions still pass from one end of a cell to the other, through its cracks."""

import numpy as np
import ufl
from dolfinx import fem

from ecmcell.numerics import linear
from ecmcell.numerics.newton import Newton
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.physics import charge
from ecmcell.processes.carriers.grain_boundaries import GrainBoundaryCurrents
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.processes.process import IONS
from ecmcell.simulation.cell import Cell

_TOLERANCE, _LARGEST_COUNT = 1e-8, 5


class EffectiveConductivity:
    """Conduction of ions through the electrolytes of a cell between two equipotential ends.

    They pass what cracks leave of the bodies, and from body to body what touches, against the
    resistance there. The current per volt is the dissipation.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        domain = cell.domain
        regions = {body: domain.bodies[body] for body in cell.state.electrolyte}
        potential = {body: fem.Function(region.scalars) for body, region in regions.items()}
        fixed = []
        for body, region in regions.items():
            near, far = (domain.boundary_nodes(region, [end]) for end in ("anode", "collector"))
            potential[body].x.array[far] = 1.0
            fixed.append(np.concatenate([near, far]))
        fields, power = list(potential.values()), dissipation(cell, potential)
        residuals = [ufl.derivative(0.5 * power, field) for field in fields]
        system = BlockSystem(domain, fields, residuals, fixed)
        options = linear.transport_options(domain.dim, {"potentials": (0, len(fields))})
        solver = linear.LinearSolver(system, linear.DIRECT if domain.dim == 2 else options)
        self._newton = Newton(system, solver, _TOLERANCE, _LARGEST_COUNT)
        self._power = domain.integral(power)
        length, *width = np.ptp(domain.bounds, axis=0)
        self._shape = float(length / np.prod(width))

    def conductivity(self) -> float:
        """Effective conductivity along the stack at the present cracks and salt, pA/(V um)."""
        self._newton.solve(1.0 / self._shape)
        return self._power.value * self._shape


def dissipation(cell: Cell, potential: dict[str, fem.Function]) -> ufl.Form:
    """Power at other potentials of the electrolytes than those of the cell, by body, in pW."""
    domain, state, power = cell.domain, cell.state, 0
    for body, field in potential.items():
        for subdomain in domain.bodies[body].subdomains:
            # At the present concentration of salt, with what cracks leave.
            conductivity = cell.the(Electrolytes).subdomains[subdomain].conductivity
            power += charge.dissipation(conductivity, field) * domain.dx(subdomain)
    exchanged = {state.electrolyte[body]: field for body, field in potential.items()}
    for crossing in cell.the(GrainBoundaryCurrents).members:
        if crossing.carrier == IONS:
            spent = ufl.replace(crossing.current * crossing.drop, exchanged)
            power += spent * crossing.measure
    return power

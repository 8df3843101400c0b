"""How well ions still pass from one end of a cell to the other, through its cracks."""

import numpy as np
import ufl
from dolfinx import fem

from ecmcell.numerics import linear
from ecmcell.numerics.blocks import BlockSystem
from ecmcell.numerics.newton import Newton
from ecmcell.physics import charge
from ecmcell.simulation import cracks, properties
from ecmcell.simulation.cell import Cell

_TOLERANCE, _LARGEST_COUNT = 1e-8, 5


class Passage:
    """Conduction of ions through each electrolyte body between two equipotential ends.

    Bodies are taken to lie side by side: what passes from one to another is not counted.

    Args:
        cell: The cell.
    """

    def __init__(self, cell: Cell):
        domain, self._cell = cell.domain, cell
        fields, residuals, fixed, power = [], [], [], []
        for body in cell.state.electrolyte:
            region = domain.bodies[body]
            far = domain.boundary_nodes(region, ["collector"])
            potential, test = fem.Function(region.scalars), ufl.TestFunction(region.scalars)
            potential.x.array[far] = 1.0
            residual = 0
            for part in region.parts:
                material = cell.case.phases[part.phase].material
                kappa = properties.ionic_conductivity(material, cell.case.cell.temperature)
                left = cracks.conducting(cell.case, domain, cell.state, part)
                conductivity = left * domain.constant(kappa)
                residual += charge.conduction(conductivity, potential, test) * domain.dx(part)
                flow = charge.current_density(conductivity, potential)
                power.append(-ufl.inner(flow, ufl.grad(potential)) * domain.dx(part))
            fields.append(potential)
            residuals.append(residual)
            fixed.append(np.concatenate([domain.boundary_nodes(region, ["anode"]), far]))
        system = BlockSystem(domain, fields, residuals, fixed)
        options = linear.transport_options(domain.dim, {"potentials": (0, len(fields))})
        solver = linear.LinearSolver(system, linear.DIRECT if domain.dim == 2 else options)
        self._newton = Newton(system, solver, _TOLERANCE, _LARGEST_COUNT)
        self._power = domain.integral(sum(power))
        length, *width = np.ptp(domain.bounds, axis=0)
        self._shape = float(length / np.prod(width))

    def conductivity(self) -> float:
        """Effective conductivity along the stack at the present cracks, pA/(V um)."""
        self._newton.solve(1.0 / self._shape)
        return self._power.value * self._shape

"""What it costs that the current crowds where an electrode touches."""

from collections.abc import Mapping

import numpy as np
import ufl
from dolfinx import fem

from ecmcell.domain.average import Average
from ecmcell.evaluation.electrochemistry.effective_conductivity import dissipation
from ecmcell.numerics import linear
from ecmcell.numerics.newton import Newton
from ecmcell.numerics.system.blocks import BlockSystem
from ecmcell.processes.carriers.salt import Electrolytes
from ecmcell.processes.reactions.metals import LithiumFace
from ecmcell.simulation.cell import Cell

_TOLERANCE, _LARGEST_COUNT = 1e-8, 5


class Constriction:
    """Resistance that electrolytes add to that behind a face which is an equipotential.

    The potential on the face, continued into the electrolytes with no current through any other
    face, is what the true potential has beside that of the equipotential with the same current;
    the two are orthogonal in energy, so that its dissipation is the whole difference: theory.md
    (56).

    Args:
        cell: The cell.
        faces: Current density on the faces of the electrode, averaged around nodes.
    """

    def __init__(self, cell: Cell, faces: Mapping[LithiumFace, Average]):
        self._cell, self._faces, domain = cell, faces, cell.domain
        self._excess = {
            body: fem.Function(potential.function_space)
            for body, potential in cell.state.electrolyte.items()
        }
        self._nodes = {
            body: np.unique(
                np.concatenate(
                    [np.zeros(0, dtype=np.int32)]
                    + [
                        np.flatnonzero(average.weight.x.array > 0.0).astype(np.int32)
                        for face, average in faces.items()
                        if face.electrolyte.body == body
                    ]
                )
            )
            for body in self._excess
        }
        fields, power = list(self._excess.values()), dissipation(cell, self._excess)
        residuals = [ufl.derivative(0.5 * power, field) for field in fields]
        system = BlockSystem(domain, fields, residuals, list(self._nodes.values()))
        options = linear.transport_options(domain.dim, {"potentials": (0, len(fields))})
        solver = linear.LinearSolver(system, linear.DIRECT if domain.dim == 2 else options)
        self._newton = Newton(system, solver, _TOLERANCE, _LARGEST_COUNT)
        self._power = domain.integral(power)

    def resistance(self) -> float:
        """Of a footprint at the present current, V um2/pA; nan without current."""
        cell = self._cell
        if cell.at_rest:
            return float("nan")
        salted = cell.the(Electrolytes).salt_potential
        for body, nodes in self._nodes.items():
            driving = cell.state.electrolyte[body].x.array[nodes]
            if body in salted:
                driving = driving - salted[body].value.x.array[nodes]
            self._excess[body].x.array[nodes] = driving
        here = sum(float(a.owned() @ a.owned_weight) for a in self._faces.values())
        current = cell.domain.total(here)
        self._newton.solve(abs(current))
        return self._power.value * cell.area / current**2

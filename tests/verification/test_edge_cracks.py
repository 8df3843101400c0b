"""A crack along the edge of what may crack costs what one in its middle does."""

import numpy as np
import numpy.typing as npt
import pytest
import ufl
from dolfinx import fem
from mpi4py import MPI

from cells import Stack, active, begin_deformation, electrolyte, kinetics, make_case
from ecmcell.processes.deformation.equilibrium import Mechanics
from fracture import mode_one
from meshes import grid
from record import Verify

pytestmark = pytest.mark.mpi
YOUNG, POISSON, ENERGY, LENGTH = 20e3, 0.3, 2.0, 0.1  # MPa, pJ/um2, um
CELL, HALF, SPAN, START = LENGTH / 4, 0.8, 2.2, 0.8  # um: cells, half height, length, flaw
SOLID = {"youngs_modulus": f"{YOUNG} MPa", "poisson_ratio": POISSON}


class Framed(Mechanics):
    """A body whose outer nodes are all moved from outside."""

    def _fixed(self, body: str) -> npt.NDArray[np.int32]:
        nodes = self.frame(body)
        return np.concatenate([2 * nodes, 2 * nodes + 1])

    def frame(self, body: str) -> npt.NDArray[np.int32]:
        tags = ["anode", "collector", "side"]
        return self.domain.boundary_nodes(self.domain.bodies[body], tags)


class Seam(Stack):
    """A strip of two alike solids, one above the other, with a flaw where they meet.

    Args:
        comm: All ranks.
        model: AT1 or AT2.
        joined: How the case joins them.
        both: Whether the upper one may crack as the lower one does.
    """

    def __init__(self, comm: MPI.Comm, model: str, joined: dict, both: bool):
        how = {
            "fracture_energy": f"{ENERGY} J/m^2",
            "regularisation_length": f"{LENGTH} um",
            "model": model,
        }
        how["split"] = "volumetric-deviatoric"
        place = f"{-0.5 * CELL} um"
        flaw = {"begin": ["0 um", place], "end": [f"{START} um", place]}
        upper = electrolyte(**SOLID) if joined.get("bonded") else active(**SOLID)
        case = make_case(
            {
                "lower": electrolyte(**SOLID) | {"cracking": how | {"flaws": [flaw]}},
                "upper": upper | ({"cracking": how} if both else {}),
            },
            interfaces={"lower|upper": joined},
            physics={"mechanics": True},
            cell={"temperature": "25 degC", "stack_pressure": "0 MPa", "section": "plane strain"},
            solver={"linear": "direct"},
        )
        near = np.arange(0.0, 0.26, CELL)
        out = np.concatenate([near, np.linspace(near[-1], HALF, 7)[1:]])
        axes = [np.arange(0.0, SPAN + CELL / 2, CELL), np.concatenate([-out[:0:-1], out])]
        mesh = grid(axes, {0: "lower", 1: "upper"}, lambda at: (at[:, 1] > 0.0).astype(np.int64))
        super().__init__(case, mesh, comm)
        self.solve_as(Framed)
        self._weights = {b: fem.Function(r.scalars) for b, r in self.domain.bodies.items()}
        self._release = self.domain.integral(self._momentum())

    def _momentum(self) -> ufl.Form:
        """Energy and momentum that flow into a frame (Li, Shih and Needleman 1985)."""
        domain, stresses, form = self.domain, self.mechanics.stresses, 0
        along = ufl.unit_vector(0, 2)
        for subdomain in domain.subdomains:
            slope = ufl.grad(self.state.displacement[subdomain.body])[:, 0]
            slope += self.state.axial_strain.symbol * along
            flow = (
                ufl.dot(slope, stresses.stress(subdomain))
                - stresses.stored_energy(subdomain) * along
            )
            form += ufl.inner(flow, ufl.grad(self._weights[subdomain.body])) * domain.dx(subdomain)
        return form

    def advance(self, tip: float) -> float:
        """Put the field of a tip of mode I at some x on the frame; returns J around it."""
        begin_deformation(self)
        for body, weight in self._weights.items():
            x, y, _ = self.domain.bodies[body].scalars.tabulate_dof_coordinates().T
            distance = np.maximum(np.abs(x - tip), np.abs(y))
            weight.x.array[:] = np.clip((0.75 - distance) / 0.35, 0.0, 1.0)
            nodes = self.mechanics.frame(body)
            x, y = x[nodes] - tip, y[nodes] + 0.5 * CELL
            values = self.state.displacement[body].x.array.reshape(-1, 2)
            values[nodes] = mode_one(x, y, YOUNG, POISSON, ENERGY)
        self.mechanics.solve()
        return self._release.value


SURFING = "Hossain, Hsueh, Bourdin and Bhattacharya 2014, doi:10.1016/j.jmps.2014.06.002"
HELD = kinetics(penalty_stiffness="1e7 MPa/um")


@pytest.mark.reference("Phase field", f"{SURFING}, along an edge")
@pytest.mark.parametrize(
    ("name", "joined", "both"),
    [
        ("bonded to what never cracks", {"bonded": True}, False),
        pytest.param("held by what never cracks", HELD, False, marks=pytest.mark.long),
        ("held by what cracks as well", HELD, True),
    ],
)
@pytest.mark.parametrize("model", ["AT1", pytest.param("AT2", marks=pytest.mark.long)])
def test_crack_along_an_edge_takes_gc(
    comm: MPI.Comm, verify: Verify, model: str, name: str, joined: dict, both: bool
) -> None:
    """J of a crack that follows a moving field along an edge; without what lies beyond, half."""
    skeleton = Seam(comm, model, joined, both)
    release = [skeleton.advance(tip) for tip in np.arange(START, 1.42, 0.05)]
    title = f"Crack along an edge, {name}, {model}: J over Gc"
    verify(title, np.mean(release[-6:]) / ENERGY, 1.0, 0.03, "l/4")

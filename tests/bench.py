"""What single processes are made of, without a cell around them."""

import numpy as np
import numpy.typing as npt
import ufl
from dolfinx import fem, la
from mpi4py import MPI

from cells import LITHIUM, Table, electrolyte, make_case
from ecmcell.case.schema import Case
from ecmcell.domain.plan import Subdomain
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.processes.build_domain import divide
from ecmcell.processes.context import Context

SOLID = {"youngs_modulus": "20 GPa", "poisson_ratio": 0.25}


class Bench(Context):
    """What processes are made from; those that a test asks for are made, and what these need."""

    @property
    def subdomains(self) -> dict[str, Subdomain]:
        """The part of each phase; to be asked where each has one."""
        return {subdomain.phase: subdomain for subdomain in self.domain.subdomains}

    @property
    def bodies(self) -> dict[str, str]:
        """The body of each phase; to be asked where each has one."""
        return {phase: subdomain.body for phase, subdomain in self.subdomains.items()}

    def vector(self, form: ufl.Form) -> npt.NDArray[np.float64]:
        """A linear form at the dofs that this rank owns."""
        found = fem.assemble_vector(self.domain.compile(form))
        found.scatter_reverse(la.InsertMode.add)
        return found.array[: found.index_map.size_local * found.block_size]

    def total(self, form: ufl.Form) -> float:
        """A linear form of a test function that is one everywhere."""
        return self.domain.total(float(self.vector(form).sum()))


def bench(case: Case, mesh: MeshData, comm: MPI.Comm) -> Bench:
    """What a case has on a mesh that every rank has made."""
    return Bench(case, divide(case, mesh if comm.rank == 0 else None, comm))


def solid_case(phase: Table | None = None, **tables: object) -> Case:
    """An electrolyte with mechanics between lithium electrodes, called `solid`."""
    usual: Table = {
        "boundaries": {"anode": LITHIUM, "collector": LITHIUM},
        "physics": {"mechanics": True},
        "protocol": ["Discharge at 1 mA/cm2 for 1 s"],
        "cell": {"temperature": "25 degC", "stack_pressure": "5 MPa", "section": "plane strain"},
    }
    return make_case({"solid": electrolyte(**SOLID) | (phase or {})}, **(usual | tables))

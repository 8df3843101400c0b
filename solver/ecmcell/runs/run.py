"""From a case to a run directory."""

import time
from pathlib import Path

from mpi4py import MPI

from ecmcell.case.load import match_dimension, match_mesh, match_sizes
from ecmcell.case.schema import Case
from ecmcell.domain.plan import touching_phases
from ecmcell.errors import EcmcellError, SolverError
from ecmcell.microstructure import MeshData, check_source, mesh_ahead, mesh_of
from ecmcell.microstructure.statistics import max_cells
from ecmcell.numerics.linear import NotConverged
from ecmcell.numerics.step_size import StepTooSmall
from ecmcell.output.lock import held
from ecmcell.parallel import kept_on_root
from ecmcell.runs import paths
from ecmcell.runs.run_writer import RunWriter
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.protocol import AcceptedStep, ProtocolDriver


def run_case(case: Case, directory: Path, comm: MPI.Comm) -> None:
    """Simulate a case and write its run directory; collective.

    Raises:
        InputError: If the mesh cannot be made as asked, or the directory cannot be written or is
            that of a run which has not ended.
        SolverError: If the solver gave up; everything up to then is kept.
    """
    with held(directory, comm):
        simulate(case, directory, comm)


def simulate(case: Case, directory: Path, comm: MPI.Comm) -> None:
    """As `run_case`, in a directory that the caller holds."""
    began = time.perf_counter()
    mesh = kept_on_root(comm, _mesh_of_cell, case)
    cell = Cell(case, mesh, comm)
    writer = RunWriter(cell, mesh, directory, began)
    try:
        try:
            work, fixed_point_iterations = cell.initialise()
        except NotConverged as failure:
            raise SolverError(
                f"the solver found no state of rest to start from: {failure}"
            ) from None
        writer.step(AcceptedStep(0.0, work, fixed_point_iterations))
        writer.fields("start")
        ProtocolDriver(cell, writer).run()
    except (EcmcellError, NotConverged, StepTooSmall) as error:
        writer.close("gave up", str(error))
        if isinstance(error, EcmcellError):
            raise
        raise SolverError(f"the solver gave up: {error}") from None
    writer.close("done", "")


def make_mesh(case: Case, comm: MPI.Comm) -> MeshData | None:
    """The mesh of a case on rank 0, None on the others; an error reaches all of them."""
    return kept_on_root(comm, _checked_mesh, case)


def _mesh_of_cell(case: Case) -> MeshData:
    mesh_ahead(case)
    mesh = _checked_mesh(case)
    paths.check(case, mesh)
    return mesh


def _checked_mesh(case: Case) -> MeshData:
    check_source(case)
    mesh = mesh_of(case)
    match_mesh(case, mesh.grain_phase, touching_phases(mesh))
    match_dimension(case, mesh.dim)
    match_sizes(case, max_cells(mesh))
    return mesh

"""What some ranks have written, others read."""

from pathlib import Path

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI
from tests.mpi.test_domain import BONDED, boxes
from tests.mpi.test_numbering import spaces

from ecmcell.domain.domain import Domain
from ecmcell.errors import InputError
from ecmcell.output.state_file import StateReader, write_state

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def domain_of(comm: MPI.Comm, dim: int, quadratic: tuple[str, ...] = ("active",)) -> Domain:
    """The boxes, cut among some ranks."""
    made = boxes(dim) if comm.rank == 0 else None
    return Domain(made, comm, bonded=BONDED, debonding=["active"], quadratic=quadratic)


def filled(space: fem.FunctionSpace, number: int) -> fem.Function:
    """Values that tell where they belong, and to which cell where they jump."""
    function, size = fem.Function(space), space.dofmap.index_map_bs
    values = function.x.array.reshape(-1, size)
    at = space.tabulate_dof_coordinates()
    centre = np.zeros_like(at)
    if space.ufl_element().discontinuous:
        for dofs in space.dofmap.list:
            centre[dofs] = at[dofs].mean(axis=0)
    for k in range(size):
        values[:, k] = number + k + at @ [1.0, 10.0, 100.0] + np.sin(centre @ [3.0, 5.0, 7.0])
    return function


@pytest.mark.parametrize("dim", [2, 3])
def test_others_read_it_again(comm: MPI.Comm, shared_path: Path, dim: int) -> None:
    """Written by all ranks and read by each alone, and the other way round."""
    alone, together = MPI.COMM_SELF, comm
    for k, (writing, reading) in enumerate([(together, alone), (alone, together)]):
        # Each rank that writes alone has a file of its own; all read that of rank 0.
        own = comm.rank if writing is alone else 0
        path = shared_path / f"{k} {own}.h5"
        domain = domain_of(writing, dim)
        kept = {f"a/{i}": filled(s, i) for i, s in enumerate(spaces(domain))}
        fields = {name: (f.function_space, f.x.array) for name, f in kept.items()}
        numbers = {"x": np.array(1.5), "b/many": np.arange(3.0)}
        write_state(path, writing, fields, numbers, {"step": 3})
        comm.Barrier()

        reader = StateReader(shared_path / f"{k} 0.h5", reading)
        assert reader.notes == {"step": 3}
        assert set(reader.fields) == set(fields)
        assert reader.numbers["x"] == 1.5
        assert reader.numbers["b/many"].tolist() == [0.0, 1.0, 2.0]
        for i, space in enumerate(spaces(domain_of(reading, dim))):
            found = reader.values(f"a/{i}", space)
            assert np.abs(found - filled(space, i).x.array).max(initial=0.0) < 1e-11


def test_another_mesh_is_refused(comm: MPI.Comm, shared_path: Path) -> None:
    path = shared_path / "state.h5"
    domain = domain_of(comm, 2)
    region = next(iter(domain.bodies.values()))
    function = fem.Function(region.scalars)
    write_state(path, comm, {"f": (region.scalars, function.x.array)}, {}, None)
    reader = StateReader(path, comm)
    other = domain_of(comm, 3)
    largest = max(other.bodies.values(), key=lambda r: r.scalars.dofmap.index_map.size_global)
    with pytest.raises(InputError, match="another mesh"):
        reader.values("f", largest.scalars)
    with pytest.raises(InputError, match="not there"):
        reader.values("g", region.scalars)


def test_a_file_that_is_cut_off_is_refused(comm: MPI.Comm, shared_path: Path) -> None:
    path = shared_path / "state.h5"
    region = next(iter(domain_of(comm, 2).bodies.values()))
    values = fem.Function(region.scalars).x.array
    write_state(path, comm, {"f": (region.scalars, values)}, {}, None)
    if comm.rank == 0:
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(InputError, match="cannot be read"):
        StateReader(path, comm)


def test_a_disk_that_is_full_is_told(comm: MPI.Comm) -> None:
    region = next(iter(domain_of(comm, 2).bodies.values()))
    values = fem.Function(region.scalars).x.array
    with pytest.raises(OSError, match="No space"):
        write_state(Path("/dev/full"), comm, {"f": (region.scalars, values)}, {}, None)

"""What belongs to cells as wholes."""

import numpy as np
import pytest
from dolfinx import fem
from mpi4py import MPI

from bench import bench, solid_case
from ecmcell.domain.cells import fill_cells, midpoints
from ecmcell.domain.gather import gather_cell_values
from meshes import layers

pytestmark = [pytest.mark.mpi, pytest.mark.domain]


def test_middles_of_cells_and_numbers_in_them(comm: MPI.Comm) -> None:
    """The mean of the middles is that of the body, as all cells are of a size."""
    domain = bench(solid_case(), layers(2, {"solid": 6.0}, [6]), comm).domain
    (subdomain,), (region,) = domain.subdomains, domain.bodies.values()
    middles = gather_cell_values(region, midpoints(region.mesh))
    if comm.rank == 0:
        assert len(middles) == 24
        assert middles.mean(axis=0) == pytest.approx([3.0, 1.0, 0.0])
    function = fem.Function(region.cellwise())
    fill_cells(function, np.full(len(region.parents), 2.5))
    assert (function.x.array == 2.5).all()
    fill_cells(function, midpoints(region.mesh)[:, 0])
    moment = domain.integral(function * domain.dx(subdomain)).value
    assert moment == pytest.approx(3.0 * 12.0, rel=1e-12)

"""Crystal axes of grains."""

from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from bench import bench
from cells import active, electrolyte, kinetics, make_case
from ecmcell.domain.cells import midpoints
from ecmcell.domain.gather import gather_cell_values
from ecmcell.domain.plan import grain_centroids
from ecmcell.microstructure.recipes import RECIPES
from ecmcell.processes.carriers.orientation import crystal_axes, random_directions
from meshes import grid, layers

GRAINS = {
    "recipe": "polycrystal",
    "dimension": 2,
    "fractions": {"active": 0.7, "matrix": 0.3},
    "thickness": "6 um",
    "width": "6 um",
    "grain_size": "2 um",
    "size": "0.8 um",
}


def test_random_directions_point_anywhere() -> None:
    """Each of length one; their mean is nothing, that of their squares a third along each axis."""
    found = random_directions(20_000, seed=1)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(20_000), rel=1e-12)
    assert found.mean(axis=0) == pytest.approx(np.zeros(3), abs=0.02)
    assert (found**2).mean(axis=0) == pytest.approx(np.full(3, 1.0 / 3.0), abs=0.02)


def test_random_directions_are_those_of_their_seed() -> None:
    """More grains leave the axes of the first as they are."""
    assert np.array_equal(random_directions(5, seed=3), random_directions(9, seed=3)[:5])
    assert not np.isclose(random_directions(5, seed=3), random_directions(5, seed=4)).any()


@pytest.mark.mpi
@pytest.mark.domain
@pytest.mark.parametrize("given", [[3.0, 0.0, 4.0], None])
def test_axes_are_as_given_or_one_a_grain(comm: MPI.Comm, given: list[float] | None) -> None:
    host = active(0.5) | ({} if given is None else {"orientation": given})
    case = make_case(
        {"separator": electrolyte(), "active": host},
        interfaces={"active|separator": kinetics()},
    )
    found = bench(case, layers(2, {"separator": 3.0, "active": 3.0}, [3, 3]), comm)
    region = found.domain.bodies[found.bodies["active"]]
    axes = crystal_axes(case, found.domain, region)
    values = axes.x.array.reshape(-1, 3)[axes.function_space.dofmap.list.ravel()]
    everywhere = gather_cell_values(region, values)
    grain = found.domain.grains_of(found.subdomains["active"])[0]
    drawn = random_directions(len(found.domain.grain_phase), case.mesh.seed)[grain]
    expected = drawn if given is None else np.array([0.6, 0.0, 0.8])
    assert everywhere == pytest.approx(np.tile(expected, (len(everywhere), 1)), rel=1e-14)
    assert len(everywhere) == (12 if comm.rank == 0 else 0)


@pytest.mark.mpi
@pytest.mark.domain
@pytest.mark.parametrize("by", ["number", "place"])
def test_axes_from_a_table_are_those_of_their_grains(
    comm: MPI.Comm, shared_path: Path, by: str
) -> None:
    """Grains of one body and phase, each with its axis, beside another phase."""
    path = shared_path / f"{comm.rank}.csv"
    where = {"number": ("grain", "2", "1"), "place": ("x,y", "7,1.6", "4,1.4")}[by]
    rows = zip(where, ("phi1,Phi,phi2", "90,90,0", "0,90,0"), strict=True)
    path.write_text("".join(f"{a},{b}\n" for a, b in rows))
    case = make_case(
        {"separator": electrolyte(), "active": active(0.5) | {"orientation": str(path)}},
        interfaces={"active|separator": kinetics()},
    )
    axes = [np.arange(0.0, 9.1, 1.5), np.array([0.0, 1.5, 3.0])]
    phases = {0: "separator", 1: "active", 2: "active"}
    mesh = grid(axes, phases, lambda at: (at[:, 0] / 3.0).astype(np.int64))
    found = bench(case, mesh, comm)
    region = found.domain.bodies[found.bodies["active"]]
    function = crystal_axes(case, found.domain, region)
    values = function.x.array.reshape(-1, 3)[function.function_space.dofmap.list.ravel()]
    everywhere = gather_cell_values(region, values)
    middles = gather_cell_values(region, midpoints(region.mesh))
    if comm.rank == 0:
        second = middles[:, :1] > 6.0
        assert second.sum() == 8
        assert everywhere == pytest.approx(np.where(second, [1, 0, 0], [0, -1, 0]), abs=1e-15)


@pytest.mark.mpi
@pytest.mark.domain
@pytest.mark.parametrize("by", ["number", "place"])
def test_every_crystal_of_a_recipe_takes_its_row(
    comm: MPI.Comm, shared_path: Path, by: str
) -> None:
    """Crystals of one phase in several bodies, and a table in which they are in another order."""
    mesh = RECIPES["polycrystal"].model_validate(GRAINS).build(2)
    count = len(mesh.grain_phase)
    angles = np.random.default_rng(7).uniform(0.0, 180.0, (count, 3))
    where = np.arange(count)[:, None] if by == "number" else grain_centroids(mesh)
    rows = np.column_stack((where, angles))[::-1]
    path = shared_path / f"{comm.rank}.csv"
    names = ("grain" if by == "number" else "x,y") + ",phi1,Phi,phi2"
    np.savetxt(path, rows, delimiter=",", header=names, comments="")
    case = make_case(
        {"matrix": electrolyte(), "active": active(0.5) | {"orientation": str(path)}},
        interfaces={
            "active|matrix": kinetics(),
            "active|active": {"electronic_resistance": "1 ohm*cm^2"},
        },
    )
    found = bench(case, mesh, comm)
    phi1, phi, _ = np.radians(angles).T
    expected = np.array([np.sin(phi1) * np.sin(phi), -np.cos(phi1) * np.sin(phi), np.cos(phi)]).T
    regions = [r for r in found.domain.bodies.values() if r.subdomains[0].phase == "active"]
    assert len(regions) > 1
    for region in regions:
        function = crystal_axes(case, found.domain, region)
        values = function.x.array.reshape(-1, 3)[function.function_space.dofmap.list.ravel()]
        own = found.domain.cell_grain[region.parents]
        assert values == pytest.approx(expected[own], abs=1e-14)

"""Effective conductivities: layers, arrays of discs and spheres, duality, a constriction.

The conductivity of the continuous phase is 1 S/m wherever arrays are meant. Meshed discs and
spheres are inscribed in the true ones: `lattice` makes them so much larger that the volume
fraction, which counts, is as asked.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from math import inf

import numpy as np
import pytest
from mpi4py import MPI

from cells import LITHIUM, Table, active, electrolyte, kinetics, make_case
from ecmcell.case.schema import Case
from ecmcell.homogenisation.effective import Effective, effective
from ecmcell.microstructure.mesh.meshdata import MeshData
from ecmcell.microstructure.mesh.topology import assemble
from ecmcell.microstructure.meshing.excerpt import excerpt
from ecmcell.microstructure.recipes import RECIPES
from meshes import COMPOSITE, grid, image, layers
from record import Verify

SIEMENS = 1e6  # 1 S/m in pA/(V um)
OHM_CM2 = 1e-4  # 1 ohm cm2 in V um2/pA


def bonded(conductivity: Mapping[str, float], **tables: object) -> Case:
    """Electrolytes without interfaces between them; conductivities in S/m."""
    names = list(conductivity)
    pairs = {f"{a}|{b}": {"bonded": True} for i, a in enumerate(names) for b in names[i + 1 :]}
    return make_case(
        {name: electrolyte(f"{value!r} S/m") for name, value in conductivity.items()},
        interfaces=pairs,
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        protocol=["Discharge at 1 mA/cm2 for 1 s"],
        **tables,
    )


def composite(
    conductivity: str = "1 S/m", additive: str | None = None, resistance: str = "1 ohm*cm^2"
) -> Case:
    """Active inclusions of 10 S/m in an electrolyte, maybe with conductive additive."""
    matrix: Table = electrolyte(conductivity)
    law: Table = {}
    if additive:
        matrix["overrides"] = {"electronic_conductivity": additive}
        law["electronic_resistance"] = resistance
    return make_case(
        {"inclusion": active(), "matrix": matrix},
        interfaces={"inclusion|matrix": kinetics(**law)},
        boundaries={"anode": LITHIUM, "collector": {}},
    )


def along(
    case: Case, mesh: MeshData, comm: MPI.Comm, carrier: str = "ions", perfect: str = ""
) -> Effective:
    """Effective conductivities of a mesh that every rank has made."""
    found = effective(
        case, mesh if comm.rank == 0 else None, comm, tuple(case.phases), {perfect} - {""}
    )
    return next(result for result in found if result.carrier.name == carrier)


def values(result: Effective) -> np.ndarray:
    """Conductivities along each axis in S/m."""
    return np.array([d.conductivity for d in result.directions.values()]) / SIEMENS


# Layers and networks: linear elements are exact


@pytest.mark.mpi
@pytest.mark.parametrize("others", ["none", "stub", "island"])
def test_voids_at_the_sides_of_an_image(comm: MPI.Comm, others: str) -> None:
    """A channel of a third of the section carries a third, whatever else there is of the phase.

    What reaches an end counts in its fraction of the image, what floats in voids does not.
    """
    labels = np.zeros((12, 9), dtype=np.int64)
    labels[:, 3:6] = 1
    labels[9:, 8] = others == "stub"
    labels[4:7, 0:2] = others == "island"
    result = along(bonded({"matrix": 0.1}), image(labels, {"matrix": 1}), comm)
    assert values(result) == pytest.approx([0.1 / 3, 0.0], abs=1e-12)
    assert result.fraction["matrix"] == pytest.approx((36 + 3 * (others == "stub")) / 108)


@pytest.mark.mpi
@pytest.mark.reference("Conduction", "resistances in series and in parallel")
@pytest.mark.parametrize("dim", [2, 3])
@pytest.mark.parametrize("linear", ["iterative", "direct"])
def test_layers_in_series_and_parallel(
    comm: MPI.Comm, verify: Verify, dim: int, linear: str
) -> None:
    """Across layers resistivities add up, along them conductivities do."""
    case = bonded({"hard": 1e-3, "soft": 0.2}, solver={"linear": linear})
    result = along(case, layers(dim, {"hard": 1.0, "soft": 7.0}, [2, 3]), comm)
    across, *beside = values(result)
    title = f"Two layers, {dim}D, {linear} solver: conductivity "
    verify(title + "across, S/m", across, 8.0 / (1.0 / 1e-3 + 7.0 / 0.2), 1e-9, "2 + 3")
    verify(title + "along, S/m", beside, (1e-3 + 7 * 0.2) / 8.0, 1e-9, "2 + 3")
    assert result.tortuosity("y") == pytest.approx(1.0, rel=1e-9)
    assert result.fraction == pytest.approx({"hard": 1 / 8, "soft": 7 / 8})


@pytest.mark.mpi
@pytest.mark.reference("Conduction", "resistances in series and in parallel")
@pytest.mark.parametrize("perfect", ["", "inclusion"])
def test_contact_resistance(comm: MPI.Comm, verify: Verify, perfect: str) -> None:
    """Electrons cross from active material to additive: L/s = L1/s1 + R + L2/s2."""
    case = composite(additive="2 S/m", resistance="0.5 ohm*cm^2")
    mesh = layers(2, {"inclusion": 2.0, "matrix": 3.0}, [2, 3])
    result = along(case, mesh, comm, "electrons", perfect)
    resistance = (0.0 if perfect else 2.0 / 10.0) + 0.5 * OHM_CM2 * SIEMENS + 3.0 / 2.0
    title = f"Two layers and a contact resistance{', one layer perfect' if perfect else ''}: "
    verify(title + "conductivity, S/m", values(result)[0], 5.0 / resistance, 1e-9, "2 + 3")
    assert values(result)[1] == (inf if perfect else pytest.approx((20.0 + 6.0) / 5.0, rel=1e-9))
    assert along(case, mesh, comm, "ions").directions["x"].conductivity == 0.0


@pytest.mark.mpi
def test_what_does_not_percolate_has_no_part(comm: MPI.Comm) -> None:
    """A channel along x, a dead end and an island: only the channel conducts.

    Rows of boxes: the channel, a wall, then the dead end (two of six boxes) and the island (one).
    """
    conducting = {(i, 0) for i in range(6)} | {(0, 2), (1, 2), (4, 2)}

    def region(at: np.ndarray) -> np.ndarray:
        return np.array([(int(x), int(y)) not in conducting for x, y in at], dtype=np.int64)

    mesh = grid([np.arange(7.0), np.arange(5.0)], {0: "matrix", 1: "inclusion"}, region)
    result = along(composite("3 S/m"), mesh, comm)
    assert values(result) == pytest.approx([3.0 / 4.0, 0.0], rel=1e-9)
    assert result.fraction["matrix"] == pytest.approx(9 / 24)
    assert result.directions["x"].percolating["matrix"] == pytest.approx(6 / 9)
    assert result.directions["y"].percolating["matrix"] == 0.0
    assert result.tortuosity("x") == pytest.approx(1.5, rel=1e-9)
    assert result.tortuosity("y") == inf


# Arrays of discs and spheres

DISCS = {
    ("square", "perfect"): 3.08020,
    ("square", "10"): 2.41547,
    ("square", "insulating"): 0.32465,
    ("hexagonal", "perfect"): 3.00473,
    ("hexagonal", "10"): 2.38647,
    ("hexagonal", "insulating"): 0.33281,
}
"""Area fraction 0.5: Perrins, McKenzie and McPhedran 1979, doi:10.1098/rspa.1979.0160."""

SPHERES = {"perfect": 2.33288, "10": 1.88774, "insulating": 0.60566}
"""Simple cubic, volume fraction 0.3: McPhedran and McKenzie 1978, doi:10.1098/rspa.1978.0031."""

KINDS = {"perfect": "perfect conductors", "10": "contrast 10", "insulating": "insulators"}


@cache
def lattice(arrangement: str, fraction: float, size: float) -> MeshData:
    """A lattice of spacing 10 um whose meshed volume fraction is as asked."""

    def made(asked: float) -> MeshData:
        recipe = {
            "recipe": "lattice",
            "arrangement": arrangement,
            "fraction": asked,
            "spacing": "10 um",
            "size": f"{size} um",
        }
        return RECIPES["lattice"].model_validate(recipe).build(seed=1)

    return made(fraction * fraction / made(fraction).statistics["Volume fraction meshed"])


def array(kind: str, mesh: MeshData, comm: MPI.Comm) -> Effective:
    """Inclusions that are `perfect` or `insulating`, or conduct so many times better."""
    if kind == "insulating":
        return along(composite(), mesh, comm)
    contrast = 1.0 if kind == "perfect" else float(kind)
    case = bonded({"inclusion": contrast, "matrix": 1.0})
    return along(case, mesh, comm, perfect="inclusion" if kind == "perfect" else "")


@pytest.mark.mpi
@pytest.mark.reference(
    "Conduction", "Perrins, McKenzie and McPhedran 1979, doi:10.1098/rspa.1979.0160"
)
@pytest.mark.parametrize(("arrangement", "kind"), DISCS)
def test_discs(comm: MPI.Comm, verify: Verify, arrangement: str, kind: str) -> None:
    """Within 0.1 % on two meshes along both axes, and second order."""
    found = [values(array(kind, lattice(arrangement, 0.5, size), comm)) for size in (0.2, 0.1)]
    title = f"{arrangement.capitalize()} array of discs, f = 0.5, {KINDS[kind]}"
    verify(title, found, DISCS[arrangement, kind], 1e-3, "0.2, 0.1 µm", 1.8, 2)


@pytest.mark.reference("Conduction", "McPhedran and McKenzie 1978, doi:10.1098/rspa.1978.0031")
@pytest.mark.parametrize(
    "kind", ["perfect", pytest.param("10", marks=pytest.mark.long), "insulating"]
)
def test_spheres(comm: MPI.Comm, verify: Verify, kind: str) -> None:
    """Second order; two meshes extrapolate to 0.1 %, the finer alone is right within 0.25 %."""
    meshes, exact = "0.4, 0.2 µm", SPHERES[kind]
    found = [values(array(kind, lattice("simple cubic", 0.3, size), comm)) for size in (0.4, 0.2)]
    coarse, fine = found
    title = f"Cubic array of spheres, f = 0.3, {KINDS[kind]}"
    verify(title, found, exact, 2.5e-3, meshes, 1.8)
    verify(f"{title}, extrapolated", fine + (fine - coarse) / 3.0, exact, 1e-3, meshes)


@pytest.mark.long
@pytest.mark.reference("Conduction", "McPhedran and McKenzie 1978, doi:10.1098/rspa.1978.0031")
@pytest.mark.parametrize("kind", SPHERES)
def test_spheres_on_a_fine_mesh(comm: MPI.Comm, verify: Verify, kind: str) -> None:
    """Within 0.1 % without extrapolation."""
    found = values(array(kind, lattice("simple cubic", 0.3, 0.13), comm))
    title = f"Cubic array of spheres, f = 0.3, {KINDS[kind]}"
    verify(title, found, SPHERES[kind], 1e-3, "0.13 µm")


# Perfect conductors


def mirrored(mesh: MeshData, axis: int) -> MeshData:
    """A mesh of inclusions in a matrix with its image beyond the lower face along an axis."""
    points = np.concatenate(
        [mesh.points, mesh.points * np.where(np.arange(mesh.dim) == axis, -1, 1)]
    )
    _, first, same = np.unique(points.round(9), axis=0, return_index=True, return_inverse=True)
    cells = same.ravel()[np.concatenate([mesh.cells, mesh.cells + len(mesh.points)])]
    region = np.array([p == "inclusion" for p in mesh.grain_phase])[mesh.cell_grain]
    return assemble(
        points[first], cells, np.tile(region.astype(np.int64), 2), {0: "matrix", 1: "inclusion"}
    )


@pytest.mark.mpi
@pytest.mark.parametrize(
    "case", [bonded({"inclusion": 1.0, "matrix": 1.0}), composite(additive="1 S/m")]
)
def test_floating_inclusions(comm: MPI.Comm, case: Case) -> None:
    """A disc that touches the electrode is by symmetry as good as a whole one between the two.

    The whole disc has a potential of its own; with and without a contact resistance around it.
    """
    carrier = "electrons" if case.active_phases else "ions"
    quarter = lattice("square", 0.5, 0.8)
    half = mirrored(quarter, 0)
    whole = mirrored(half, 1)
    expected, *found = (
        values(along(case, mesh, comm, carrier, "inclusion")) for mesh in (quarter, half, whole)
    )
    assert found == pytest.approx(np.tile(expected, (2, 1)), rel=1e-10)


@pytest.mark.mpi
def test_perfect_is_the_limit_of_good(comm: MPI.Comm) -> None:
    """A contrast of 1e8 is solved for, and differs from perfect conductors by some 1e-8."""
    mesh = mirrored(lattice("square", 0.5, 0.4), 0)
    perfect = values(array("perfect", mesh, comm))
    good = values(array("1e8", mesh, comm))
    assert ((good < perfect) & (good > (1.0 - 1e-7) * perfect)).all()


@pytest.mark.mpi
def test_perfect_conductor_between_the_ends(comm: MPI.Comm) -> None:
    mesh = layers(2, {"inclusion": 1.0, "matrix": 1.0}, [2, 2])
    result = along(bonded({"inclusion": 1.0, "matrix": 1.0}), mesh, comm, perfect="inclusion")
    assert values(result) == pytest.approx([2.0, inf])


# Duality


@pytest.mark.mpi
@pytest.mark.reference(
    "Conduction", "Keller 1964, doi:10.1063/1.1704146; Mendelson 1975, J. Appl. Phys. 46, 917"
)
@pytest.mark.parametrize("contrast", [10.0, inf])
def test_duality_in_a_random_composite(comm: MPI.Comm, verify: Verify, contrast: float) -> None:
    """s_x(s1, s2) s_y(s2, s1) = s1 s2 in any rectangle, also of perfect conductors and insulators.

    Keller 1964, doi:10.1063/1.1704146; Mendelson 1975, J. Appl. Phys. 46, 917: the stream function
    of one problem is the potential of the other. Conductivities come out too high at second order.
    """

    def product(halvings: int) -> float:
        finer = 2.0**-halvings
        sizes = {
            "interface": f"{0.4 * finer} um",
            "max": f"{0.8 * finer} um",
            "growth": 0.3 * finer,
            "cells_across_gap": 2.0 / finer,
        }
        recipe = COMPOSITE | {"collector_contact": 0.0, "size": sizes}
        cell = RECIPES["composite_cathode"].model_validate(recipe).build(seed=1)
        mesh = excerpt(cell, ["active", "catholyte"])
        names = {"active": "inclusion", "catholyte": "matrix"}
        mesh = replace(mesh, grain_phase=tuple(names[p] for p in mesh.grain_phase))
        better = array("perfect" if contrast == inf else str(contrast), mesh, comm)
        worse = array("insulating" if contrast == inf else str(1.0 / contrast), mesh, comm)
        return values(better)[0] * values(worse)[1]

    found = [product(halvings) for halvings in (0, 1, 2)]
    medium, fine = found[1:]
    assert fine > 1.0
    kind = "perfect conductors, insulators" if contrast == inf else f"contrast {contrast:g}"
    title, meshes = f"Random discs, {kind}: product of dual conductivities", "0.4, 0.2, 0.1 µm"
    verify(title, found, 1.0, 2.5e-3, meshes, 1.8)
    verify(f"{title}, extrapolated", fine + (fine - medium) / 3.0, 1.0, 5e-4, meshes)


# Constriction


@pytest.mark.reference(
    "Constriction",
    "Holm; series solution, near Cooper, Mikic and Yovanovich 1969, "
    "doi:10.1016/0017-9310(69)90011-8",
)
@pytest.mark.long
def test_disc_contact(comm: MPI.Comm, verify: Verify) -> None:
    """Holm's resistance psi/(4 s a) of an isothermal disc on a cylinder, psi(a/b = 0.3) = 0.58651.

    The approximation (1 - a/b)^1.5 of Cooper, Mikic and Yovanovich 1969,
    doi:10.1016/0017-9310(69)90011-8, gives 0.58566. Beside it there is the resistance of the
    cylinder itself. The field is singular at the rim: meshes are graded towards it, and the error
    falls with the square of the growth of the cells.
    """
    length, radius, contact = 30.0, 20.0, 6.0
    found = []
    for halved in (1.0, 0.5):
        recipe = {
            "recipe": "disc_contact",
            "phase": "matrix",
            "thickness": f"{length} um",
            "radius": f"{radius} um",
            "contact_radius": f"{contact} um",
            "rim_size": f"{0.08 * halved**2} um",
            "max_size": f"{8.0 * halved} um",
            "growth": 0.3 * halved,
        }
        mesh = RECIPES["disc_contact"].model_validate(recipe).build(seed=1)
        result = along(bonded({"matrix": 1.0}), mesh, comm)
        whole = result.directions["x"].resistance / 4.0  # a quarter is meshed
        cylinder = length / (SIEMENS * np.pi * radius**2)
        found.append(4.0 * SIEMENS * contact * (whole - cylinder))
    coarse, fine = found
    title = "Disc contact on a cylinder, a/b = 0.3: ψ = 4 σ a R"
    meshes = "0.08 µm at the rim, then a quarter of it"
    verify(title, found, 0.58651, 0.01, meshes, 1.8)
    verify(f"{title}, extrapolated", fine + (fine - coarse) / 3.0, 0.58651, 1e-3, meshes)

"""A run directory made by hand: discs in a matrix with analytic fields."""

from itertools import permutations
from pathlib import Path

import numpy as np
from scipy.spatial import Delaunay

from ecmcell.output import OutputMesh, RunDirectory

LENGTH, HEIGHT, SEPARATOR = 50.0, 40.0, 20.0  # um
CASE = """title = "Discs & springs <made by hand>"
protocol = ["Charge at C/5 until 4.2 V", "Discharge at C/5 until 2.8 V"]

[interfaces."active|catholyte"]
strength = "5 MPa"

[interfaces."catholyte|separator"]
bonded = true
"""
STATES = (
    (0.0, "start"),
    (9000.0, "Charge at C/5 until 4.2 V: half"),
    (18000.0, "Charge at C/5 until 4.2 V: end"),
    (36000.0, "Discharge at C/5 until 2.8 V: end"),
)


def discs(count: int = 14, seed: int = 3) -> np.ndarray:
    """Centres and radii of discs that do not touch, shape (count, 3)."""
    rng = np.random.default_rng(seed)
    placed: list[np.ndarray] = []
    for radius in np.linspace(7.0, 3.0, count):
        for _ in range(5000):
            centre = rng.uniform(
                (radius + 1, radius + 1), (LENGTH - radius - 1, HEIGHT - radius - 1)
            )
            if all(np.hypot(*(centre - p[:2])) > radius + p[2] + 1.0 for p in placed):
                placed.append(np.array([*centre, radius]))
                break
    return np.array(placed)


def disc_mesh(size: float = 1.0) -> tuple[OutputMesh, np.ndarray]:
    """Triangles that follow the discs, with the points doubled along their edges.

    Returns:
        The mesh, and the disc of each point (-1 in the matrix).
    """
    circles = discs()
    points = []
    for number, (x, y, radius) in enumerate(circles):
        edge = int(np.ceil(2 * np.pi * radius / (0.5 * size)))
        for ring in np.linspace(0, 1, int(np.ceil(radius / size)) + 1):
            turns = np.arange(max(1, round(edge * ring))) * 2 * np.pi / max(1, round(edge * ring))
            points.append(
                np.c_[x + ring * radius * np.cos(turns), y + ring * radius * np.sin(turns)]
            )
    columns, rows = round((LENGTH + SEPARATOR) / size), round(HEIGHT / size)
    grid = np.stack(
        np.meshgrid(np.linspace(-SEPARATOR, LENGTH, columns + 1), np.linspace(0, HEIGHT, rows + 1)),
        axis=-1,
    ).reshape(-1, 2)
    gap = np.min(
        np.hypot(*(grid[:, None] - circles[:, :2]).transpose(2, 0, 1)) - circles[:, 2], axis=1
    )
    points.append(grid[gap > 0.4 * size])
    plane = np.vstack(points)
    cells = Delaunay(plane).simplices
    sides = plane[cells[:, 1:]] - plane[cells[:, :1]]
    cells = cells[np.abs(np.linalg.det(sides)) > 1e-9]
    middle = plane[cells].mean(axis=1)
    inside = np.hypot(*(middle[:, None] - circles[:, :2]).transpose(2, 0, 1)) < circles[:, 2]
    disc = np.where(inside.any(axis=1), inside.argmax(axis=1), -1)
    phase = np.where(disc >= 0, 0, np.where(middle[:, 0] > 0, 1, 2))
    body = (phase > 0).astype(int)
    # Both bodies get their own copy of the points they share.
    keys = np.unique(np.c_[cells.ravel(), np.repeat(body, 3)], axis=0)
    index = {tuple(key): number for number, key in enumerate(keys)}
    own = np.array([[index[p, b] for p in cell] for cell, b in zip(cells, body, strict=True)])
    point_disc = np.full(len(keys), -1)
    point_disc[own[disc >= 0].ravel()] = np.repeat(disc[disc >= 0], 3)
    facets = _shared_edges(cells, body)
    return (
        OutputMesh(
            points=np.c_[plane[keys[:, 0]], np.zeros(len(keys))],
            cells=own,
            cell_phase=phase,
            phase_names=("active", "catholyte", "separator"),
            cell_body=body,
            body_names=("active", "catholyte"),
            interface_points=np.c_[plane, np.zeros(len(plane))],
            interface_facets=facets,
            interface_pair=np.zeros(len(facets), dtype=int),
            pair_names=("active|catholyte",),
        ),
        point_disc,
    )


def _shared_edges(cells: np.ndarray, body: np.ndarray) -> np.ndarray:
    edges = np.sort(cells[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
    bodies = np.repeat(body, 3)
    unique, place = np.unique(edges, axis=0, return_inverse=True)
    total, count = np.bincount(place, bodies), np.bincount(place)
    return unique[(count == 2) & (total == 1)]


def fields(mesh: OutputMesh, point_disc: np.ndarray, filling: float) -> dict[str, dict]:
    """Analytic fields at a mean stoichiometry; the current flows from the anode into the discs."""
    circles = discs()
    x, y = mesh.points[:, 0], mesh.points[:, 1]
    inside = point_disc >= 0
    centre = circles[point_disc]
    radius = np.where(inside, np.hypot(x - centre[:, 0], y - centre[:, 1]) / centre[:, 2], np.nan)
    depth = np.clip(x / LENGTH, 0, 1)
    stoichiometry = filling + 0.1 * (1 - 2 * filling) * (radius**2 - 0.5) - 0.05 * (depth - 0.5)
    electrolyte = np.where(inside, np.nan, -1e-3 * (0.02 * (x + SEPARATOR) + 2 * depth**2))
    stress = np.where(
        inside, 60 * (0.9 - filling) * (0.5 - radius**2), -12 + 6 * np.cos(x / 6) * np.sin(y / 5)
    )
    middle = mesh.points[mesh.cells].mean(axis=1)
    current = _flow(middle, circles, np.clip(1 - middle[:, 0] / LENGTH, 0, 1))
    current[mesh.cell_phase == 0] = np.nan
    ends = mesh.interface_points[mesh.interface_facets]
    facet = ends.mean(axis=1)
    nearest = np.argmin(
        np.abs(np.hypot(*(facet[:, None, :2] - circles[:, :2]).transpose(2, 0, 1)) - circles[:, 2]),
        axis=1,
    )
    angle = np.arctan2(*(facet[:, :2] - circles[nearest, :2]).T[::-1])
    return {
        "point": {
            "Lithium stoichiometry": stoichiometry,
            "Lithium concentration [mol.m-3]": 5e4 * stoichiometry,
            "Electrode potential [V]": np.where(inside, 4.2 - 0.8 * filling, np.nan),
            "Electrolyte potential [V]": electrolyte,
            "Electronic potential in additive [V]": np.where(
                inside | (x < 0), np.nan, 4.2 - 0.8 * filling + 1e-3 * depth
            ),
            "Displacement [um]": np.c_[0.01 * (0.9 - filling) * depth, 0.002 * np.sin(y / 10)],
            "Hydrostatic stress [MPa]": stress,
        },
        "cell": {
            "Ionic current density [mA.cm-2]": current,
            "Electronic current density [mA.cm-2]": np.zeros((len(mesh.cells), 2)),
            "Maximum principal stress [MPa]": np.abs(stress[mesh.cells]).mean(axis=1),
            "Von Mises stress [MPa]": np.abs(stress[mesh.cells]).mean(axis=1),
        },
        "interface": {
            "Interface current density [mA.cm-2]": 0.05
            * (1 - 0.5 * facet[:, 0] / LENGTH)
            * (1 - 0.4 * np.cos(angle)),
            "Normal traction [MPa]": -5 + 14 * (0.9 - filling) * (1 + np.cos(2 * angle)),
            "Shear traction [MPa]": 3 * np.abs(np.sin(2 * angle)),
            "Facet area [um2]": np.hypot(*(ends[:, 1] - ends[:, 0])[:, :2].T),
        },
    }


def _flow(middle: np.ndarray, circles: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Uniform flow to the right that passes around the discs (dipoles), losing strength."""
    z = middle[:, 0] + 1j * middle[:, 1]
    flow = np.ones_like(z)
    for x, y, radius in circles:
        away = z - (x + 1j * y)
        outside = abs(away) > 0.8 * radius
        flow[outside] -= (radius / away[outside]) ** 2
    return (0.2 * strength)[:, None] * np.c_[flow.real, -flow.imag]


def write_synthetic_run(path: Path, size: float = 1.0) -> RunDirectory:
    """Write a finished run of cells of a size in um: 80 steps, four stored states."""
    run = RunDirectory(path)
    run.write_case(CASE)
    run.write_provenance({"seeds": {"mesh": 3}, "ranks": 2})
    mesh, point_disc = disc_mesh(size)
    run.write_mesh(mesh)
    for time, label in STATES:
        run.write_fields(time, label, **fields(mesh, point_disc, filling_at(time)))
    rng = np.random.default_rng(1)
    for time in np.linspace(450.0, 36000.0, 80):
        run.write_step(step_row(float(time), rng))
    run.write_summary(
        {
            "status": "done",
            "title": "Discs & springs",
            "verdict": {"Minimum contact fraction": 0.71, "Maximum hotspot factor": 1.84},
            "wall time [s]": 12.3,
        }
    )
    run.log("done")
    return run


def write_series_run(path: Path, case: str = CASE, shift: float = 0.0) -> RunDirectory:
    """Write a finished run without fields, its voltage shifted by some V."""
    run = RunDirectory(path)
    run.write_case(case)
    run.write_provenance({"git": {"commit": "0123456789abcdef"}})
    rng = np.random.default_rng(1)
    for time in np.linspace(450.0, 36000.0, 80):
        row = step_row(float(time), rng)
        run.write_step(row | {"Voltage [V]": row["Voltage [V]"] + shift})
    run.write_summary({"status": "done", "unknowns": 1000, "wall time [s]": 12.3})
    return run


def filling_at(time: float) -> float:
    """Mean stoichiometry: down from 0.9 to 0.3 while charging, and back."""
    return 0.9 - 0.6 * (1 - abs(time / 18000.0 - 1))


def step_row(time: float, rng: np.random.Generator) -> dict[str, float | str]:
    """A line of series.csv."""
    filling = filling_at(time)
    charging = time <= 18000.0
    return {
        "Time [s]": time,
        "Step": 1 if charging else 2,
        "Voltage [V]": 4.35 - 0.9 * filling**2 - 0.3 * filling**12 + (0.04 if charging else -0.04),
        "Current density [mA.cm-2]": -0.25 if charging else 0.25,
        "Discharge capacity [mA.h.g-1]": -275 * (time / 18000.0) * 0.6,
        "Mean stoichiometry": filling,
        "State of charge": (0.9 - filling) / 0.6,
        "Ionic ohmic loss [V]": -0.01 if charging else 0.01,
        "Charge transfer loss [V]": -0.02 if charging else 0.02,
        "Stress loss [V]": -0.01 * (0.9 - filling),
        "Contact fraction": 1 - 0.4 * max(0.0, 0.75 - filling),
        "Hotspot factor": 1.3 + 0.8 * (0.9 - filling) ** 2 + (0.0 if charging else 0.1),
        "Maximum hydrostatic stress [MPa]": 10 + 60 * (0.9 - filling),
        "Stack pressure [MPa]": 5.0,
        "Charge balance error": 10 ** rng.uniform(-13, -11),
        "Lithium balance error": 10 ** rng.uniform(-12, -10),
        "Time step [s]": 450.0,
        "Newton iterations": int(rng.integers(3, 6)),
        "Krylov iterations": int(rng.integers(20, 40)),
        "Fixed-point iterations": int(rng.integers(3, 5)),
    }


def cube_mesh(count: int = 6) -> OutputMesh:
    """A block of count x count x count cubes, six tetrahedra each, with a ball of stairs in it."""
    corner = np.arange((count + 1) ** 3).reshape((count + 1,) * 3)
    steps = np.array(
        [np.cumsum(np.eye(3, dtype=int)[list(p)], axis=0) for p in permutations(range(3))]
    )
    paths = np.concatenate([np.zeros((6, 1, 3), dtype=int), steps], axis=1)
    cubes = np.stack(np.meshgrid(*[np.arange(count)] * 3, indexing="ij"), axis=-1).reshape(
        -1, 1, 1, 3
    )
    cells = corner[tuple(np.moveaxis(cubes + paths, -1, 0))].reshape(-1, 4)
    places = np.stack(np.unravel_index(np.arange(corner.size), corner.shape), axis=-1)
    points = 20.0 * places / count * [2.0, 1.0, 1.0]
    middle = points[cells].mean(axis=1)
    ball = np.linalg.norm(middle - [24.0, 10.0, 10.0], axis=1) < 7.0
    phase = np.where(ball, 0, np.where(middle[:, 0] > 10.0, 1, 2))
    body = np.where(ball, 0, 1)
    keys = np.unique(np.c_[cells.ravel(), np.repeat(body, 4)], axis=0)
    number = np.full((2, corner.size), -1)
    number[keys[:, 1], keys[:, 0]] = np.arange(len(keys))
    faces = np.sort(cells[:, [[0, 1, 2], [0, 1, 3], [0, 2, 3], [1, 2, 3]]].reshape(-1, 3), axis=1)
    unique, place, times = np.unique(faces, axis=0, return_inverse=True, return_counts=True)
    facets = unique[(np.bincount(place.reshape(-1), np.repeat(body, 4)) == 1) & (times == 2)]
    return OutputMesh(
        points=points[keys[:, 0]],
        cells=number[body[:, None], cells],
        cell_phase=phase,
        phase_names=("active", "catholyte", "separator"),
        cell_body=body,
        body_names=("active", "catholyte"),
        interface_points=points,
        interface_facets=facets,
        interface_pair=np.zeros(len(facets), dtype=int),
        pair_names=("active|catholyte",),
    )


def write_cube_run(path: Path, count: int = 6) -> RunDirectory:
    """Write a run in three dimensions: two stored states, one step between them."""
    run = RunDirectory(path)
    run.write_case('title = "Ball in a block"\n')
    run.write_provenance({})
    mesh = cube_mesh(count)
    run.write_mesh(mesh)
    inside = np.zeros(len(mesh.points), dtype=bool)
    inside[mesh.cells[mesh.cell_body == 0]] = True
    x, y, z = mesh.points.T
    middle = mesh.points[mesh.cells].mean(axis=1)
    ionic = np.where(mesh.cell_body == 1, 0.3 * np.clip(1.2 - middle[:, 0] / 40, 0, 1), np.nan)
    facet = mesh.interface_points[mesh.interface_facets]
    normal = np.cross(facet[:, 1] - facet[:, 0], facet[:, 2] - facet[:, 0])
    for time, pull in ((0.0, 0.2), (3600.0, 1.0)):
        run.write_fields(
            time,
            "start" if time == 0 else "end",
            {
                "Lithium stoichiometry": np.where(inside, 0.9 - 0.4 * pull * x / 40, np.nan),
                "Electrolyte potential [V]": np.where(inside, np.nan, -1e-3 * x),
                "Hydrostatic stress [MPa]": pull
                * 20
                * np.cos(x / 5)
                * np.cos(y / 7)
                * np.sin(z / 6),
            },
            {"Ionic current density [mA.cm-2]": ionic[:, None] * [1.0, 0.1, 0.3]},
            {
                "Interface current density [mA.cm-2]": 0.1 + pull * facet.mean(axis=1)[:, 0] / 100,
                "Normal traction [MPa]": pull * (facet.mean(axis=1)[:, 0] - 24.0),
                "Facet area [um2]": np.linalg.norm(normal, axis=1) / 2,
            },
        )
    run.write_step(step_row(3600.0, np.random.default_rng(2)))
    return run

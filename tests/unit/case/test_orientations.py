"""Orientations in files: what is read, and where the axes point."""

from pathlib import Path

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.case.orientations import OrientationTable, read_orientations


def table(directory: Path, text: str) -> OrientationTable:
    (directory / "grains.csv").write_text(text)
    return read_orientations(directory / "grains.csv")


def turned(axis: int, degrees: float) -> np.ndarray:
    """Matrix that takes components to axes that are turned about one of them."""
    angle = np.radians(degrees)
    a, b = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[[a, b], [a, b]] = np.cos(angle)
    matrix[a, b], matrix[b, a] = np.sin(angle), -np.sin(angle)
    return matrix


def test_axes_are_those_of_the_three_turns_of_bunge(tmp_path: Path) -> None:
    """phi1 about z, Phi about the new x, phi2 about the new z: c is the last row of the product."""
    angles = np.random.default_rng(1).uniform(-360.0, 360.0, (50, 3))
    rows = "".join(f"{k},{a},{b},{c}\n" for k, (a, b, c) in enumerate(angles))
    axes = table(tmp_path, f"grain,phi1,Phi,phi2\n{rows}").crystal_axes(
        np.arange(50), np.zeros((50, 2))
    )
    expected = [(turned(2, c) @ turned(0, b) @ turned(2, a))[2] for a, b, c in angles]
    assert axes == pytest.approx(np.array(expected), abs=1e-14)


@pytest.mark.parametrize(
    ("angles", "axis"),
    [
        ("0,0,0", (0, 0, 1)),
        ("77,0,13", (0, 0, 1)),
        ("0,90,0", (0, -1, 0)),
        ("90,90,0", (1, 0, 0)),
        ("180,90,45", (0, 1, 0)),
        ("0,180,0", (0, 0, -1)),
        ("90,45,0", (np.sqrt(0.5), 0, np.sqrt(0.5))),
    ],
)
def test_axes_of_plain_angles(tmp_path: Path, angles: str, axis: tuple[float, ...]) -> None:
    made = table(tmp_path, f"grain,phi1,Phi,phi2\n0,{angles}\n")
    found = made.crystal_axes(np.array([0]), np.zeros((1, 3)))
    assert found == pytest.approx(np.array([axis]), abs=1e-15)


@pytest.mark.parametrize(
    "text",
    [
        "grain,phi1,Phi,phi2\n1,90,90,0\n0,0,90,0\n",
        "x,y,phi1,Phi,phi2\n6,1,90,90,0\n1,1,0,90,0\n",
        "x,y,z,phi1,Phi,phi2\n6,1,0,90,90,0\n1,1,0,0,90,0\n",
        "phase,Phi,phi2,phi1,MAD,grain\nNMC,90,0,90,0.3,1\nNMC,90,0,0,0.2,0\n",
        "grain,x,y,phi1,Phi,phi2\n1,1,1,90,90,0\n0,6,1,0,90,0\n",  # numbers count
    ],
)
def test_rows_by_number_or_place(tmp_path: Path, text: str) -> None:
    centroids = np.array([[1.0, 1.0], [6.0, 1.0]])
    found = table(tmp_path, text).crystal_axes(np.array([0, 1]), centroids)
    assert found == pytest.approx(np.array([[0, -1, 0], [1, 0, 0]]), abs=1e-15)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("", 'no column grain or phi1 or Phi or phi2; its first line is ""'),
        ("grain,phi1,phi,phi2\n", 'no column Phi; its first line is "grain, phi1, phi, phi2"'),
        ("grain;phi1;Phi;phi2\n", "no column grain or phi1"),
        ("phi1,Phi,phi2\n1,2,3\n", "no column grain;"),
        ("x,phi1,Phi,phi2\n1,2,3,4\n", "no column y;"),
        ("z,phi1,Phi,phi2\n1,2,3,4\n", "no column x or y;"),
        ("grain,phi1,Phi,phi2\n0,1,east,3\n", '"east" for Phi, line 2'),
        ("grain,phi1,Phi,phi2\n0,1,2,\n", '"" for phi2, line 2'),
        ("grain,phi1,Phi,phi2\n0,1,2,3\n0,1,2,3\n", "several rows for grain 0"),
    ],
)
def test_what_is_no_table_of_orientations(tmp_path: Path, text: str, given: str) -> None:
    with pytest.raises(Fault) as found:
        table(tmp_path, text)
    assert found.value.given.startswith(f'"grains.csv" has {given}')


def test_a_row_that_is_missing_is_told_with_the_file(tmp_path: Path) -> None:
    made = table(tmp_path, "grain,phi1,Phi,phi2\n0,0,0,0\n")
    with pytest.raises(Fault) as found:
        made.crystal_axes(np.array([0, 1]), np.zeros((2, 2)))
    assert found.value.given == '"grains.csv" has no row for 1 of 2 grains of the phase: 1'

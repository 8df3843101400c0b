"""All subjects together: each tells of what a cell has, and no two tell the same."""

from collections import Counter

from mpi4py import MPI

from cells import drive
from ecmcell.evaluation.observables import Observables
from ecmcell.evaluation.probes import Probes
from ecmcell.evaluation.registry import SUBJECTS
from planar import half_cell, pressed


def test_no_number_is_told_twice() -> None:
    for make in (half_cell, pressed):
        cell = make(MPI.COMM_SELF)
        cell.initialise()
        drive(cell, cell.area, 1.0)
        subjects = Observables(cell).subjects
        told = Counter(name for subject in subjects for name in subject.row())
        told.update(f"summary: {name}" for subject in subjects for name in subject.summary())
        assert told and max(told.values()) == 1


def test_a_subject_without_matter_is_left_out() -> None:
    """Where there is no mechanics none of stresses speaks."""
    cell = half_cell(MPI.COMM_SELF)
    probes = Probes(cell)
    of_mechanics = [one for one in SUBJECTS if ".mechanics." in one.__module__]
    assert of_mechanics
    assert all(one.of(cell, probes) is None for one in of_mechanics)

"""Fixtures that are the same on every rank."""

import os
from pathlib import Path

import pytest
from mpi4py import MPI

from record import pytest_addoption, pytest_configure, pytest_terminal_summary, verify

__all__ = ["pytest_addoption", "pytest_configure", "pytest_terminal_summary", "verify"]

# As the command line has it: PETSc would end the tests where a reader of a pipe has gone.
os.environ.setdefault("PETSC_OPTIONS", "-no_signal_handler")


@pytest.fixture
def comm() -> MPI.Comm:
    """All ranks that run this test."""
    return MPI.COMM_WORLD


@pytest.fixture
def shared_path(comm: MPI.Comm, tmp_path: Path) -> Path:
    """One empty directory for all ranks."""
    return comm.bcast(tmp_path)

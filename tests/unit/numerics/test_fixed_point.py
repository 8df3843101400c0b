"""Couplings that lag behind: what converges, what is accelerated, and what is named."""

import numpy as np
import pytest
from dolfinx import fem, mesh
from mpi4py import MPI

from ecmcell.numerics.fixed_point import FixedPoint, Lagged
from ecmcell.numerics.linear import NotConverged

pytestmark = pytest.mark.mpi


class Halving:
    """Problems whose answer to lagged values is c times these plus one, so 1/(1 - c) at the end."""

    def __init__(self, comm: MPI.Comm, *factors: float, unit: float | None = None):
        space = fem.functionspace(mesh.create_unit_interval(comm, 8), ("Lagrange", 1))
        self.fields = [fem.Function(space) for _ in factors]
        self.answers = [np.zeros_like(field.x.array) for field in self.fields]
        self.factors = factors
        self.couplings = [
            Lagged(f"field {n + 1}", [field], lambda n=n: [self.answers[n]], unit=unit)
            for n, field in enumerate(self.fields)
        ]
        self.fixed_point = FixedPoint(comm, self.couplings, 1e-6, 40)

    def solve(self) -> int:
        """Iterate; the number of iterations."""

        def problems() -> None:
            for factor, field, answer in zip(self.factors, self.fields, self.answers, strict=True):
                answer[:] = factor * field.x.array + 1.0

        return self.fixed_point.solve(problems, lambda: False)


def test_each_coupling_is_counted_until_it_agrees(comm: MPI.Comm) -> None:
    """From nothing the change of iteration n is c^(n-1): 1e-6 is met by the 21st and the 7th."""
    halving = Halving(comm, 0.5, 0.1)
    assert halving.solve() == 21
    assert halving.fixed_point.iterations == {"field 1": 20, "field 2": 6}
    for factor, field in zip(halving.factors, halving.fields, strict=True):
        np.testing.assert_allclose(field.x.array, 1.0 / (1.0 - factor), rtol=2e-6)
    assert halving.solve() == 1  # and nothing is left to do


def test_only_what_does_not_agree_is_named(comm: MPI.Comm) -> None:
    """One that diverges and one that does not: the message has the first alone."""
    halving = Halving(comm, -1.1, 0.1)
    with pytest.raises(NotConverged, match=r"^after 40 iterations still change: field 1 by 4") as e:
        halving.solve()
    assert "field 2" not in str(e.value)


def test_linear_couplings_are_solved_by_acceleration(comm: MPI.Comm) -> None:
    """What diverges by itself is found from as many iterations as there are different factors."""
    halving = Halving(comm, -1.1, 3.0, unit=100.0)
    assert halving.solve() <= 5
    np.testing.assert_allclose(halving.fields[1].x.array, -0.5, rtol=1e-6)


def test_what_is_not_finite_is_told_at_once(comm: MPI.Comm) -> None:
    """A stress of nan is named."""
    halving = Halving(comm, np.nan)
    with pytest.raises(NotConverged, match="field 1: what is found is not finite"):
        halving.solve()


def test_accelerated_values_stay_in_bounds(comm: MPI.Comm) -> None:
    """A contact factor is never beyond 0 and 1, whatever the acceleration asks for."""
    space = fem.functionspace(mesh.create_unit_interval(comm, 8), ("Lagrange", 1))
    field = fem.Function(space)
    coupling = Lagged("contact", [field], lambda: [field.x.array], unit=2.0, bounds=(0.0, 1.0))
    coupling.put(np.linspace(-1.0, 1.0, len(field.x.array)))
    assert field.x.array.min() == 0.0
    assert field.x.array.max() == 1.0

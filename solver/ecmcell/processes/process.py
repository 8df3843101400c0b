"""One phenomenon of a cell: what it adds to the equations, and what it does in a time step."""

from collections.abc import Iterable, Sequence

import ufl
from ufl.core.expr import Expr

from ecmcell.columns.column import Column
from ecmcell.numerics.fixed_point import Coupling
from ecmcell.numerics.system.layout import Array
from ecmcell.numerics.system.scalars import Scalar

LITHIUM, ANIONS = "lithium", "anions"
ELECTRONS, IONS, ADDITIVE = "electrons", "ions", "electrons in electrolyte"
"""What is conserved: lithium and anions where they are stored, charge everywhere else."""

Loss = tuple[Column, Expr, ufl.Measure]
"""Which loss a power density in pW/um2 or pW/um3 counts as, and where."""


class Process:
    """What a phenomenon may declare; it overrides what it has. All calls are collective.

    A cell knows a list of processes and asks all of them in turn.

    Attributes:
        couplings: Quantities of it that lag behind in the equations of others.
        scalars: Numbers that a time step finds beside those that a cell has anyway: guessed on a
            line, and restored where a step is taken again.
        accumulators: Numbers in `State.position` that it adds to once a time step.
        spends: Those of them that are dissipated energy, pJ.
        times_jumps: Whether what it breaks at once has a time that steps have to find first.
    """

    couplings: Sequence[Coupling] = ()
    scalars: Sequence[Scalar] = ()
    accumulators: tuple[str, ...] = ()
    spends: tuple[str, ...] = ()
    times_jumps = False

    # What it adds to the equations

    def outflow(self, carrier: str, body: str, test: Expr) -> ufl.Form:
        """What of a carrier leaves a body by it, times a test function, pA."""
        return 0

    def collected(self) -> ufl.Form:
        """Current that it brings to the collector, pA."""
        return 0

    def virtual_work(self, body: str, virtual: Expr) -> ufl.Form:
        """Work of its forces on a virtual displacement of a body, taken off the residual, pJ."""
        return 0

    def potential(self) -> float:
        """What displacements minimise of it beside the energy that is stored, pJ."""
        return 0.0

    # What it does in a time step

    def begin_step(self) -> None:
        """Make the present state the start of the next time step."""

    def begin_iterations(self, step: float) -> None:
        """Begin the iterations that find the end of a time step of some s."""

    def respond(self, step: float) -> None:
        """Follow lithium and potentials just found for the end of a step of some s."""

    def end_step(self) -> None:
        """The time step was accepted: count what it has cost and brought; once a time step."""

    # What time steps are held to

    def controlled(self) -> list[Array]:
        """Values of this rank, of order one, whose error in a time step is kept small."""
        return []

    def growth(self) -> float:
        """What has broken in the time step over what may break in one."""
        return 0.0

    # What it tells

    def losses(self) -> Iterable[Loss]:
        """The power that it dissipates."""
        return ()

    def row(self) -> dict[str, float]:
        """Its numbers of an accepted time step, by header."""
        return {}

"""One phenomenon of a cell: what it adds to the equations, and what it does in a time step."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import ufl
from dolfinx import fem
from ufl.core.expr import Expr

from ecmcell.columns.column import Column
from ecmcell.numerics.fixed_point import Coupling
from ecmcell.numerics.newton import SolverStatistics
from ecmcell.numerics.system.layout import Array
from ecmcell.numerics.system.scalars import Scalar, ScalarEquation
from ecmcell.processes.context import Context

LITHIUM, ANIONS = "lithium", "anions"
ELECTRONS, IONS, ELECTROLYTE_ELECTRONS = "electrons", "ions", "electrons in electrolyte"
"""What is conserved: lithium and anions where they are stored, charge everywhere else."""
CONTACT_LOST = "contact lost"
"""Why a step of the protocol ends where nothing is left that would pass a current."""

Loss = tuple[Column, Expr, ufl.Measure]
"""Which loss a power density in pW/um2 or pW/um3 counts as, and where."""


@dataclass(frozen=True)
class Limit:
    """A state beyond which a current cannot go on.

    Attributes:
        name: What it is.
        sign: Of the currents of the cell that lead there; they are positive on discharge.
        value: Negative until it is reached, of order one; collective.
    """

    name: str
    sign: float
    value: Callable[[], float]


class Process(ABC):
    """What a phenomenon may declare; it overrides what it has. All calls are collective.

    A cell knows a list of processes and asks all of them in turn.

    Attributes:
        couplings: Quantities of it that lag behind in the equations of others.
        scalars: Numbers that a time step finds beside those that a cell has anyway: guessed on a
            line, and restored where a step is taken again.
        forces: Such numbers that displacements are found together with, as pressures.
        accumulators: Numbers in `State.accumulators` that it adds to once a time step.
        spends: Those of them that are dissipated energy, pJ.
        times_jumps: Whether what it breaks at once has a time that steps have to find first.
    """

    couplings: Sequence[Coupling] = ()
    scalars: Sequence[Scalar] = ()
    forces: Sequence[Scalar] = ()
    accumulators: tuple[str, ...] = ()
    spends: tuple[str, ...] = ()
    times_jumps = False

    # How it is made

    @classmethod
    @abstractmethod
    def of(cls, context: Context) -> Sequence[Self]:
        """Those that a case asks for, none where it does not; what they need `context` gives.

        Raises:
            InputError: If the mesh does not allow it.
        """

    def connect(self, processes: Sequence["Process"]) -> None:
        """Take up what others add: all of them are made."""

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

    def force_equations(self, first: int, count: int) -> Sequence[ScalarEquation]:
        """One for each of its `forces`.

        Args:
            first: Place of its first among those of all processes.
            count: How many these are.
        """
        return ()

    def stored(self) -> float:
        """Energy that it would give back, or that cracks have taken, pJ."""
        return 0.0

    def potential(self) -> float:
        """What displacements minimise of it beside the energy that is stored, pJ."""
        return 0.0

    def pressed(self) -> ufl.Form:
        """What it adds to the energy that the damage of cracks minimises, pJ."""
        return 0

    # How a cell comes to rest

    def initialise(self) -> None:
        """Put unknowns where the cell comes to rest from."""

    def look(self) -> None:
        """See what there is at the present state."""

    def rest(self, step: float) -> None:
        """The cell has come to rest in a time step of some s, which does not count."""

    # What it does in a time step

    def begin_protocol_step(self) -> None:
        """Put unknowns where a step of the protocol can begin."""

    def begin_step(self) -> None:
        """Make the present state the start of the next time step."""

    def begin_iterations(self, step: float) -> None:
        """Begin the iterations that find the end of a time step of some s."""

    def refresh_transport(self) -> None:
        """Evaluate what follows lithium, salt and potentials node by node."""

    def respond(self, step: float) -> None:
        """Follow lithium and potentials just found for the end of a step of some s."""

    def solve(self) -> SolverStatistics:
        """Solve for unknowns of its own, with lithium and potentials just found."""
        return SolverStatistics()

    @property
    def unknowns(self) -> int:
        """How many unknowns it solves for itself, over all ranks."""
        return 0

    def switch(self) -> bool:
        """Hold displacements just found otherwise, if it has to; whether that has changed."""
        return False

    def end_step(self) -> None:
        """The time step was accepted: count what it has cost and brought; once a time step."""

    # What time steps are held to

    def controlled(self) -> list[Array]:
        """Values of this rank, of order one, whose error in a time step is kept small."""
        return []

    def growth(self) -> float:
        """What has broken in the time step over what may break in one."""
        return 0.0

    def check_range(self) -> None:
        """Whether the state just found is one that can be.

        Raises:
            NotConverged: If not.
        """

    def trouble(self) -> str:
        """For want of what no step succeeds; nothing where it is not for this."""
        return ""

    # What ends a step of the protocol, or all of it

    def limits(self) -> Sequence[Limit]:
        """States beyond which a current cannot go on; asked once, when the cell is at rest."""
        return ()

    def contact_lost(self) -> bool:
        """Whether the last pass has left no contact for a current."""
        return False

    def is_disconnected(self) -> bool:
        """Whether lithium and potentials are found with no contact left for a current."""
        return False

    def ends_run(self) -> str | None:
        """Why no protocol goes on from the present state; None if it does."""
        return None

    # What a cell is continued from, beside fields, scalars and the position

    def kept_fields(self) -> Mapping[str, fem.Function]:
        """Fields beside those of the state that the next time steps need, by name."""
        return {}

    def memory(self) -> dict[str, Array]:
        """What else the next time steps need of it, by name: numbers alike on all ranks.

        What follows from the state of an accepted time step alone, `begin_step` finds.
        """
        return {}

    def recall(self, memory: Mapping[str, Array]) -> None:
        """Go on from there; state and kept fields are those of then already."""

    # What it tells

    def warnings(self) -> Iterable[str]:
        """What to be told before the run: what it leaves out that a user may expect."""
        return ()

    def leaking(self) -> float:
        """Current of electrons in pA by which it discharges the cell."""
        return 0.0

    def losses(self) -> Iterable[Loss]:
        """The power that it dissipates."""
        return ()

    def row(self) -> dict[str, float]:
        """Its numbers of an accepted time step, by header."""
        return {}

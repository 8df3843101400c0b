"""Where checks register themselves, by what they are given: a case, or a case and its mesh."""

from collections.abc import Callable, Sequence
from typing import Generic, ParamSpec

import numpy as np
import numpy.typing as npt

from ecmcell.case.schema import Case

P = ParamSpec("P")

SUBJECTS = (
    "phases",
    "orientations",
    "interfaces",
    "lithium.boundaries",
    "coatings",
    "lithium.filled_cracks",
    "lithium.lithium_layers",
    "lithium.leakage",
    "temperature",
    "heat",
    "mechanics.elasticity",
    "mechanics.cracking",
    "mechanics.cohesion",
    "mechanics.section",
    "time",
    "protocol",
    "output",
    "mechanics.plasticity",
    "collectors",
    "salt",
)
"""Modules of checks, in the order in which they run; what comes later trusts what came before."""


class Checks(Generic[P]):
    """Checks with the same arguments; as a decorator it takes a function on as one of them."""

    def __init__(self) -> None:
        self._checks: list[Callable[P, None]] = []

    def __call__(self, check: Callable[P, None]) -> Callable[P, None]:
        """Take on a function that raises a `Fault` where something does not fit."""
        self._checks.append(check)
        self._checks.sort(key=_rank)  # stable: within a module as they stand there
        return check

    def run(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Run all of them.

        Raises:
            Fault: For the first thing that does not fit.
        """
        for check in self._checks:
            check(*args, **kwargs)


def _rank(check: Callable[..., None]) -> int:
    """Place of the module of a check among the subjects."""
    return SUBJECTS.index(check.__module__.removeprefix(f"{__package__}."))


of_case = Checks[[Case]]()
"""What has to fit together within a case."""

of_phases = Checks[[Case, set[str], set[tuple[str, str]]]]()
"""Whether a case says what a mesh asks, given its phases and the pairs of them that touch."""

of_dimension = Checks[[Case, int]]()
"""Whether a case suits a mesh of so many coordinates."""

of_sizes = Checks[[Case, dict[str, float]]]()
"""Whether a mesh is fine enough for a case, given the largest cell of each phase in um."""

of_grains = Checks[[Case, Sequence[str], npt.NDArray[np.float64]]]()
"""Whether a case says what it says of single grains for those of a mesh, given the phase and the
centroid of each in um."""

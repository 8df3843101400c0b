"""What has to fit together in a case; each check names the key and what would do.

A module is a subject. Its checks register themselves with one of the decorators of `registry`,
which also lists the subjects in their order.
"""

from collections.abc import Iterable, Mapping, Sequence
from importlib import import_module

import numpy as np
import numpy.typing as npt

from ecmcell.case.checks import registry
from ecmcell.case.schema import Case

for _subject in registry.SUBJECTS:
    import_module(f"{__name__}.{_subject}")


def check(case: Case) -> None:
    """All checks of a case.

    Raises:
        Fault: For the first thing that does not fit.
    """
    registry.of_case.run(case)


def match_mesh(case: Case, phases: Iterable[str], contacts: Iterable[tuple[str, str]]) -> None:
    """Whether a case says what a mesh asks; the arguments are those of `load.match_mesh`.

    Raises:
        Fault: If not; what is missing is named all at once.
    """
    registry.of_phases.run(case, set(phases), set(contacts))


def match_dimension(case: Case, dim: int) -> None:
    """Whether a case suits a mesh of so many coordinates.

    Raises:
        Fault: If not.
    """
    registry.of_dimension.run(case, dim)


def match_sizes(case: Case, sizes: Mapping[str, float]) -> None:
    """Whether a mesh is fine enough for a case; arguments as of `load.match_sizes`.

    Raises:
        Fault: If not.
    """
    registry.of_sizes.run(case, dict(sizes))


def match_grains(case: Case, phases: Sequence[str], centroids: npt.NDArray[np.float64]) -> None:
    """Whether a case suits the grains of a mesh; arguments as of `load.match_grains`.

    Raises:
        Fault: If not.
    """
    registry.of_grains.run(case, phases, centroids)

"""Orientations of grains."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ecmcell.case.checks.registry import of_grains
from ecmcell.case.faults import Fault
from ecmcell.case.orientations import OrientationTable
from ecmcell.case.schema import Case


@of_grains
def match_grains(case: Case, phases: Sequence[str], centroids: npt.NDArray[np.float64]) -> None:
    """Whether every grain has an orientation where a table gives them."""
    for name, phase in case.phases.items():
        if isinstance(phase.orientation, OrientationTable):
            try:
                phase.orientation.crystal_axes(np.flatnonzero(np.array(phases) == name), centroids)
            except Fault as fault:
                raise Fault(fault.given, fault.remedy, ["phases", name, "orientation"]) from None

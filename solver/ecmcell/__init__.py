"""Electro-chemo-mechanics of solid-state battery cells, resolved to the microstructure.

    >>> import ecmcell
    >>> case = ecmcell.Case.load("cases/thin_film_control", {"cell.temperature": "60 degC"})
    >>> run = ecmcell.Simulation(case).run()
    >>> run.series["Voltage [V]"]

What is asked for is imported when it is asked for.
"""

import importlib
from typing import TYPE_CHECKING

from ecmcell.errors import EcmcellError, InputError, SolverError

if TYPE_CHECKING:
    from ecmcell.api.case import Case
    from ecmcell.api.figures import figure_style
    from ecmcell.api.microstructure import Microstructure
    from ecmcell.api.properties import effective_properties, material, materials
    from ecmcell.api.run import Run, open_run
    from ecmcell.api.simulation import Simulation
    from ecmcell.api.studies import Jobs, Study, StudyResult, read_study, run_study, schedule_study

__version__ = "0.2.0"
__all__ = [
    "Case",
    "EcmcellError",
    "InputError",
    "Jobs",
    "Microstructure",
    "Run",
    "Simulation",
    "SolverError",
    "Study",
    "StudyResult",
    "effective_properties",
    "figure_style",
    "material",
    "materials",
    "open_run",
    "read_study",
    "run_study",
    "schedule_study",
]
_PLACES = {
    "Case": "case",
    "Jobs": "studies",
    "Microstructure": "microstructure",
    "Run": "run",
    "Simulation": "simulation",
    "Study": "studies",
    "StudyResult": "studies",
    "effective_properties": "properties",
    "figure_style": "figures",
    "material": "properties",
    "materials": "properties",
    "open_run": "run",
    "read_study": "studies",
    "run_study": "studies",
    "schedule_study": "studies",
}


if not TYPE_CHECKING:  # a type checker is to find what is not there

    def __getattr__(name: str) -> object:
        if name not in _PLACES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        try:
            return getattr(importlib.import_module(f"ecmcell.api.{_PLACES[name]}"), name)
        except ModuleNotFoundError as error:
            if error.name in ("dolfinx", "petsc4py"):
                raise ModuleNotFoundError(
                    "ecmcell needs DOLFINx with PETSc, which pip does not install: take it from "
                    'conda-forge (conda install -c conda-forge "fenics-dolfinx>=0.9,<0.12"), from '
                    "Debian (apt install python3-dolfinx), or use the container of ecmcell",
                    name=error.name,
                ) from error
            raise


def __dir__() -> list[str]:
    return [*__all__, "__version__"]

"""Functions from Python in the place of what a case says."""

import numpy as np

from ecmcell.case import checks
from ecmcell.case.faults import Fault, dotted
from ecmcell.case.materials import ActiveMaterial
from ecmcell.case.materials.properties import Curve
from ecmcell.case.schema import Case
from ecmcell.errors import InputError
from ecmcell.processes.user_functions import OPEN_CIRCUIT, Function, UserFunctions

_SAMPLES = 201  # points that a function is read into, as formulas are
_DIGITS = 12


def with_functions(case: Case, functions: UserFunctions) -> Case:
    """A case in which functions of the stoichiometry are tables.

    Raises:
        InputError: If a function stands where none can, needs what is not known there, or gives
            what is no such table.
    """
    functions.check(case)
    phases = dict(case.phases)
    for name, phase in case.phases.items():
        function = functions.at("phases", name, OPEN_CIRCUIT)
        if function is not None:
            known = phase.made_of(ActiveMaterial).open_circuit_voltage
            try:
                curve = _curve(known, function)
            except ValueError as error:
                key = dotted(("phases", name, OPEN_CIRCUIT))
                remedy = "Give a finite voltage for each stoichiometry of an array."
                raise InputError("functions", key, str(error), remedy) from error
            material = phase.material.model_copy(update={OPEN_CIRCUIT: curve})
            phases[name] = phase.model_copy(update={"material": material})
    changed = case.model_copy(update={"phases": phases})
    try:
        checks.check(changed)
    except Fault as fault:
        raise InputError("functions", dotted(fault.key), fault.given, fault.remedy) from None
    return changed


def _curve(known: Curve, function: Function) -> Curve:
    """The table of an open-circuit voltage over the range of the one that is known."""
    x = np.linspace(known.low, known.high, _SAMPLES)
    value = np.broadcast_to(np.asarray(function(stoichiometry=x), dtype=float), x.shape)
    if not np.isfinite(value).all():
        raise ValueError("the function gives values that are no finite numbers")
    return Curve(
        stoichiometry=tuple(float(f"{point:.{_DIGITS}g}") for point in x),
        value=tuple(float(f"{point:.{_DIGITS}g}") for point in value),
        unit="V",
        assumed=f"{_SAMPLES} points of a function given from Python",
    )

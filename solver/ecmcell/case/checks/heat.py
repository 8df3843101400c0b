"""Heat of the cell, and what follows its temperature."""

from ecmcell.case.checks.registry import of_case
from ecmcell.case.checks.temperature import check_range
from ecmcell.case.faults import Fault
from ecmcell.case.interfaces import Activated, LithiumElectrode
from ecmcell.case.schema import Case

_ENTROPY, _ENERGY, _FOUND_AT = (
    "entropic_coefficient",
    "exchange_activation_energy",
    "exchange_temperature",
)

_STEEPEST = 5e-3  # V/K, assumed: an order above what is measured; mV taken for V are beyond it


@of_case
def surroundings(case: Case) -> None:
    """Whether cells work at the temperature that they would take in the end."""
    heat = case.cell.heat
    if heat is None or heat.ambient_temperature is None:
        return
    check_range(heat.ambient_temperature, ["cell", "heat", "ambient_temperature"])
    if heat.transfer_coefficient == 0.0:
        remedy = "Leave it out, or give a transfer_coefficient above 0 W/m^2/K."
        key: list[str | int] = ["cell", "heat", "ambient_temperature"]
        raise Fault("the cell is adiabatic and does not feel it", remedy, key)


@of_case
def entropy(case: Case) -> None:
    """Whether an entropic coefficient that the case itself gives acts, and may be."""
    for name, phase in case.phases.items():
        own = _ENTROPY in phase.overrides
        at: list[str | int] = ["phases", name, *(["overrides", _ENTROPY] if own else ["material"])]
        if own and case.cell.heat is None:
            remedy = "Leave it out, or add a table [cell.heat]."
            raise Fault("no heat is balanced in this cell", remedy, at)
        curve = phase.material.entropic_coefficient
        largest = max(map(abs, curve.value)) if curve is not None else 0.0
        if largest > _STEEPEST:
            remedy = "Give it in V/K: hosts of lithium have some 1e-4 V/K."
            raise Fault(f"an entropic coefficient of {largest:g} V/K is not valid", remedy, at)


@of_case
def activation(case: Case) -> None:
    """Whether it is known where an activation energy begins."""
    for table, name, law in _reacting(case):
        given = [getattr(law, key) is not None for key in (_ENERGY, _FOUND_AT)]
        if given[0] and not given[1]:
            remedy = f'The activation energy needs it: add e.g. {_FOUND_AT} = "25 degC".'
            raise Fault("missing", remedy, [table, name, _FOUND_AT])
        if given[1] and not given[0]:
            remedy = f'Leave it out, or add e.g. {_ENERGY} = "30 kJ/mol".'
            raise Fault(f"given without {_ENERGY}", remedy, [table, name, _FOUND_AT])
        if given[0] and isinstance(law, LithiumElectrode) and law.is_reversible:
            if law.filled_cracks is None:
                remedy = "Leave it out, or give a finite exchange_current_density."
                raise Fault("nothing to activate", remedy, [table, name, _ENERGY])


def _reacting(case: Case) -> list[tuple[str, str, Activated]]:
    """Interfaces and electrodes with charge transfer, by their tables and names."""
    named = [("interfaces", *item) for item in case.interfaces.items()]
    named += [("boundaries", tag, electrode) for tag, electrode in case.boundaries]
    return [(table, name, law) for table, name, law in named if isinstance(law, Activated)]

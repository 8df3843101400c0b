"""Between which stoichiometries the state of charge of a case runs."""

from ecmcell.case.materials import ActiveMaterial
from ecmcell.case.schema import Case


def charge_ends(case: Case, phase: str) -> tuple[float, float]:
    """Stoichiometries of a phase at a state of charge of 1 and of 0.

    They are the ends of its window, or those at rest at the outermost voltages of the protocol
    where these lie further out: within its cut-offs a cell stays between 0 and 1.
    """
    material = case.phases[phase].made_of(ActiveMaterial)
    curve, window = material.open_circuit_voltage, material.stoichiometry_window
    voltages = {voltage for step in case.protocol for voltage in step.voltages}
    asked = [curve.where(voltage) for voltage in voltages]
    return min([window.low, *asked]), max([window.high, *asked])

"""The protocol."""

from ecmcell.case.checks.registry import of_case, of_dimension
from ecmcell.case.faults import Fault, toml
from ecmcell.case.materials import ActiveMaterial
from ecmcell.case.protocol.step import Step
from ecmcell.case.schema import Case

# V by which overpotentials may take a cut-off outside the open-circuit voltage; what lies further
# off is a slip.
_POLARISATION = 2.0


@of_case
def protocol(case: Case) -> None:
    """Whether every step of the protocol can begin and end."""
    look = _step_of_active_material if case.active_phases else _step_of_lithium
    for step in dict.fromkeys(case.protocol):
        look(case, step, ["protocol", *step.key])
    start, first = case.rest_voltage(), case.protocol[0]
    if start is None or first.stop_voltage is None:
        return
    passed = {"charge": first.stop_voltage <= start, "discharge": first.stop_voltage >= start}
    if passed.get(first.kind):
        given = f"{toml(first.text)} has ended before it begins"
        remedy = f"The cell rests at {start:.3g} V at the start."
        raise Fault(given, remedy, ["protocol", *first.key])


@of_dimension
def match_dimension(case: Case, dim: int) -> None:
    """Whether a mesh of so many coordinates has the footprint that currents of a cell ask."""
    for step in case.protocol if dim == 2 else ():
        if step.uses_footprint():
            remedy = "A section has no footprint: use mA/cm2 or a C-rate."
            raise Fault(f"{toml(step.text)} has a current in A", remedy, ["protocol", *step.key])


def _step_of_active_material(case: Case, step: Step, key: list[str | int]) -> None:
    active = [case.phases[name].made_of(ActiveMaterial) for name in case.active_phases]
    curves = [material.open_circuit_voltage for material in active]
    low, high = min(min(c.value) for c in curves), max(max(c.value) for c in curves)
    for voltage in step.voltages:
        if not low - _POLARISATION < voltage < high + _POLARISATION:
            given = f"{toml(step.text)} asks for {voltage:g} V"
            remedy = f"The open-circuit voltage lies between {low:g} V and {high:g} V."
            raise Fault(given, remedy, key)


def _step_of_lithium(case: Case, step: Step, key: list[str | int]) -> None:
    """In a symmetric cell nothing fills up: current and voltage stay what they are."""
    if step.uses_capacity():
        remedy = "Without active material there is no capacity; use mA/cm2."
        raise Fault(f"{toml(step.text)} has a C-rate", remedy, key)
    if step.stop_state is not None:
        remedy = "Without active material there is no state of charge; end it with a time."
        raise Fault(f"{toml(step.text)} asks for a state of charge", remedy, key)
    if step.control == "power":
        remedy = "Without active material there is no voltage at rest; use mA/cm2."
        raise Fault(f"{toml(step.text)} asks for a power", remedy, key)
    if step.duration is None:
        given = f"{toml(step.text)} may never end"
        raise Fault(given, 'Without active material give a time too, "for 1 hour or ...".', key)
    stop, kind = step.stop_voltage, step.kind
    if stop is not None and (stop <= 0 if kind == "charge" else stop >= 0 and kind != "drive"):
        given = f"{toml(step.text)} has ended before it begins"
        remedy = "A symmetric cell is charged above 0 V and discharged below."
        raise Fault(given, remedy, key)

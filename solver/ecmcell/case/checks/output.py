"""Output."""

from collections.abc import Callable

from ecmcell.case.checks.registry import of_case
from ecmcell.case.faults import Fault, toml
from ecmcell.case.interfaces import LithiumElectrode
from ecmcell.case.schema import Case
from ecmcell.columns import fields


def _has_additive(case: Case) -> bool:
    """Whether electrons of the collector may pass through an electrolyte."""
    phases = case.phases.values()
    return any(p.carries_electrons and p.material.kind == "electrolyte" for p in phases)


def _has_layer(case: Case) -> bool:
    """Whether the lithium of an electrode is a layer."""
    return any(e.is_layer for _, e in case.boundaries if isinstance(e, LithiumElectrode))


HAS: dict[str, tuple[Callable[[Case], bool], str]] = {
    fields.ACTIVE: (
        lambda case: bool(case.active_phases),
        "add a phase of active material",
    ),
    fields.ELECTRONS: (
        lambda case: any(map(case.conducts_electrons, case.phases)),
        "add a phase of active material",
    ),
    fields.MIXED: (
        lambda case: not case.physics.leakage and _has_additive(case),
        "give an electrolyte an electronic_conductivity, with physics.leakage = false",
    ),
    fields.POLYMER: (
        lambda case: any(p.material.has_salt for p in case.phases.values()),
        "give an electrolyte a salt_concentration",
    ),
    fields.LEAKS: (
        lambda case: case.physics.leakage,
        "set physics.leakage = true",
    ),
    fields.MECHANICS: (
        lambda case: case.physics.mechanics,
        "set physics.mechanics = true",
    ),
    fields.CRACKING: (
        lambda case: bool(case.cracking_phases),
        "give a phase a table cracking, with physics.cracking = true",
    ),
    fields.DEBONDING: (
        lambda case: case.debonds,
        "give an interface a table cohesion, with physics.debonding = true",
    ),
    fields.CRYSTALS: (
        lambda case: any(p.is_anisotropic for p in case.phases.values()),
        'give a phase chemical_strain = "anisotropic"',
    ),
    fields.LAYER: (
        _has_layer,
        "give a lithium electrode an inventory",
    ),
}
"""Whether a case has what a field needs, and how it comes to have it."""


@of_case
def states(case: Case) -> None:
    """Whether there is a state of charge at which fields are asked for."""
    if case.output.field_states and not case.active_phases:
        given = "given, but without active material there is no state of charge"
        raise Fault(given, "Leave it out, or use field_times.", ["output", "field_states"])


@of_case
def field_names(case: Case) -> None:
    """Whether the case has what the fields that it asks for need."""
    needs = {field.key: field.needs for field in fields.FIELDS}
    for place, name in enumerate(case.output.fields):
        if not needs.get(name):
            continue
        has, remedy = HAS[needs[name]]
        if not has(case):
            given = f"{toml(name)} needs {needs[name]}, which the case does not have"
            raise Fault(given, f"Leave it out, or {remedy}.", ["output", "fields", place])

"""Interfaces: what joins two phases, or the grains of one."""

from ecmcell.case.checks.registry import of_case, of_phases
from ecmcell.case.faults import Fault, all_missing, dotted, suggest, toml
from ecmcell.case.interfaces import (
    GrainBoundary,
    InterfaceLaw,
    PerfectBond,
    ReactingInterface,
    pair_of,
)
from ecmcell.case.schema import Case


@of_case
def interfaces(case: Case) -> None:
    """Whether every interface is between phases that its law is for."""
    seen: set[frozenset[str]] = set()
    for key in case.interfaces:
        pair = pair_of(key)
        at = ["interfaces", key]
        for name in pair:
            if name not in case.phases:
                remedy = suggest(name, case.phases, "phases")
                raise Fault(f"{toml(name)} is not a phase", remedy, at)
        if frozenset(pair) in seen:
            raise Fault("the pair is named twice", "Keep one of the two tables.", at)
        seen.add(frozenset(pair))
    reacting = set()
    for key, ((a, b), law) in zip(case.interfaces, case.interface_laws(), strict=True):
        at = ["interfaces", key]
        if {a, b} & {*case.metal_phases}:
            _law_of_metal(case, law, (a, b), at)
        else:
            _interface_law(case, law, (a, b), at)
        if isinstance(law, ReactingInterface):
            reacting.add(a)
        parts = sorted(case.debonding & {a, b})
        if parts and isinstance(law, PerfectBond):
            grains = f"{parts[0]}|{parts[0]}"
            remedy = f'Give e.g. ionic_resistance instead, or leave out "{grains}".'
            raise Fault(f"bonded beside {grains}", remedy, ["interfaces", key])
    for name in case.active_phases:
        if name not in reacting:
            given = "active material without an interface to an electrolyte"
            remedy = f'Add a table [interfaces."{name}|..."] with an exchange_current_density.'
            raise Fault(given, remedy, ["phases", name])


@of_phases
def match_contacts(case: Case, _phases: set[str], contacts: set[tuple[str, str]]) -> None:
    """Whether the case says how any two phases that touch are joined."""
    for name in sorted(case.debonding):
        if (name, name) not in contacts:
            remedy = "Leave the table out, or take another mesh."
            raise Fault("no two grains touch", remedy, ["interfaces", f"{name}|{name}"])
    all_missing(
        [
            Fault("missing, but they touch", _how_to_join(case, a, b), ["interfaces", f"{a}|{b}"])
            for a, b in sorted(contacts)
            if a != b and case.interface_between(a, b) is None
        ]
    )


def _how_to_join(case: Case, a: str, b: str) -> str:
    """What to say of two phases that touch, by what they are made of."""
    kinds = {case.phases[name].material.kind for name in (a, b)}
    table = f"Add a table [{dotted(['interfaces', f'{a}|{b}'])}] with"
    if kinds == {"active material", "metal"}:
        return "Only an electrolyte may lie on a metal: separate them."
    if len(kinds) == 2:
        return f'{table} e.g. exchange_current_density = "1 A/m^2".'
    if kinds == {"metal"}:
        return f"{table} bonded = true."
    passes = "ionic_resistance" if kinds == {"electrolyte"} else "electronic_resistance"
    return f'{table} bonded = true if they are one body, else e.g. {passes} = "10 ohm*cm^2".'


def _interface_law(case: Case, law: InterfaceLaw, pair: tuple[str, str], at: list[str]) -> None:
    first, second = (case.phases[name] for name in pair)
    kinds = first.material.kind, second.material.kind
    if isinstance(law, PerfectBond):
        if first is second:
            remedy = 'Leave the table out, or give e.g. ionic_resistance = "10 ohm*cm^2".'
            raise Fault("the grains of a phase are one body as they are", remedy, at)
        if kinds[0] != kinds[1]:
            remedy = "Give the kinetics, e.g. exchange_current_density; leave out bonded."
            raise Fault("active material and electrolyte are bonded", remedy, at)
        if kinds[0] == "active material" and first.material != second.material:
            given = f"{first.material.name} and {second.material.name} are bonded"
            raise Fault(given, "Only one and the same active material can be bonded.", at)
        return
    alike = kinds[0] == kinds[1]
    if isinstance(law, GrainBoundary):
        if not alike:
            remedy = 'Add the kinetics, e.g. exchange_current_density = "1 A/m^2".'
            raise Fault("missing", remedy, [*at, "exchange_current_density"])
        _grain_boundary(case, law, pair, at)
        return
    if alike:
        given = f"no reaction between {kinds[0]} and {kinds[1]}"
        remedy = 'Use bonded = true alone, or give e.g. ionic_resistance = "10 ohm*cm^2".'
        raise Fault(given, remedy, at)
    if law.electronic_resistance is not None and not case.may_conduct_electrons(pair[1]):
        given = "no electrons in this electrolyte"
        remedy = "Leave it out, or override the electronic_conductivity of the electrolyte."
        raise Fault(given, remedy, [*at, "electronic_resistance"])
    if law.electronic_resistance is None and case.conducts_electrons(pair[1]):
        remedy = 'The electrolyte carries electrons: add e.g. electronic_resistance = "1 ohm*cm^2".'
        raise Fault("missing", remedy, [*at, "electronic_resistance"])


def _grain_boundary(case: Case, law: GrainBoundary, pair: tuple[str, str], at: list[str]) -> None:
    """Whether the resistances between two phases of the same kind are given, and no other."""
    first = case.phases[pair[0]]
    if law.ionic_resistance is None and first.material.kind == "electrolyte":
        remedy = 'Add it, e.g. ionic_resistance = "10 ohm*cm^2".'
        raise Fault("missing", remedy, [*at, "ionic_resistance"])
    key = [*at, "electronic_resistance"]
    if all(map(case.conducts_electrons, pair)) and law.electronic_resistance is None:
        remedy = 'Both carry electrons: add e.g. electronic_resistance = "1 ohm*cm^2".'
        raise Fault("missing", remedy, key)
    may = all(map(case.may_conduct_electrons, pair))
    if not may and law.electronic_resistance is not None:
        raise Fault("no electrons pass between these", "Leave it out.", key)


def _law_of_metal(case: Case, law: InterfaceLaw, pair: tuple[str, str], at: list[str]) -> None:
    """Whether a metal is joined to what it can be joined to."""
    first, second = (case.phases[name] for name in pair)
    kinds = first.material.kind, second.material.kind
    if kinds[0] == kinds[1]:
        if first is second:
            raise Fault("the pieces of a metal are one body as they are", "Leave it out.", at)
        if not isinstance(law, PerfectBond):
            raise Fault("joins metals", "Use bonded = true alone.", at)
        return
    if kinds[0] == "active material":
        given = "a metal touches active material"
        raise Fault(given, "Only an electrolyte may lie on a metal: separate them.", at)
    if not isinstance(law, ReactingInterface):
        remedy = 'Give the kinetics, e.g. exchange_current_density = "10 A/m^2".'
        raise Fault("a metal and an electrolyte react", remedy, at)
    _electrons(case, law, pair[1], at)


def _electrons(case: Case, law: ReactingInterface, electrolyte: str, at: list[str]) -> None:
    """Whether electrons pass between a metal and an electrolyte only where this leaks them."""
    key = [*at, "electronic_resistance"]
    if case.physics.leakage and case.conducts_electrons(electrolyte):
        if law.electronic_resistance is None:
            remedy = 'The electrolyte leaks: add e.g. electronic_resistance = "1 ohm*cm^2".'
            raise Fault("missing", remedy, key)
    elif case.phases[electrolyte].carries_electrons:
        given = "a metal touches an electrolyte that carries electrons"
        remedy = "Put another electrolyte between the two, or set physics.leakage = true."
        raise Fault(given, remedy, at)
    elif law.electronic_resistance is not None and not case.may_conduct_electrons(electrolyte):
        raise Fault("no electrons pass without leakage", "Leave it out.", key)

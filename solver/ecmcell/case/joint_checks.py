"""What has to fit together where phases meet and at the electrodes, in the manner of `checks`."""

from collections.abc import Iterator

from ecmcell.case import metals
from ecmcell.case.faults import Fault, suggest, toml
from ecmcell.case.joints import (
    Bond,
    Cohesion,
    Filmed,
    Held,
    Interface,
    Joint,
    Junction,
    LithiumElectrode,
    pair_of,
)
from ecmcell.case.materials import check_known, needed, needs_a, with_article
from ecmcell.case.schema import Case


def interfaces(case: Case) -> None:
    """Whether every interface joins what it says it joins.

    Raises:
        Fault: If not.
    """
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
    for key, ((a, b), joint) in zip(case.interfaces, case.joints(), strict=True):
        at = ["interfaces", key]
        if {a, b} & {*case.metal_phases}:
            metals.check_joint(case, joint, (a, b), at)
        else:
            _joint(case, joint, (a, b), at)
        if isinstance(joint, Interface):
            _coating(joint, at)
            metals.check_voids(case, joint, (a, b), at)
            reacting.add(a)
        parts = sorted(case.parting & {a, b})
        if parts and isinstance(joint, Bond):
            grains = f"{parts[0]}|{parts[0]}"
            remedy = f'Give e.g. ionic_resistance instead, or leave out "{grains}".'
            raise Fault(f"bonded beside {grains}", remedy, ["interfaces", key])
    for name in case.active_phases:
        if name not in reacting:
            given = "active material without an interface to an electrolyte"
            remedy = f'Add a table [interfaces."{name}|..."] with an exchange_current_density.'
            raise Fault(given, remedy, ["phases", name])


def boundaries(case: Case) -> None:
    """Whether electrodes are of metal, and what lies between them suits them.

    Raises:
        Fault: If not.
    """
    collector = case.boundaries.collector
    for name, electrode in (("anode", case.boundaries.anode), ("collector", collector)):
        if not isinstance(electrode, LithiumElectrode):
            continue
        metal = electrode.metal
        key: list[str | int] = ["boundaries", name, "metal"]
        if metal.kind != "metal":
            given = f"{metal.name} is {with_article(metal.kind)}"
            raise Fault(given, needs_a("metal"), key)
        if case.physics.stress_in_kinetics:
            check_known(metal, ("molar_volume",), key[:-1])
        _coating(electrode, ["boundaries", name])
        _filaments(case, electrode, name)
        metals.check_layer(case, electrode, name)
        for given in ("stiffness", "strength"):
            if electrode.cohesion is None and getattr(electrode, given) is not None:
                remedy = "Leave it out, or say how it parts in a table cohesion."
                raise Fault("given without cohesion", remedy, ["boundaries", name, given])
    symmetric = isinstance(collector, LithiumElectrode)
    if symmetric and case.active_phases:
        remedy = "Leave out the metal, or the active material."
        key = ["boundaries", "collector", "metal"]
        raise Fault("a lithium counter electrode beside active material", remedy, key)
    if not symmetric and not case.active_phases and not case.metal_phases:
        remedy = 'Add a phase of active material, or metal = "Li" for a symmetric cell.'
        raise Fault(
            "collects electrons, but there is no active material",
            remedy,
            ["boundaries", "collector"],
        )


def leakage(case: Case) -> None:
    """Whether electrons that leak have something to leak through, and somewhere to go.

    Raises:
        Fault: If not.
    """
    leaks = case.physics.leakage
    if leaks and not any(p.leaks for p in case.phases.values()):
        remedy = (
            "Leave it out, or give an electrolyte one: "
            'overrides.electronic_conductivity = { value = "1e-9 S/cm", assumed = "why" }.'
        )
        raise Fault("no electrolyte has an electronic_conductivity", remedy, ["physics", "leakage"])
    for name, phase in case.phases.items():
        given = "electronic_activation_energy" in phase.overrides
        if given and not case.may_conduct_electrons(name):
            at: list[str | int] = ["phases", name, "overrides", "electronic_activation_energy"]
            remedy = "Leave it out, or set physics.leakage = true."
            raise Fault("no electrons in this electrolyte", remedy, at)
    for role, electrode in case.boundaries:
        if not isinstance(electrode, LithiumElectrode):
            continue
        key: list[str | int] = ["boundaries", role, "electronic_resistance"]
        if leaks and electrode.electronic_resistance is None:
            remedy = 'Electrolytes leak: add e.g. electronic_resistance = "1 ohm*cm^2".'
            raise Fault("missing", remedy, key)
        if electrode.electronic_resistance is not None and not case.speaks_of_leakage:
            remedy = "Leave it out, or set physics.leakage."
            raise Fault("no electrons pass without leakage", remedy, key)


def lacking(case: Case) -> Iterator[Fault]:
    """What the mechanics has to know of how bodies hold on to each other, and is missing."""
    for pair, joint in case.interfaces.items():
        if isinstance(joint, Held):
            yield from _lacking(joint, "Mechanics", ["interfaces", pair])
    for role, electrode in case.boundaries:
        if isinstance(electrode, LithiumElectrode) and electrode.cohesion is not None:
            yield from _lacking(electrode, "An electrode that parts", ["boundaries", role])


def _lacking(joint: Held, who: str, at: list[str]) -> Iterator[Fault]:
    if joint.parts and joint.strength is None:
        remedy = f'{who} needs it, e.g. strength = "5 MPa".'
        yield Fault("missing", remedy, [*at, "strength"])


def cohesion(case: Case) -> None:
    """Whether what may part can; nothing is `lacking`.

    Raises:
        Fault: If not.
    """
    named = [(["interfaces", pair], joint) for pair, joint in case.interfaces.items()]
    for at, joint in [*named, *((["boundaries", role], it) for role, it in case.boundaries)]:
        if isinstance(joint, Held) and joint.cohesion is not None:
            _cohesion(joint, joint.cohesion, [*at, "cohesion"])


def _joint(case: Case, joint: Joint, pair: tuple[str, str], at: list[str]) -> None:
    first, second = (case.phases[name] for name in pair)
    kinds = first.material.kind, second.material.kind
    if isinstance(joint, Bond):
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
    if isinstance(joint, Junction):
        if not alike:
            remedy = 'Add the kinetics, e.g. exchange_current_density = "1 A/m^2".'
            raise Fault("missing", remedy, [*at, "exchange_current_density"])
        _junction(case, joint, pair, at)
        return
    if alike:
        given = f"no reaction between {kinds[0]} and {kinds[1]}"
        remedy = 'Use bonded = true alone, or give e.g. ionic_resistance = "10 ohm*cm^2".'
        raise Fault(given, remedy, at)
    if joint.electronic_resistance is not None and not case.may_conduct_electrons(pair[1]):
        given = "no electrons in this electrolyte"
        remedy = "Leave it out, or override the electronic_conductivity of the electrolyte."
        raise Fault(given, remedy, [*at, "electronic_resistance"])
    if joint.electronic_resistance is None and case.conducts_electrons(pair[1]):
        remedy = 'The electrolyte carries electrons: add e.g. electronic_resistance = "1 ohm*cm^2".'
        raise Fault("missing", remedy, [*at, "electronic_resistance"])


def _junction(case: Case, joint: Junction, pair: tuple[str, str], at: list[str]) -> None:
    """Whether what passes between two alike is given, and nothing else."""
    first = case.phases[pair[0]]
    if joint.ionic_resistance is None and first.material.kind == "electrolyte":
        remedy = 'Add it, e.g. ionic_resistance = "10 ohm*cm^2".'
        raise Fault("missing", remedy, [*at, "ionic_resistance"])
    key = [*at, "electronic_resistance"]
    if all(map(case.conducts_electrons, pair)) and joint.electronic_resistance is None:
        remedy = 'Both carry electrons: add e.g. electronic_resistance = "1 ohm*cm^2".'
        raise Fault("missing", remedy, key)
    may = all(map(case.may_conduct_electrons, pair))
    if not may and joint.electronic_resistance is not None:
        raise Fault("no electrons pass between these", "Leave it out.", key)


def _coating(films: Filmed, at: list[str]) -> None:
    """Whether what lies on an interface is made for it and lets ions through."""
    if films.coating is None:
        return
    material, conductivity = films.coating.material, films.coating.ionic_conductivity
    if material.kind != "coating":
        given = f"{material.name} is {with_article(material.kind)}"
        raise Fault(given, needs_a("coating"), [*at, "coating", "material"])
    if conductivity is None:
        conductivity = material.ionic_conductivity
    if not conductivity:
        given = (
            f"{material.name} has no ionic_conductivity" if conductivity is None else "no ions pass"
        )
        remedy = 'Give one, e.g. ionic_conductivity = "1e-6 S/cm".'
        raise Fault(given, remedy, [*at, "coating", "ionic_conductivity"])


def _cohesion(joint: Held, law: Cohesion, at: list[str]) -> None:
    """An interface must take more energy to part than it stores when it begins to break."""
    stiffness = joint.stiffness
    if stiffness is None:
        return
    shear = law.shear_strength or needed(joint.strength)
    for strength, energy, name in (
        (needed(joint.strength), law.energy, "energy"),
        (shear, law.shear_energy or law.energy, "shear_energy"),
    ):
        stored = strength**2 / (2.0 * stiffness)
        if energy <= stored:
            given = f"{energy:g} J/m^2, but {stored:g} J/m^2 are stored when it begins to break"
            raise Fault(given, "Raise it, or the stiffness, or lower the strength.", [*at, name])


def _filaments(case: Case, electrode: LithiumElectrode, role: str) -> None:
    """Whether there are cracks for lithium to fill, and data to do so."""
    if electrode.filaments is None:
        return
    key: list[str | int] = ["boundaries", role, "filaments"]
    if role != "anode":
        raise Fault("lithium fills the cracks at the anode", "Leave it out here.", key)
    phases = [p for p in case.phases.values() if p.material.kind == "electrolyte"]
    joints = [j for j in case.interfaces.values() if isinstance(j, Junction) and j.parts]
    if not joints and all(phase.cracking is None for phase in phases):
        remedy = "Give an electrolyte a table cracking, or leave this out."
        raise Fault("given, but no electrolyte may crack", remedy, key)
    if electrode.is_reversible and electrode.filaments.exchange_current_density is None:
        remedy = (
            'That of the electrode is infinite: add e.g. exchange_current_density = "10 A/m^2".'
        )
        raise Fault("missing", remedy, [*key, "exchange_current_density"])
    if case.filament_count and not case.physics.stress_in_kinetics:
        remedy = "Switch stress_in_kinetics on: without it nothing ends what plates in a crack."
        raise Fault("false beside filaments", remedy, ["physics", "stress_in_kinetics"])

"""What has to fit together where a metal is meshed, or a phase flows."""

from ecmcell.case.faults import Fault, toml
from ecmcell.case.joints import Bond, ElectronCollector, Interface, Joint, LithiumElectrode
from ecmcell.case.materials import Material, check_known
from ecmcell.case.schema import Case
from ecmcell.case.tables import Phase

_NEEDED = {"creep": ("creep_rate", "creep_stress", "creep_exponent"), "yield": ("yield_strength",)}


def check(case: Case) -> None:
    """What flows, and what electrodes there are.

    Raises:
        Fault: For the first thing that does not fit.
    """
    for name, phase in case.phases.items():
        _flow(case, phase, ["phases", name])
    for name, electrode in case.boundaries:
        if not isinstance(electrode, ElectronCollector):
            continue
        hosts = name == "collector" and case.active_phases
        if not hosts and not case.metal_phases:
            given = "collects electrons, but there is no active material"
            if name == "anode":
                given = "collects electrons, but there is no metal"
            remedy = 'Give metal = "Li" and its exchange_current_density, or mesh the lithium'
            remedy += "; active material lies at the collector only." if name == "anode" else "."
            raise Fault(given, remedy, ["boundaries", name])
        if not hosts and electrode.contact_resistance > 0.0:
            remedy = "Leave it out: a metal touches its collector perfectly."
            raise Fault("given at a metal", remedy, ["boundaries", name, "contact_resistance"])


def check_voids(case: Case, joint: Interface, pair: tuple[str, str], at: list[str]) -> None:
    """Whether there may be voids where they are asked for.

    Raises:
        Fault: If not.
    """
    if joint.voids is None:
        return
    if not {*pair} & {*case.metal_phases}:
        raise Fault("given where there is no metal", "Leave it out.", [*at, "voids"])
    if case.plates and not (joint.parts and case.physics.debonding):
        remedy = "Say how it parts in a table cohesion."
        raise Fault("given at an interface that holds", remedy, [*at, "voids"])


def check_layer(case: Case, electrode: LithiumElectrode, role: str) -> None:
    """Whether lithium on a boundary may end or have voids as it is asked to.

    Raises:
        Fault: If not.
    """
    if not electrode.is_layer:
        return
    at: list[str | int] = ["boundaries", role]
    name = "inventory" if electrode.inventory is not None else "void_growth"
    if electrode.is_reversible:
        remedy = f'{name} asks how fast it reacts: give e.g. "100 A/m^2".'
        raise Fault("infinite", remedy, [*at, "exchange_current_density"])
    if electrode.filaments is not None:
        remedy = "Give one of the two: what cracks take does not count there."
        raise Fault("given beside filaments", remedy, [*at, name])
    check_known(electrode.metal, ("molar_volume",), at)
    if electrode.void_growth is not None:
        check_known(electrode.metal, _NEEDED["creep"], at)
        _exponent(electrode.metal, at)
        if case.cell.stack_pressure is None:
            remedy = 'Voids close under it: add it, e.g. stack_pressure = "5 MPa".'
            raise Fault("missing", remedy, ["cell", "stack_pressure"])
    inventory = electrode.inventory
    if inventory is None:
        return
    if inventory.nucleation_sites is not None and inventory.nucleation_overpotential == 0.0:
        remedy = "Give a nucleation_overpotential that holds between them."
        raise Fault("given, but nothing hinders", remedy, [*at, "inventory", "nucleation_sites"])
    first = case.protocol[0]
    stripping = "discharge" if role == "anode" else "charge"
    if inventory.thickness == 0.0 and first.kind == stripping:
        given = f"{toml(first.text)} strips the {role}, where there is no lithium"
        raise Fault(given, "Begin the other way round.", ["protocol", *first.key])


def _exponent(material: Material, at: list[str | int]) -> None:
    """Whether an exponent of creep does."""
    if float(material.creep_exponent or 1.0) < 1.0:
        given = f"{material.creep_exponent:g} does not do"
        raise Fault(given, "An exponent of creep is at least 1.", [*at, "creep_exponent"])


def _flow(case: Case, phase: Phase, key: list[str | int]) -> None:
    """Whether a phase can flow the way it is asked to."""
    material, how = phase.material, phase.plasticity
    at = [*key, "plasticity"]
    if material.kind == "metal" and (case.physics.stress_in_kinetics or case.plates):
        check_known(material, ("molar_volume",), key)
    if how is None:
        if material.kind == "metal" and case.physics.mechanics and case.physics.plasticity:
            raise Fault("missing", 'Give plasticity = "creep", "yield" or "none".', at)
        return
    if material.kind not in ("metal", "electrolyte"):
        raise Fault(f"not for an {material.kind}", "Leave it out.", at)
    if how != "none" and phase.cracking is not None:
        raise Fault("given beside cracking", "Give one of the two.", at)
    check_known(material, _NEEDED.get(how, ()), key)
    if how == "creep":
        _exponent(material, key)


def check_joint(case: Case, joint: Joint, pair: tuple[str, str], at: list[str]) -> None:
    """Whether a metal is joined to what it can be joined to.

    Raises:
        Fault: If not.
    """
    first, second = (case.phases[name] for name in pair)
    kinds = first.material.kind, second.material.kind
    if kinds[0] == kinds[1]:
        if first is second:
            raise Fault("the pieces of a metal are one body as they are", "Leave it out.", at)
        if not isinstance(joint, Bond):
            raise Fault("joins metals", "Use bonded = true alone.", at)
        return
    if kinds[0] == "active material":
        given = "a metal touches active material"
        raise Fault(given, "Only an electrolyte may lie on a metal: separate them.", at)
    if not isinstance(joint, Interface):
        remedy = 'Give the kinetics, e.g. exchange_current_density = "10 A/m^2".'
        raise Fault("a metal and an electrolyte react", remedy, at)
    _electrons(case, joint, pair[1], at)


def _electrons(case: Case, joint: Interface, electrolyte: str, at: list[str]) -> None:
    """Whether electrons pass between a metal and an electrolyte only where this leaks them."""
    key = [*at, "electronic_resistance"]
    if case.physics.leakage and case.conducts_electrons(electrolyte):
        if joint.electronic_resistance is None:
            remedy = 'The electrolyte leaks: add e.g. electronic_resistance = "1 ohm*cm^2".'
            raise Fault("missing", remedy, key)
    elif case.phases[electrolyte].carries_electrons:
        given = "a metal touches an electrolyte that carries electrons"
        remedy = "Put another electrolyte between the two, or set physics.leakage = true."
        raise Fault(given, remedy, at)
    elif joint.electronic_resistance is not None and not case.may_conduct_electrons(electrolyte):
        raise Fault("no electrons pass without leakage", "Leave it out.", key)

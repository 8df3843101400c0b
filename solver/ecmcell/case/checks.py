"""What has to fit together in a case; each check names the key and what would do."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from ecmcell.case import joint_checks, metals, salt_checks, section_checks
from ecmcell.case.faults import Fault, all_missing, dotted, toml
from ecmcell.case.materials import check_known, needed, with_article
from ecmcell.case.properties import Curve
from ecmcell.case.schema import Case
from ecmcell.case.step import Step
from ecmcell.case.tables import COUPLINGS, Phase

# Lithium melts at 180.5 degC (453.7 K); the cells of the literature work from -50 degC.
_COLDEST, _WARMEST = 223.15, 453.15  # K
# A mesh of just the size that is needed passes.
_ROUNDING = 1.0 + 1e-6
# V by which overpotentials may take a cut-off outside the open-circuit voltage; what lies further
# off is a slip.
_POLARISATION = 2.0
_NOISE = 1e-3  # V by which a measured table may rise

_NEEDED = {
    "active material": (
        "density",
        "maximum_concentration",
        "stoichiometry_window",
        "diffusivity",
        "electronic_conductivity",
        "open_circuit_voltage",
    ),
    "electrolyte": ("ionic_conductivity",),
    "metal": (),
}
_FLOW = (
    "yield_strength",
    "hardening_modulus",
    "creep_rate",
    "creep_stress",
    "creep_exponent",
    "creep_activation_energy",
)
_USED = {
    "active material": (
        *_NEEDED["active material"],
        "diffusivity_activation_energy",
        "youngs_modulus",
        "poisson_ratio",
        "volume_change",
        "partial_molar_volume",
        "strain_a",
        "strain_c",
    ),
    "electrolyte": (
        "ionic_conductivity",
        "ionic_activation_energy",
        "electronic_conductivity",
        "electronic_activation_energy",
        *salt_checks.PROPERTIES,
        "youngs_modulus",
        "poisson_ratio",
        *_FLOW,
    ),
    "metal": ("molar_volume", "youngs_modulus", "poisson_ratio", *_FLOW),
}
_ARRHENIUS = {
    "diffusivity_activation_energy": "diffusivity",
    "electronic_activation_energy": "electronic_conductivity",
    "ionic_activation_energy": "ionic_conductivity",
    "salt_activation_energy": "salt_diffusivity",
    "creep_activation_energy": "creep_rate",
}


def check(case: Case) -> None:
    """All checks.

    Raises:
        Fault: For the first thing that does not fit.
    """
    for look in (
        _phases,
        joint_checks.interfaces,
        joint_checks.boundaries,
        joint_checks.leakage,
        _cell,
        _physics,
        section_checks.check,
        _time,
        _protocol,
        _output,
        metals.check,
        salt_checks.check,
    ):
        look(case)


def match_mesh(case: Case, phases: set[str], contacts: Iterable[tuple[str, str]]) -> None:
    """Whether a case says what a mesh asks; the arguments are those of `load.match_mesh`.

    Raises:
        Fault: If not; what is missing is named all at once.
    """
    all_missing(
        [
            Fault("missing, but in the mesh", f"Add a table [phases.{name}].", ["phases", name])
            for name in sorted(phases - set(case.phases))
        ]
    )
    for name in sorted(set(case.phases) - phases):
        raise Fault(
            "not in the mesh",
            f"The mesh has {', '.join(sorted(phases))}.",
            ["phases", name],
        )
    contacts = set(contacts)
    for name in sorted(case.parting):
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


def match_dimension(case: Case, dim: int) -> None:
    """Whether protocol, section and flaws suit a mesh of so many coordinates.

    Raises:
        Fault: If not.
    """
    for step in case.protocol if dim == 2 else ():
        if step.uses_footprint():
            remedy = "A section has no footprint: use mA/cm2 or a C-rate."
            raise Fault(f"{toml(step.text)} has a current in A", remedy, ["protocol", *step.key])
    section_checks.match_dimension(case, dim)
    for name in case.cracking_phases:
        law = needed(case.phases[name].cracking)
        key = ["phases", name, "cracking"]
        for index, flaw in enumerate(law.flaws):
            if len(flaw.begin) != dim:
                remedy = f"The mesh has {dim} coordinates."
                raise Fault("not a point of the mesh", remedy, [*key, "flaws", index, "begin"])
        if law.discs and dim != 3:
            remedy = f"The mesh has {dim} coordinates: give flaws with begin and end."
            raise Fault("there are no discs in the plane", remedy, [*key, "discs"])


def match_sizes(case: Case, sizes: Mapping[str, float]) -> None:
    """Whether a mesh is fine enough for cracks; arguments as of `load.match_sizes`.

    Raises:
        Fault: If not.
    """
    for name in case.cracking_phases:
        law, largest = needed(case.phases[name].cracking), case.largest_cells[name]
        if sizes[name] > largest * _ROUNDING:
            given = f"{law.length:g} um, but the cells of {name} are up to {sizes[name]:.3g} um"
            remedy = (
                f"Cracks need cells of at most half the length, {largest:.3g} um: refine the mesh, "
                f"or give a length of at least {2 * sizes[name]:.3g} um."
            )
            raise Fault(given, remedy, ["phases", name, "cracking", "length"])


def _phases(case: Case) -> None:
    remedy = "Add it, e.g. initial_stoichiometry = 0.9."
    started = [n for n in case.active_phases if case.phases[n].initial_stoichiometry is None]
    all_missing([Fault("missing", remedy, ["phases", n, "initial_stoichiometry"]) for n in started])
    for name, phase in case.phases.items():
        key: list[str | int] = ["phases", name]
        material = phase.material
        if material.kind not in _NEEDED:
            remedy = "A coating lies on an interface."
            raise Fault(f"{material.name} is a {material.kind}", remedy, [*key, "material"])
        check_known(material, _NEEDED[material.kind], key)
        _overrides(phase, [*key, "overrides"])
        _strain(phase, key)
        x = phase.initial_stoichiometry
        if material.kind != "active material":
            if x is not None:
                given = f"{material.name} is {with_article(material.kind)} and has none"
                raise Fault(given, "Leave it out.", [*key, "initial_stoichiometry"])
            continue
        curve, x = needed(material.open_circuit_voltage), needed(x)
        _falls(phase, curve, key)
        if not curve.low <= x <= curve.high:
            remedy = f"The open-circuit voltage is known from {curve.low:g} to {curve.high:g}."
            raise Fault(f"{x:g} does not do", remedy, [*key, "initial_stoichiometry"])


def _falls(phase: Phase, curve: Curve, key: list[str | int]) -> None:
    """Whether an open-circuit voltage falls as lithium fills in, as stability asks."""
    lowest = np.minimum.accumulate(curve.value)
    rise = np.asarray(curve.value) - lowest
    if rise.max() > _NOISE:
        at = curve.stoichiometry[int(rise.argmax())]
        given = f"the open-circuit voltage rises by {1e3 * rise.max():.3g} mV up to x = {at:g}"
        remedy = "Give it over the stoichiometry of lithium, 0 when charged; it falls with it."
        own = "open_circuit_voltage" in phase.overrides
        raise Fault(
            given, remedy, [*key, *(["overrides", "open_circuit_voltage"] if own else ["material"])]
        )


def _strain(phase: Phase, key: list[str | int]) -> None:
    """Whether a phase can strain the way it is asked to."""
    material = phase.material
    if phase.is_anisotropic:
        if material.kind != "active material":
            given = f"{material.name} is {with_article(material.kind)} and does not swell"
            raise Fault(given, "Leave it out.", [*key, "chemical_strain"])
        check_known(material, ("strain_a", "strain_c"), key)
    elif phase.orientation is not None:
        remedy = 'Leave it out, or set chemical_strain = "anisotropic".'
        raise Fault("given, but the strain is isotropic", remedy, [*key, "orientation"])


def _overrides(phase: Phase, key: list[str | int]) -> None:
    """Whether everything that a case changes of a material matters."""
    material = phase.material
    for name in phase.overrides:
        if name not in _USED[material.kind]:
            given = f"of no use in {with_article(material.kind)}"
            remedy = f"What is used: {', '.join(_USED[material.kind])}."
            raise Fault(given, remedy, [*key, name])
        law = _ARRHENIUS.get(name)
        if law and getattr(getattr(material, law), "temperature", None) is None:
            given = f"given, but the {law} holds at whatever temperature the cell has"
            remedy = f'Give {law} = {{value = ..., temperature = "25 degC", assumed = "why"}}.'
            raise Fault(given, remedy, [*key, name])


def _cell(case: Case) -> None:
    if not _COLDEST <= case.cell.temperature <= _WARMEST:
        given = f"{case.cell.temperature - 273.15:g} degC does not do"
        raise Fault(
            given,
            "Give a temperature from -50 degC to 180 degC.",
            ["cell", "temperature"],
        )


def _physics(case: Case) -> None:
    physics = case.physics
    if not physics.mechanics:
        for name in COUPLINGS:
            if getattr(physics, name):
                remedy = "Switch mechanics on, or leave this out."
                raise Fault("true without mechanics", remedy, ["physics", name])
        return
    all_missing([*_lacking(case), *joint_checks.lacking(case)])
    if case.cell.platen != "spring" and case.cell.platen_stiffness is not None:
        remedy = 'Leave it out, or set platen = "spring".'
        raise Fault("given without a spring", remedy, ["cell", "platen_stiffness"])
    for name, phase in case.phases.items():
        key: list[str | int] = ["phases", name]
        check_known(phase.material, ("youngs_modulus", "poisson_ratio"), key)
        swells = phase.material.kind == "active material" and not phase.is_anisotropic
        if swells and phase.material.partial_molar_volume is None:
            check_known(phase.material, ("volume_change",), key)
    _cracking(case)
    joint_checks.cohesion(case)


def _lacking(case: Case) -> Iterator[Fault]:
    """What the mechanics has to know of the platen, and is missing."""
    if case.cell.stack_pressure is None:
        remedy = 'Add it, e.g. stack_pressure = "5 MPa", or set physics.mechanics = false.'
        yield Fault("missing", remedy, ["cell", "stack_pressure"])
    if case.cell.platen == "spring" and case.cell.platen_stiffness is None:
        remedy = 'Add it, e.g. platen_stiffness = "0.5 MPa/um".'
        yield Fault("missing", remedy, ["cell", "platen_stiffness"])


def _cracking(case: Case) -> None:
    """Whether cracks in a phase can be told apart in tension and compression."""
    for name, phase in case.phases.items():
        if phase.cracking is not None and phase.cracking.split == "spectral":
            if phase.is_anisotropic:
                remedy = 'Use split = "volumetric-deviatoric".'
                raise Fault(
                    "not for anisotropic strain", remedy, ["phases", name, "cracking", "split"]
                )


def _time(case: Case) -> None:
    time = case.time
    if not time.smallest_step <= time.initial_step <= time.largest_step:
        given = f"{time.initial_step:g} s does not do"
        remedy = "It must lie between smallest_step and largest_step."
        raise Fault(given, remedy, ["time", "initial_step"])


def _protocol(case: Case) -> None:
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


def _step_of_active_material(case: Case, step: Step, key: list[str | int]) -> None:
    curves = [needed(case.phases[n].material.open_circuit_voltage) for n in case.active_phases]
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


def _output(case: Case) -> None:
    if case.output.field_states and not case.active_phases:
        given = "given, but without active material there is no state of charge"
        raise Fault(given, "Leave it out, or use field_times.", ["output", "field_states"])

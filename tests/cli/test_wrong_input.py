"""Whatever is wrong: one message that names file, key and remedy, exit code 2, nothing written."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from math import inf
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from workplace import CASE, MATERIAL, RECIPE, Workplace

GONE = object()


def put(**values: object) -> Callable[[dict], None]:
    """A change: `cell__temperature="hot"` sets the key `cell.temperature`; GONE removes one."""
    return at(*((tuple(key.split("__")), value) for key, value in values.items()))


def at(*changes: tuple[tuple[str, ...], object]) -> Callable[[dict], None]:
    """A change at keys that are no Python names."""

    def change(case: dict) -> None:
        for key, value in changes:
            table = case
            for part in key[:-1]:
                table = table.setdefault(part, {})
            if value is GONE:
                del table[key[-1]]
            else:
                table[key[-1]] = value

    return change


def formula(text: str) -> dict[str, object]:
    """An open-circuit voltage given as a formula."""
    return {"expression": text, "low": 0.0, "high": 1.0, "unit": "V", "assumed": "so"}


CRYSTALS = {"initial_stoichiometry": 0.9, "chemical_strain": "anisotropic"}
PAIR = ("interfaces", "active|catholyte")
BOND = ("interfaces", "catholyte|separator")
PARTING = {"energy": "1 J/m^2", "contact_gap": "20 nm"}
SYMMETRIC = (
    (("phases",), {"separator": {"material": "Li6PS5Cl"}}),
    (("interfaces",), {}),
    (("boundaries", "collector"), {"metal": "Li", "exchange_current_density": "1 A/m^2"}),
)
SHORT = (
    (("protocol",), ["Rest for 1 s"]),
    (("physics",), {"mechanics": False}),
)


def coated(**table: object) -> Callable[[dict], None]:
    """A coating on the active material."""
    return at(((*PAIR, "coating"), table))


def grown(**table: object) -> Callable[[dict], None]:
    """An interphase on the active material."""
    return at(((*PAIR, "interphase"), table))


HALF = {"map": "patches", "coverage": 0.5, "size": "1 um"}
# what is changed in the case, the key in the message, a word of the message
WRONG: dict[str, tuple[Callable[[dict], None], str, str]] = {
    "misspelt table": (put(titel="x"), "titel", 'Did you mean "title"?'),
    "misspelt key": (put(cell__stack_presure="5 MPa"), "cell.stack_presure", '"stack_pressure"'),
    "strange key": (put(cell__xyz=1), "cell.xyz", "Known keys: platen, "),
    "no title": (put(title=GONE), "title", "missing. Add it, e.g. title ="),
    "empty title": (put(title=""), "title", "not empty"),
    "title is a number": (put(title=3), "title", "text in quotes"),
    "no mesh": (put(mesh=GONE), "mesh", "Add a table [mesh]"),
    "mesh is a text": (put(mesh="fine"), "mesh", "Give a table"),
    "no recipe": (put(mesh__recipe=GONE), "mesh.recipe", "composite_2d.toml"),
    "recipe does not exist": (put(mesh__recipe="x.toml"), "mesh.recipe", "is not a file"),
    "negative seed": (put(mesh__seed=-1), "mesh.seed", "not below 0"),
    "seed is no whole number": (put(mesh__seed=1.5), "mesh.seed", "whole number"),
    "recipe key": (put(mesh__overrides={"widht": "4 um"}), "mesh.overrides.widht", '"width"'),
    "recipe value": (put(mesh__overrides={"width": 4}), "mesh.overrides.width", '"5 um"'),
    "no phases": (put(phases={}), "phases", "at least 1"),
    "phase name": (at((("phases", "a b"), {"material": "Li6PS5Cl"})), 'phases."a b"', "letters"),
    "no material": (put(phases__active__material=GONE), "phases.active.material", '"NMC811"'),
    "misspelt material": (
        put(phases__active__material="NMC81"),
        "phases.active.material",
        'Did you mean "NMC811"?',
    ),
    "material is a number": (put(phases__active__material=8), "phases.active.material", "name"),
    "material file missing": (
        put(phases__active__material="mine.toml"),
        "",
        "mine.toml: there is no such file",
    ),
    "metal without kinetics": (
        put(phases__separator__material="Li"),
        'interfaces."catholyte|separator"',
        "exchange_current_density",
    ),
    "metal that says nothing of flow": (
        put(phases__foil={"material": "Li"}),
        "phases.foil.plasticity",
        '"creep"',
    ),
    "metal on active material": (
        at(
            (("phases", "foil"), {"material": "Li", "plasticity": "none"}),
            (("interfaces", "active|foil"), {"exchange_current_density": "1 A/m^2"}),
        ),
        'interfaces."active|foil"',
        "electrolyte",
    ),
    "metal on what carries electrons": (
        at(
            (("phases", "foil"), {"material": "Li", "plasticity": "none"}),
            (("interfaces", "catholyte|foil"), {"exchange_current_density": "1 A/m^2"}),
        ),
        'interfaces."catholyte|foil"',
        "another electrolyte",
    ),
    "active material that flows": (
        put(phases__active__plasticity="yield"),
        "phases.active.plasticity",
        "Leave it out",
    ),
    "electrolyte without creep": (
        put(phases__separator__plasticity="creep"),
        "phases.separator",
        "creep_rate",
    ),
    "voids without metal": (
        put(**{"interfaces__active|catholyte__voids": {"contact": HALF, "depth": "1 um"}}),
        'interfaces."active|catholyte".voids',
        "no metal",
    ),
    "voids that hold": (
        at(
            (("phases", "foil"), {"material": "Li", "plasticity": "none"}),
            (
                ("interfaces", "foil|separator"),
                {
                    "exchange_current_density": "1 A/m^2",
                    "stiffness": "1e5 MPa/um",
                    "strength": "1 MPa",
                    "voids": {"contact": HALF, "depth": "1 um"},
                },
            ),
        ),
        'interfaces."foil|separator".voids',
        "cohesion",
    ),
    "anode of nothing": (put(boundaries__anode={}), "boundaries.anode", '"Li"'),
    "override of nothing": (
        put(phases__active__overrides={"difusivity": "1 m^2/s"}),
        "phases.active.overrides.difusivity",
        '"diffusivity"',
    ),
    "override of wrong dimension": (
        put(phases__active__overrides={"diffusivity": "1 m/s"}),
        "phases.active.overrides.diffusivity",
        "wrong dimension",
    ),
    "override of wrong sign": (
        put(phases__active__overrides={"diffusivity": "-1e-15 m^2/s"}),
        "phases.active.overrides.diffusivity",
        "not positive",
    ),
    "Poisson ratio": (
        put(phases__active__overrides={"poisson_ratio": 0.5}),
        "phases.active.overrides.poisson_ratio",
        "below 0.5",
    ),
    "no start": (
        put(phases__active__initial_stoichiometry=GONE),
        "phases.active.initial_stoichiometry",
        "missing",
    ),
    "start above 1": (
        put(phases__active__initial_stoichiometry=1.2),
        "phases.active.initial_stoichiometry",
        "not above 1",
    ),
    "start outside the table": (
        put(phases__active__initial_stoichiometry=0.0),
        "phases.active.initial_stoichiometry",
        "open-circuit voltage is known from",
    ),
    "start of an electrolyte": (
        put(phases__separator__initial_stoichiometry=0.5),
        "phases.separator.initial_stoichiometry",
        "Leave it out",
    ),
    "coating as phase": (
        put(phases__separator__material="LiNbO3"),
        "phases.separator.material",
        "lies on an interface",
    ),
    "coating of electrolyte": (
        coated(material="Li6PS5Cl", thickness="5 nm"),
        'interfaces."active|catholyte".coating.material',
        "Li6PS5Cl is an electrolyte. Give a coating",
    ),
    "coating that does not exist": (
        coated(material="LiNb03", thickness="5 nm"),
        'interfaces."active|catholyte".coating.material',
        '"LiNbO3"',
    ),
    "coating without thickness": (
        coated(material="LiNbO3"),
        'interfaces."active|catholyte".coating.thickness',
        '"5 nm"',
    ),
    "coating of no thickness": (
        coated(material="LiNbO3", thickness="0 nm"),
        'interfaces."active|catholyte".coating.thickness',
        "not positive",
    ),
    "coating that insulates": (
        coated(material="LiNbO3", thickness="5 nm", ionic_conductivity="0 S/cm"),
        'interfaces."active|catholyte".coating.ionic_conductivity',
        "no ions pass",
    ),
    "coating of unknown conductivity": (
        coated(material={"name": "mine", "kind": "coating", "formula": "X"}, thickness="5 nm"),
        'interfaces."active|catholyte".coating.ionic_conductivity',
        "mine has no ionic_conductivity",
    ),
    "misspelt key of a coating": (
        coated(material="LiNbO3", thicknes="5 nm"),
        'interfaces."active|catholyte".coating.thicknes',
        '"thickness"',
    ),
    "coating of lithium": (
        put(boundaries__anode__coating={"material": "Li", "thickness": "5 nm"}),
        "boundaries.anode.coating.material",
        "Li is a metal",
    ),
    "interphase without growth": (
        grown(slope="1 ohm*cm^2/h^0.5"),
        'interfaces."active|catholyte".interphase.growth',
        "parabolic",
    ),
    "interphase of another growth": (
        grown(growth="linear"),
        'interfaces."active|catholyte".interphase.growth',
        '"linear" is not a choice',
    ),
    "interphase is a text": (
        at(((*PAIR, "interphase"), "parabolic")),
        'interfaces."active|catholyte".interphase',
        "Give a table",
    ),
    "interphase of two laws": (
        grown(growth="parabolic", slope="1 ohm*cm^2/h^0.5", time_constant="1 h"),
        'interfaces."active|catholyte".interphase.time_constant',
        "unknown key",
    ),
    "slope over time": (
        grown(growth="parabolic", slope="1 ohm*cm^2/h"),
        'interfaces."active|catholyte".interphase.slope',
        "wrong dimension",
    ),
    "interphase without end": (
        put(boundaries__anode__interphase={"growth": "self-limiting", "time_constant": "1 h"}),
        "boundaries.anode.interphase.final_resistance",
        "missing. Add it, e.g. final_resistance",
    ),
    "no pair": (at((("interfaces", "active"), {"bonded": True})), "interfaces.active", "pair"),
    "pair of one": (
        at((("interfaces", "active|active"), {"bonded": True})),
        'interfaces."active|active"',
        "one body",
    ),
    "three phases in a pair": (
        at((("interfaces", "active|catholyte|separator"), {"bonded": True})),
        'interfaces."active|catholyte|separator"',
        "two phases",
    ),
    "grains without resistance": (
        at(
            (("interfaces", "separator|separator"), {"electronic_resistance": "1 ohm*cm^2"}),
            (BOND, {"ionic_resistance": "1 ohm*cm^2"}),
        ),
        'interfaces."separator|separator".ionic_resistance',
        "missing",
    ),
    "grains without electrons": (
        at(
            (
                ("interfaces", "separator|separator"),
                {"ionic_resistance": "1 ohm*cm^2", "electronic_resistance": "1 ohm*cm^2"},
            ),
            (BOND, {"ionic_resistance": "1 ohm*cm^2"}),
        ),
        'interfaces."separator|separator".electronic_resistance',
        "no electrons",
    ),
    "electrons between grains": (
        at((("interfaces", "active|active"), {"ionic_resistance": "1 ohm*cm^2"})),
        'interfaces."active|active".electronic_resistance',
        "missing",
    ),
    "grains of a bonded phase": (
        at((("interfaces", "separator|separator"), {"ionic_resistance": "1 ohm*cm^2"})),
        'interfaces."catholyte|separator"',
        "bonded beside separator|separator",
    ),
    "electrode that parts without stiffness": (
        at((("boundaries", "anode", "cohesion"), PARTING)),
        "boundaries.anode.stiffness",
        "missing",
    ),
    "contact of no kind": (
        at((("boundaries", "anode", "contact"), {"coverage": 0.5})),
        "boundaries.anode.contact.map",
        "missing",
    ),
    "contact of another kind": (
        at((("boundaries", "anode", "contact"), {"map": "holes", "coverage": 0.5})),
        "boundaries.anode.contact.map",
        '"patches" or "random"',
    ),
    "contact nowhere": (
        at(
            (
                ("boundaries", "anode", "contact"),
                {"map": "patches", "coverage": 0.0, "size": "1 um"},
            )
        ),
        "boundaries.anode.contact.coverage",
        "number above 0",
    ),
    "electrode with a strength that holds": (
        at((("boundaries", "anode", "strength"), "5 MPa")),
        "boundaries.anode.strength",
        "given without cohesion",
    ),
    "electrode that parts too easily": (
        at(
            (("boundaries", "anode", "stiffness"), "1e2 MPa/um"),
            (("boundaries", "anode", "strength"), "50 MPa"),
            (("boundaries", "anode", "cohesion"), PARTING),
        ),
        "boundaries.anode.cohesion.energy",
        "stored when it begins to break",
    ),
    "a reaction that only resists": (
        at((PAIR, {"ionic_resistance": "1 ohm*cm^2"})),
        'interfaces."active|catholyte".exchange_current_density',
        "missing",
    ),
    "unknown phase in a pair": (
        at((("interfaces", "active|separater"), {"bonded": True})),
        'interfaces."active|separater"',
        'Did you mean "separator"?',
    ),
    "pair twice": (
        at((("interfaces", "catholyte|active"), CASE["interfaces"]["active|catholyte"])),
        'interfaces."catholyte|active"',
        "named twice",
    ),
    "bond with kinetics": (
        at(((*BOND, "strength"), "5 MPa")),
        'interfaces."catholyte|separator".strength',
        "leave it out",
    ),
    "bond across a reaction": (
        at((PAIR, {"bonded": True})),
        'interfaces."active|catholyte"',
        "bonded",
    ),
    "reaction of electrolytes": (
        at((BOND, {"exchange_current_density": "1 A/m^2"})),
        'interfaces."catholyte|separator"',
        "bonded = true",
    ),
    "no kinetics": (at((PAIR, GONE)), "phases.active", "exchange_current_density"),
    "no exchange current density": (
        at(((*PAIR, "exchange_current_density"), GONE)),
        'interfaces."active|catholyte".exchange_current_density',
        "missing",
    ),
    "transfer coefficient": (
        at(((*PAIR, "transfer_coefficient"), 1.0)),
        'interfaces."active|catholyte".transfer_coefficient',
        "below 1",
    ),
    "electrons without additive": (
        put(phases__catholyte__overrides=GONE),
        'interfaces."active|catholyte".electronic_resistance',
        "electronic_conductivity",
    ),
    "additive without contact": (
        at(((*PAIR, "electronic_resistance"), GONE)),
        'interfaces."active|catholyte".electronic_resistance',
        "missing",
    ),
    "no strength": (
        at(((*PAIR, "strength"), GONE)),
        'interfaces."active|catholyte".strength',
        '"5 MPa"',
    ),
    "parting without energy": (
        at(((*PAIR, "cohesion"), {"contact_gap": "20 nm"})),
        'interfaces."active|catholyte".cohesion.energy',
        "missing",
    ),
    "parting without a gap": (
        at(((*PAIR, "cohesion"), {"energy": "1 J/m^2"})),
        'interfaces."active|catholyte".cohesion.contact_gap',
        "missing",
    ),
    "less energy than is stored": (
        at(((*PAIR, "cohesion"), {"energy": "1e-5 J/m^2", "contact_gap": "20 nm"})),
        'interfaces."active|catholyte".cohesion.energy',
        "stored when it begins to break",
    ),
    "more contact than there was": (
        at(((*PAIR, "cohesion"), {"energy": "1 J/m^2", "contact_gap": "1 nm", "recontact": 1.5})),
        'interfaces."active|catholyte".cohesion.recontact',
        "not above 1",
    ),
    "an energy that is none of an area": (
        at(((*PAIR, "cohesion"), {"energy": "1 J/m^3", "contact_gap": "1 nm"})),
        'interfaces."active|catholyte".cohesion.energy',
        "J/m^2",
    ),
    "parting without mechanics": (
        put(physics={"mechanics": False, "debonding": True}),
        "physics.debonding",
        "without mechanics",
    ),
    "cracks of no energy": (
        put(phases__separator__cracking={"length": "10 um"}),
        "phases.separator.cracking.energy",
        "missing",
    ),
    "cracks of two energies": (
        put(
            phases__separator__cracking={
                "energy": "1 J/m^2",
                "toughness": "0.2 MPa*m^0.5",
                "length": "10 um",
            }
        ),
        "phases.separator.cracking.energy",
        "given beside toughness",
    ),
    "cracks of no length": (
        put(phases__separator__cracking={"energy": "1 J/m^2"}),
        "phases.separator.cracking.length",
        "missing",
    ),
    "a flaw of no length": (
        put(
            phases__separator__cracking={
                "energy": "1 J/m^2",
                "length": "10 um",
                "flaws": [{"begin": ["0 um", "1 um"], "end": ["0 um", "1 um"]}],
            }
        ),
        "phases.separator.cracking.flaws.0.end",
        "two different points",
    ),
    "cracks told apart in crystals": (
        put(
            phases__active=CRYSTALS
            | {
                "material": "NMC811",
                "cracking": {"energy": "1 J/m^2", "length": "10 um", "split": "spectral"},
            }
        ),
        "phases.active.cracking.split",
        "volumetric-deviatoric",
    ),
    "cracks without mechanics": (
        put(physics={"mechanics": False, "cracking": True}),
        "physics.cracking",
        "without mechanics",
    ),
    "no anode": (put(boundaries__anode=GONE), "boundaries.anode", "Add a table [boundaries.anode]"),
    "anode without metal": (put(boundaries__anode__metal=GONE), "boundaries.anode.metal", '"Li"'),
    "anode of oxide": (put(boundaries__anode__metal="NMC811"), "boundaries.anode.metal", '"Li"'),
    "collector with kinetics": (
        put(boundaries__collector={"exchange_current_density": "1 A/m^2"}),
        "boundaries.collector.exchange_current_density",
        "unknown key",
    ),
    "lithium on both sides": (
        put(boundaries__collector={"metal": "Li", "exchange_current_density": "1 A/m^2"}),
        "boundaries.collector.metal",
        "active material",
    ),
    "nothing to collect": (at(*SYMMETRIC[:2]), "boundaries.collector", 'metal = "Li"'),
    "bare number": (put(cell__stack_pressure=5), "cell.stack_pressure", '"5 MPa"'),
    "number in quotes": (put(cell__stack_pressure="5"), "cell.stack_pressure", "has no unit"),
    "wrong dimension": (put(cell__stack_pressure="5 um"), "cell.stack_pressure", '"5 MPa"'),
    "negative pressure": (put(cell__stack_pressure="-5 MPa"), "cell.stack_pressure", "positive"),
    "not a number": (put(cell__stack_pressure="nan MPa"), "cell.stack_pressure", "not a number"),
    "infinite": (put(cell__stack_pressure="1e999 MPa"), "cell.stack_pressure", "not finite"),
    "unknown unit": (put(cell__stack_pressure="5 foo"), "cell.stack_pressure", "not a unit"),
    "tower of powers": (put(cell__stack_pressure="5 m^9^9^9^9"), "cell.stack_pressure", "unit"),
    "list": (put(cell__stack_pressure=[5]), "cell.stack_pressure", "[5] has no unit"),
    "no pressure": (put(cell__stack_pressure=GONE), "cell.stack_pressure", "mechanics = false"),
    "below absolute zero": (put(cell__temperature="-300 degC"), "cell.temperature", "positive"),
    "too hot": (put(cell__temperature="500 degC"), "cell.temperature", "180 degC"),
    "sides": (put(cell__sides="open"), "cell.sides", "'symmetric' or 'free'"),
    "switch": (put(physics__mechanics="yes"), "physics.mechanics", "true or false"),
    "stress without mechanics": (
        put(physics={"mechanics": False, "stress_in_flux": True}),
        "physics.stress_in_flux",
        "mechanics",
    ),
    "no modulus": (
        put(phases__separator__material="../soft.toml"),
        "phases.separator",
        "youngs_modulus",
    ),
    "steps in disorder": (put(time__initial_step="1 h"), "time.initial_step", "3600 s"),
    "no time": (put(time__initial_step="0 s"), "time.initial_step", "not positive"),
    "solver": (put(solver__linear="magic"), "solver.linear", "'iterative' or 'direct'"),
    "tolerance": (put(solver__newton_tolerance=0.0), "solver.newton_tolerance", "above 0"),
    "count": (put(solver__largest_newton_count=2.5), "solver.largest_newton_count", "whole"),
    "endless count": (
        put(solver__largest_newton_count=10**400),
        "solver.largest_newton_count",
        "not above 1000",
    ),
    "endless number": (put(time__stoichiometry_tolerance=10**400), "time.sto", "does not do"),
    "field times": (put(output__field_times=["1 V"]), "output.field_times.0", "a time"),
    "field times not in a list": (put(output__field_times="1 s"), "output.field_times", "list"),
    "no protocol": (put(protocol=GONE), "protocol", "Charge at C/5 until 4.2 V"),
    "empty protocol": (put(protocol=[]), "protocol", "at least 1"),
    "protocol is a text": (put(protocol="Rest for 1 hour"), "protocol", "list"),
    "nonsense in the protocol": (put(protocol=["Go on"]), "protocol.0", "Rest for 1 hour"),
    "step without end": (put(protocol=["Charge at 1C"]), "protocol.0", "until 4.2 V"),
    "cut-off out of reach": (
        put(protocol=["Charge at 1C until 7 V"]),
        "protocol.0",
        "lies between",
    ),
    "C-rate of nothing": (at(*SYMMETRIC), "protocol.0", "mA/cm2"),
    "power of nothing": (
        at(*SYMMETRIC, (("protocol",), ["Charge at 1 mW/cm2 for 1 hour"])),
        "protocol.0",
        "no voltage at rest",
    ),
    "voltage of lithium that never comes": (
        at(*SYMMETRIC, (("protocol",), ["Charge at 1 mA/cm2 until 0.2 V"])),
        "protocol.0",
        "may never end",
    ),
    "voltage of lithium on the other side": (
        at(*SYMMETRIC, (("protocol",), ["Charge at 1 mA/cm2 for 1 h or until -0.2 V"])),
        "protocol.0",
        "ended before it begins",
    ),
    "state of charge of lithium": (
        at(
            *SYMMETRIC,
            (("protocol",), ["Rest for 1 hour"]),
            (("output",), {"field_states": [0.5]}),
        ),
        "output.field_states",
        "state of charge",
    ),
    "cut-off behind the start": (
        put(protocol=["Charge at 1C until 3 V"]),
        "protocol.0",
        "rests at",
    ),
    "hold out of reach": (put(protocol=["Hold at 9 V for 1 s"]), "protocol.0", "lies between"),
    "cut-off in a loop": (
        put(protocol=["Rest for 1 s", {"repeat": 2, "steps": ["Charge at 1C until 7 V"]}]),
        "protocol.1.steps.0",
        "lies between",
    ),
    "loop without an end": (
        put(protocol=[{"repeat": float("inf"), "steps": ["Rest for 1 s"]}]),
        "protocol.0.repeat",
        "whole number",
    ),
    "loop key": (put(protocol=[{"repaet": 2, "steps": []}]), "protocol.0.repaet", '"repeat"'),
    "two units of a step": (put(protocol=["Rest for 5 s 3 min"]), "protocol.0", "is not a unit"),
    "drive cycle missing": (put(protocol=["Run a.csv (C)"]), "", "a.csv: there is no such file"),
    "drive cycle is a picture": (
        put(protocol=["Run ../binary (C)"]),
        "",
        "binary: not a text file",
    ),
    "drive cycle out of reach": (
        put(protocol=[{"step": "Run a (V)", "time": [0, 1], "value": [3.9, 39]}]),
        "protocol.0",
        "39 V",
    ),
    "NaN": (
        put(phases__active__initial_stoichiometry=float("nan")),
        "phases.active.initial_stoichiometry",
        "does not do",
    ),
    "minus infinity": (
        put(solver__stagger_tolerance=float("-inf")),
        "solver.stagger_tolerance",
        "does not do",
    ),
    "NaN as a state": (put(output__field_states=[float("nan")]), "output.field_states.0", "nan"),
    "state of charge in percent": (
        put(output__field_states=[50]),
        "output.field_states.0",
        "not above 1",
    ),
    "negative modulus": (
        put(phases__active__overrides={"youngs_modulus": "-140 GPa"}),
        "phases.active.overrides.youngs_modulus",
        "not positive",
    ),
    "infinite modulus": (
        put(phases__active__overrides={"youngs_modulus": "1e999 GPa"}),
        "phases.active.overrides.youngs_modulus",
        "modulus with its unit",
    ),
    "negative conductivity": (
        put(phases__separator__overrides={"ionic_conductivity": "-1 S/m"}),
        "phases.separator.overrides.ionic_conductivity",
        "not zero or positive",
    ),
    "override of no use": (
        put(phases__separator__overrides={"diffusivity": "1e-15 m^2/s"}),
        "phases.separator.overrides.diffusivity",
        "of no use in an electrolyte",
    ),
    "activation energy of a plain value": (
        put(
            phases__active__overrides={
                "diffusivity": "1e-15 m^2/s",
                "diffusivity_activation_energy": "0.3 eV",
            }
        ),
        "phases.active.overrides.diffusivity_activation_energy",
        "temperature",
    ),
    "swelling twice": (
        put(
            phases__active__overrides={
                "partial_molar_volume": "3e-6 m^3/mol",
                "volume_change": {"stoichiometry": [0, 1], "value": [-0.1, 0.0], "unit": "1"},
            }
        ),
        "phases.active.overrides.partial_molar_volume",
        "Give one",
    ),
    "anisotropic strain without lattice parameters": (
        put(phases__active={"material": "NMC622", **CRYSTALS}),
        "phases.active",
        "NMC622 has no strain_a",
    ),
    "anisotropic electrolyte": (
        put(phases__separator__chemical_strain="anisotropic"),
        "phases.separator.chemical_strain",
        "does not swell",
    ),
    "unknown kind of strain": (
        put(phases__active__chemical_strain="crystal"),
        "phases.active.chemical_strain",
        "'anisotropic'",
    ),
    "orientation of an isotropic strain": (
        put(phases__active__orientation="random"),
        "phases.active.orientation",
        'set chemical_strain = "anisotropic"',
    ),
    "orientation in words": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": "upwards"}),
        "phases.active.orientation",
        "[0, 0, 1]",
    ),
    "orientation in the plane": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": [1, 0]}),
        "phases.active.orientation",
        "[0, 0, 1]",
    ),
    "orientation nowhere": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": [0, 0, 0]}),
        "phases.active.orientation",
        "is no direction",
    ),
    "orientation to infinity": (
        put(phases__active={"material": "NMC811", **CRYSTALS, "orientation": [0, 0, inf]}),
        "phases.active.orientation",
        "is no direction",
    ),
    "lattice parameter in volts": (
        put(
            phases__active={
                "material": "NMC811",
                **CRYSTALS,
                "overrides": {
                    "strain_c": {"stoichiometry": [0, 1], "value": [-0.1, 0.0], "unit": "V"}
                },
            }
        ),
        "phases.active.overrides.strain_c.unit",
        'unit = "1"',
    ),
    "override with two origins": (
        put(
            phases__active__overrides={
                "diffusivity": {"value": "1e-15 m^2/s", "source": "10.1000/1", "assumed": "so"}
            }
        ),
        "phases.active.overrides.diffusivity",
        "both",
    ),
    "formula of another variable": (
        put(phases__active__overrides={"open_circuit_voltage": formula("4 - t")}),
        "phases.active.overrides.open_circuit_voltage.expression",
        '"t" in a formula',
    ),
    "formula that opens a file": (
        put(phases__active__overrides={"open_circuit_voltage": formula("open('/etc/passwd')")}),
        "phases.active.overrides.open_circuit_voltage.expression",
        '"open" in a formula',
    ),
    "formula that is not finite": (
        put(phases__active__overrides={"open_circuit_voltage": formula("1 / (x - 0.5)")}),
        "phases.active.overrides.open_circuit_voltage.expression",
        "not finite at x = 0.5",
    ),
    "value without an origin": (
        put(cell__stack_pressure={"value": "5 MPa"}),
        "cell.stack_pressure",
        "neither",
    ),
    "origin without a value": (
        put(cell__stack_pressure={"assumed": "so"}),
        "cell.stack_pressure",
        "has no unit",
    ),
    "electrode of no file": (
        put(phases__active__material="cell.json:Positive electrode"),
        "",
        "cell.json: there is no such file",
    ),
    "file of no electrode": (
        put(phases__active__material="cell.json"),
        "phases.active.material",
        "names no electrode",
    ),
    "material is a device": (put(phases__active__material="/dev/../dev/zero.toml"), "", "zero"),
    "material is a picture": (put(phases__active__material="../binary.toml"), "", "not a text"),
    "recipe outside": (put(mesh__recipe="../outside/recipe.toml"), "mesh.recipe", "lies outside"),
    "recipe is a picture": (put(mesh__recipe="../binary"), "", "binary: not a text file"),
    "recipe is a directory": (put(mesh__recipe=".."), "mesh.recipe", "is not a file"),
}


def expect_one_message(workplace: Workplace, *words: str) -> str:
    """Call the command line, which has to refuse; its message."""
    before = workplace.files()
    code, out, err = workplace.call(*words)
    assert code == 2
    assert re.fullmatch(r"error: .+[.?]\n", err), err
    assert "Traceback" not in err
    assert out == ""
    assert workplace.files() == before
    return err


@pytest.fixture
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory outside of the workplace, with a recipe."""
    directory = tmp_path_factory.mktemp("elsewhere")
    (directory / "recipe.toml").write_text(tomli_w.dumps(RECIPE))
    return directory


def surround(workplace: Workplace, elsewhere: Path) -> None:
    """What wrong cases refer to."""
    workplace.write("soft.toml", MATERIAL)
    for file in ("binary", "binary.toml"):
        (workplace.path / file).write_bytes(b"\x89PNG\r\n\x1a\n\xff\x00")
    (workplace.path / "outside").symlink_to(elsewhere)


@pytest.mark.parametrize("name", WRONG)
def test_case(workplace: Workplace, elsewhere: Path, name: str) -> None:
    change, key, words = WRONG[name]
    surround(workplace, elsewhere)
    workplace.spoil("case/case.toml", CASE, change)
    message = expect_one_message(workplace, "run", "case")
    assert f"case/case.toml: {key}" in message or not key
    assert words in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title = ", "not TOML"),
        (b'title = "a"\ntitle = "b"\n', "line 2"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "not TOML"),
        (b"", "missing"),
        (b"a=" + b"[" * 100_000, "nested"),
    ],
    ids=["half a line", "key twice", "no text", "program", "empty", "deep"],
)
def test_file(workplace: Workplace, content: bytes, words: str) -> None:
    (workplace.path / "case/case.toml").write_bytes(content)
    message = expect_one_message(workplace, "run", "case")
    assert "case/case.toml: " in message
    assert words in message


def test_files_that_cannot_be_opened(workplace: Workplace) -> None:
    """Links that lead to themselves, a pipe without an end, a device."""
    (workplace.path / "loop.toml").symlink_to("loop.toml")
    os.mkfifo(workplace.path / "pipe.toml")
    (workplace.path / "zero.toml").symlink_to("/dev/zero")
    for name, words in (("loop", "levels"), ("pipe", "not a file"), ("zero", "not a file")):
        workplace.spoil("case/case.toml", CASE, put(phases__active__material=f"../{name}.toml"))
        assert words in (err := workplace.call("check", "case")[2])
        assert f"{name}.toml" in err and err.count("\n") == 1
        assert workplace.call("check", f"{name}.toml")[0] == 2


@pytest.mark.parametrize("path", ["nowhere", "meshes", "x" * 400, "case/case.toml/deeper"])
def test_no_case_there(workplace: Workplace, path: str) -> None:
    assert path in expect_one_message(workplace, "run", path)


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (put(recipe="composit"), "recipe", "composite_cathode"),
        (put(width="4 kg"), "width", "wrong dimension"),
        (put(layers=[]), "layers", "at least 1"),
    ],
)
def test_recipe(workplace: Workplace, change: Callable[[dict], None], key: str, words: str) -> None:
    workplace.spoil("meshes/layers.toml", RECIPE, change)
    message = expect_one_message(workplace, "check", "case")
    assert f"meshes/layers.toml: {key}: " in message
    assert words in message


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (put(kind="stone"), "kind", "'electrolyte'"),
        (put(ionic_conductivity__value=1.0), "ionic_conductivity.value", "unit"),
        (put(ionic_conductivity__source="10.1000/1"), "ionic_conductivity", "both"),
        (put(ionic_conductivity__assumed=GONE), "ionic_conductivity", "neither"),
        (
            put(ionic_conductivity={"value": "1 S/m", "source": "a friend"}),
            "ionic_conductivity.source",
            "not a DOI",
        ),
        (put(ionic_conductivity="1 S/m"), "ionic_conductivity", "has no origin"),
        (put(colour="red"), "colour", "unknown key"),
        (
            put(volume_change={"stoichiometry": [0, 1], "value": [0], "unit": "1"}),
            "volume_change.value",
            "at least 2",
        ),
        (
            put(
                volume_change={
                    "stoichiometry": [0, 0],
                    "value": [0.0, 1.0],
                    "unit": "1",
                    "assumed": "so",
                }
            ),
            "volume_change.stoichiometry",
            "Sort",
        ),
        (
            put(
                open_circuit_voltage={
                    "stoichiometry": [0, 1],
                    "value": [4.0, 3.0],
                    "unit": "mV",
                    "assumed": "so",
                }
            ),
            "open_circuit_voltage.unit",
            '"V"',
        ),
        (
            put(stoichiometry_window={"value": [0.9, 0.2], "assumed": "so"}),
            "stoichiometry_window.value",
            "full charge first",
        ),
        (
            put(alternatives={"ionic_conductivity": {"other": {"value": "1 V", "assumed": "so"}}}),
            "alternatives.ionic_conductivity.other.value",
            "conductivity",
        ),
    ],
)
def test_material_file(
    workplace: Workplace, change: Callable[[dict], None], key: str, words: str
) -> None:
    workplace.spoil("soft.toml", MATERIAL, change)
    workplace.spoil("case/case.toml", CASE, put(phases__separator__material="../soft.toml"))
    message = expect_one_message(workplace, "check", "case")
    assert f"soft.toml: {key}: " in message
    assert words in message


COMPOSITE = {
    "recipe": "composite_cathode",
    "dimension": 2,
    "separator_thickness": "5 um",
    "cathode_thickness": "20 um",
    "width": "20 um",
    "volume_fraction": 0.4,
    "minimum_gap": "0.3 um",
    "collector_contact": 0.2,
    "collector_depth": 0.2,
    "diameter": {"mean": "5 um", "deviation": "1 um", "minimum": "3 um", "maximum": "8 um"},
    "size": {"interface": "0.5 um", "largest": "2 um", "growth": 0.2, "cells_across_gap": 1.0},
}


@pytest.mark.parametrize(
    ("change", "key", "words"),
    [
        (put(volume_fraction=0.99), "volume_fraction", "volume_fraction"),
        (put(volume_fraction=1.5), "volume_fraction", "1.5"),
        (put(volume_fraction=float("nan")), "volume_fraction", "nan"),
        (put(minimum_gap="9 um"), "", "."),
        (put(diameter__minimum="9 um"), "diameter", "."),
        (put(cathode_thickness="1e9 m"), "cathode_thickness", "um"),
        (put(size__interface="0 um"), "size.interface", "not positive"),
    ],
)
@pytest.mark.parametrize("command", ["mesh", "run"])
def test_recipe_that_cannot_be_met(
    workplace: Workplace, command: str, change: Callable[[dict], None], key: str, words: str
) -> None:
    """Nothing is written for a packing that is too dense, or with particles that would overlap."""
    workplace.spoil("meshes/layers.toml", COMPOSITE, change)
    message = expect_one_message(workplace, command, "case")
    assert f"meshes/layers.toml: {key}" in message
    assert words in message


@pytest.mark.parametrize("command", ["mesh", "run"])
def test_mesh_without_a_phase_of_the_case(workplace: Workplace, command: str) -> None:
    workplace.spoil("meshes/layers.toml", RECIPE, put(layers=RECIPE["layers"][::2]))
    message = expect_one_message(workplace, command, "case")
    assert "case/case.toml: phases.catholyte: not in the mesh" in message


def test_phases_that_touch_without_an_interface(workplace: Workplace) -> None:
    """The separator beside the active material: no table says what happens between them."""
    layers = [RECIPE["layers"][k] for k in (1, 0, 2)]
    workplace.spoil("meshes/layers.toml", RECIPE, put(layers=layers))
    message = expect_one_message(workplace, "run", "case")
    assert "touch" in message


def test_mesh_too_coarse_for_cracks(workplace: Workplace) -> None:
    """The message says how large cells may be, and which length would do."""
    how = {"toughness": "0.2 MPa*m^0.5", "length": "1 um"}
    workplace.spoil("case/case.toml", CASE, put(phases__separator__cracking=how))
    message = expect_one_message(workplace, "run", "case")
    assert "case/case.toml: phases.separator.cracking.length: 1 um, but the cells" in message
    assert "at most half the length, 0.5 um" in message


@pytest.mark.parametrize("directory", ["/proc/nowhere", "/dev/null/runs", "/sys/x/y"])
def test_output_that_cannot_be_written(workplace: Workplace, directory: str) -> None:
    assert directory in expect_one_message(workplace, "run", "case", "--output", directory)
    assert not Path(directory).exists()


def test_output_is_a_file(workplace: Workplace) -> None:
    (workplace.path / "file").write_text("mine")
    assert "is a file" in expect_one_message(workplace, "run", "case", "--output", "file")
    assert "is a file" in expect_one_message(workplace, "run", "case", "--output", "file/below")


def test_output_holds_something(workplace: Workplace) -> None:
    message = expect_one_message(workplace, "run", "case", "--output", "meshes")
    assert "--overwrite" in message


def test_output_may_be_the_case_never(workplace: Workplace) -> None:
    assert "not empty" in expect_one_message(workplace, "run", "case", "--output", "case")


def test_output_name_too_long(workplace: Workplace) -> None:
    expect_one_message(workplace, "run", "case", "--output", "x" * 400)


@pytest.mark.parametrize("name", ["a.docx", "nowhere/a.png", "meshes"])
def test_picture(workplace: Workplace, name: str) -> None:
    expect_one_message(workplace, "mesh", "case", "--picture", name)


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "case", "more"),
        ("fly",),
        ("run", "case", "--outptu", "x"),
        ("run", "case", "--output"),
        ("--loud",),
    ],
)
def test_command_line(workplace: Workplace, words: tuple[str, ...]) -> None:
    assert "ecmcell --help" in expect_one_message(workplace, *words)


def test_report_of_nothing(workplace: Workplace) -> None:
    expect_one_message(workplace, "report", "nowhere")
    expect_one_message(workplace, "report", "case")


def start(*words: str, ranks: int) -> subprocess.CompletedProcess[str]:
    """The command in processes of its own."""
    launcher = ["mpirun", "--oversubscribe", "-n", str(ranks)] if ranks > 1 else []
    command = [*launcher, sys.executable, "-m", "ecmcell", *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("name", "ranks"),
    [
        ("misspelt key", 1),
        ("misspelt key", 3),
        ("bare number", 2),
        ("cut-off out of reach", 2),
        ("drive cycle missing", 2),
        ("formula that opens a file", 2),
    ],
)
def test_ranks_end_together(workplace: Workplace, name: str, ranks: int) -> None:
    change, key, words = WRONG[name]
    workplace.spoil("case/case.toml", CASE, change)
    before = workplace.files()
    ended = start("run", "case", ranks=ranks)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr.count("error:") == 1
    assert f"case/case.toml: {key}" in ended.stderr or not key
    assert words in ended.stderr
    assert "Traceback" not in ended.stderr
    assert workplace.files() == before


def test_all_wrong_cases_on_two_ranks(workplace: Workplace, elsewhere: Path) -> None:
    """One launch for all: each ends on both ranks with the message that one rank gives."""
    surround(workplace, elsewhere)
    expected = []
    for number, name in enumerate(WRONG):
        (workplace.path / f"case{number}").mkdir()
        workplace.spoil(f"case{number}/case.toml", CASE, WRONG[name][0])
        expected += [workplace.call("run", f"case{number}")[2].rstrip(), "2 0"]
    script = workplace.path / "all.py"
    script.write_text(
        "import sys\n"
        "from mpi4py import MPI\n"
        "from ecmcell import cli\n"
        f"for number in range({len(WRONG)}):\n"
        "    sys.argv = ['ecmcell', 'run', f'case{number}']\n"
        "    codes = MPI.COMM_WORLD.gather(cli.main())\n"
        "    if codes:\n"
        "        print(*codes, file=sys.stderr, flush=True)\n"
    )
    command = ["mpirun", "--oversubscribe", "-n", "2", sys.executable, str(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.stderr.splitlines() == expected
    assert ended.stdout == ""
    assert not (workplace.path / "runs").exists()


@pytest.mark.parametrize(("room", "ranks"), [(0, 1), (3000, 1), (20_000, 1), (0, 2)])
def test_full_disk(workplace: Workplace, room: int, ranks: int) -> None:
    """No file may grow beyond the room: the log, the case or the fields cannot be written."""
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    workplace.spoil("case/case.toml", CASE, at(*SYMMETRIC, *SHORT))
    script = workplace.path / "full.py"
    script.write_text(
        "import resource, sys\n"
        "from ecmcell import cli\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "sys.exit(cli.main())\n"
    )
    launcher = ["mpirun", "--oversubscribe", "-n", str(ranks)] if ranks > 1 else []
    command = [*launcher, sys.executable, str(script), "run", "case"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    message, *launchers = ended.stderr.splitlines()  # a launcher adds words of its own
    assert re.fullmatch(r"error: .*file too large.*", message, re.IGNORECASE)
    assert "Traceback" not in ended.stderr
    assert ranks > 1 or not launchers


def test_one_rank_speaks(workplace: Workplace) -> None:
    assert start("--version", ranks=2).stdout.count("ecmcell") == 1
    assert start("check", "case", ranks=2).stdout.count("A case that is right") == 1


def test_a_rank_that_fails_alone_ends_all(tmp_path: Path) -> None:
    script = tmp_path / "alone.py"
    script.write_text(
        "import sys\n"
        "from mpi4py import MPI\n"
        "from ecmcell import cli, parallel\n"
        "from ecmcell.errors import InputError\n"
        "parallel._PATIENCE = 0.5\n"
        "def command(**options):\n"
        "    if MPI.COMM_WORLD.rank == 1:\n"
        "        raise InputError('file', 'key', 'wrong', 'Mend it.')\n"
        "    MPI.COMM_WORLD.Barrier()\n"
        "cli.app = command\n"
        "sys.exit(cli.main())\n"
    )
    command = ["mpirun", "-n", "2", "--oversubscribe", sys.executable, str(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("error: file: key: wrong. Mend it.") == 1


def test_fault_of_the_program_is_told(workplace: Workplace, monkeypatch: Any) -> None:
    monkeypatch.setattr("ecmcell.cli.load_case", lambda path: 1 / 0)
    code, _, err = workplace.call("check", "case")
    assert code == 1
    assert "ZeroDivisionError" in err

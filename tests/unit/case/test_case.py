"""Cases: what is read, what is derived, and that a resolved case is the same case."""

import io
import math
import pickle
import re
from pathlib import Path

import pytest
import tomli_w
from rich.console import Console

from ecmcell.api.overview import overview
from ecmcell.case.interfaces import (
    ElectronCollector,
    LimitedGrowth,
    LithiumElectrode,
    ParabolicGrowth,
    PerfectBond,
    ReactingInterface,
)
from ecmcell.case.load import load_case, match_dimension, match_mesh
from ecmcell.case.materials import material
from ecmcell.case.schema import Case
from ecmcell.case.tables import Output
from ecmcell.errors import InputError

TEXT = """
title = "Composite"
protocol = ["Charge at C/5 until 4.2 V", "Hold at 4.2 V until C/50"]

[mesh]
recipe = "recipe.toml"

[phases.active]
material = "NMC811"
initial_stoichiometry = 0.9
overrides.diffusivity = "1e-15 m^2/s"

[phases.catholyte]
material = "Li6PS5Cl"
overrides.electronic_conductivity = "1 S/m"

[phases.separator]
material = "Li6PS5Cl"

[interfaces."catholyte | active"]
exchange_current_density = "1 A/m^2"
film_resistance = "10 ohm*cm^2"
electronic_resistance = "1 ohm*cm^2"
penalty_stiffness = "1e5 MPa/um"
strength = "5 MPa"

[interfaces."catholyte|separator"]
bonded = true

[boundaries]
anode = { metal = "Li", exchange_current_density = "10 A/m^2" }
collector = {}

[cell]
temperature = "60 degC"
stack_pressure = "5 MPa"
"""


def made(directory: Path, text: str = TEXT) -> Case:
    (directory / "recipe.toml").write_text('recipe = "layered"')
    (directory / "case.toml").write_text(text)
    return load_case(directory)


def test_numbers_are_in_internal_units(tmp_path: Path) -> None:
    case = made(tmp_path)
    active = case.phases["active"]
    interface = case.interface_between("active", "catholyte")
    assert isinstance(interface, ReactingInterface)
    assert active.material.diffusivity == 1e-3
    assert interface.film_resistance == pytest.approx(1e-3)
    assert interface.penalty_stiffness == 1e5
    assert case.cell.temperature == 333.15
    assert case.mesh.recipe == (tmp_path / "recipe.toml").resolve()
    assert case.time.voltage_tolerance == 2e-3


def test_pairs_are_found_in_any_order_and_spelling(tmp_path: Path) -> None:
    case = made(tmp_path)
    assert case.interface_between("active", "catholyte") is not None
    assert case.interface_between("catholyte", "active") is case.interface_between(
        "active", "catholyte"
    )
    assert isinstance(case.interface_between("separator", "catholyte"), PerfectBond)
    assert case.interface_between("active", "separator") is None
    assert [pair for pair, _ in case.interface_laws()] == [
        ("active", "catholyte"),
        ("catholyte", "separator"),
    ]


def test_electrons_go_where_the_case_puts_an_additive(tmp_path: Path) -> None:
    phases = made(tmp_path).phases
    assert material("Li6PS5Cl").electronic_conductivity is not None
    assert [n for n, p in phases.items() if p.carries_electrons] == ["active", "catholyte"]


def test_capacity_counts_the_window_of_active_volume(tmp_path: Path) -> None:
    case = made(tmp_path)
    nmc = case.phases["active"].material
    assert nmc.stoichiometry_window is not None and nmc.maximum_concentration is not None
    width = nmc.stoichiometry_window.high - nmc.stoichiometry_window.low
    expected = 0.0964853321 * nmc.maximum_concentration * width * 7.0
    volumes = {"active": 7.0, "catholyte": 2.0, "separator": 1.0}
    assert case.capacity(volumes) == pytest.approx(expected, rel=1e-9)
    assert nmc.density is not None
    per_gram = case.capacity({"active": 1.0}) / nmc.density / 3.6  # mA h/g
    assert 150 < per_gram < 230


def test_resolved_case_is_the_same_case(tmp_path: Path) -> None:
    case = made(tmp_path)
    resolved = tmp_path / "resolved.toml"
    resolved.write_text(case.to_toml())
    again = load_case(resolved)
    assert again.model_dump() == case.model_dump()
    assert again.to_toml() == case.to_toml()
    assert again.name == "resolved"
    assert case.name == tmp_path.name


def test_travels_between_ranks(tmp_path: Path) -> None:
    case = made(tmp_path)
    copy = pickle.loads(pickle.dumps(case))
    assert copy == case
    assert copy.path == case.path
    density = copy.phases["active"].material.density
    assert density.origin == case.phases["active"].material.density.origin


def test_films_are_read_listed_and_written_alike(tmp_path: Path) -> None:
    coating = {
        "name": "mine",
        "kind": "coating",
        "formula": "X",
        "ionic_conductivity": {"value": "1e-7 S/cm", "assumed": "one"},
    }
    (tmp_path / "mine.toml").write_text(tomli_w.dumps(coating))
    films = """
coating = { material = "mine.toml", thickness = { value = "20 nm", assumed = "two" } }
interphase = { growth = "parabolic", slope = { value = "60 ohm*cm^2/h^0.5", assumed = "three" } }
"""
    electrode = """
[boundaries.anode]
metal = "Li"
exchange_current_density = "10 A/m^2"
interphase = { growth = "self-limiting", final_resistance = "9 ohm*cm^2", time_constant = "2 h" }
"""
    text = TEXT.replace('strength = "5 MPa"\n', 'strength = "5 MPa"' + films)
    start = text.index("anode = {")
    text = text[:start] + text[start:].split("\n", 1)[1] + electrode
    case = made(tmp_path, text)
    interface, anode = case.interface_between("active", "catholyte"), case.boundaries.anode
    assert isinstance(interface, ReactingInterface) and interface.coating is not None
    assert interface.coating.thickness == pytest.approx(0.02)
    assert interface.coating.material.ionic_conductivity == pytest.approx(10.0)  # pA/(V um)
    assert isinstance(interface.interphase, ParabolicGrowth)
    assert interface.interphase.slope == pytest.approx(1e-4)  # V um2/(pA s^0.5)
    assert isinstance(anode.interphase, LimitedGrowth)
    assert anode.interphase.time_constant == 7200.0
    (tmp_path / "resolved.toml").write_text(case.to_toml())
    assert load_case(tmp_path / "resolved.toml").model_dump() == case.model_dump()
    console = Console(width=200, file=io.StringIO(), force_terminal=False)
    console.print(overview(case))
    shown = console.file.getvalue()
    for reason in ("one", "two", "three"):
        assert re.search(rf"catholyte \| active.*\b{reason}\b", shown)
    assert "coating = { material = mine, thickness = 0.02 um }" in re.sub(r"\s+", " ", shown)


def test_nothing_can_be_changed(tmp_path: Path) -> None:
    case = made(tmp_path)
    with pytest.raises(ValueError, match="frozen"):
        case.cell.temperature = 300.0


def test_stress_follows_mechanics(tmp_path: Path) -> None:
    physics = made(tmp_path, TEXT + "\n[physics]\nmechanics = false\n").physics
    assert not physics.stress_in_flux
    assert not physics.stress_in_kinetics
    assert made(tmp_path).physics.stress_in_flux


def test_without_mechanics_no_mechanical_data_is_asked(tmp_path: Path) -> None:
    text = TEXT.replace('stack_pressure = "5 MPa"', "").replace('strength = "5 MPa"', "")
    assert made(tmp_path, text + "\n[physics]\nmechanics = false\n").cell.stack_pressure is None
    with pytest.raises(InputError, match="stack_pressure"):
        made(tmp_path, text)


def test_strength_is_asked_where_something_may_part(tmp_path: Path) -> None:
    text = TEXT.replace('strength = "5 MPa"\n', "")
    interface = made(tmp_path, text).interface_between("active", "catholyte")
    assert isinstance(interface, ReactingInterface) and interface.strength is None
    with pytest.raises(InputError, match="strength: missing"):
        made(
            tmp_path,
            text.replace(
                "penalty_stiffness =",
                'cohesion = { mode_i_fracture_energy = "1 J/m^2", contact_gap = "9 nm" }\n'
                "penalty_stiffness =",
            ),
        )


def test_all_that_is_missing_is_told_at_once(tmp_path: Path) -> None:
    """Keys of the file, what mechanics needs, and what a mesh needs."""
    debonding = 'cohesion = { mode_i_fracture_energy = "1 J/m^2", contact_gap = "9 nm" }'
    text = TEXT.replace('stack_pressure = "5 MPa"', "").replace('strength = "5 MPa"', debonding)
    with pytest.raises(InputError, match=r'stack_pressure: .* Also missing: interfaces\."c.*stren'):
        made(tmp_path, text)
    text = TEXT.replace('temperature = "60 degC"', "").replace('material = "NMC811"', "")
    with pytest.raises(InputError, match=r"Also missing: .*temperature"):
        made(tmp_path, text)
    case = made(tmp_path, TEXT.replace('[interfaces."catholyte|separator"]\nbonded = true', ""))
    touching = [("active", "separator"), ("catholyte", "separator"), ("active", "catholyte")]
    with pytest.raises(InputError, match=r'exchange_.* Also missing: interfaces\."catholyte\|sep'):
        match_mesh(case, case.phases, touching)


def test_two_electrolytes_are_told_to_be_bonded(tmp_path: Path) -> None:
    """At once, whether the table is missing or says nothing; and that is right."""
    bond = '[interfaces."catholyte|separator"]\nbonded = true'
    touching = [("catholyte", "separator")]
    case = made(tmp_path, TEXT.replace(bond, ""))
    with pytest.raises(InputError, match="with bonded = true if they are one body"):
        match_mesh(case, case.phases, touching)
    with pytest.raises(InputError, match="Between two electrolytes give bonded = true"):
        made(tmp_path, TEXT.replace("bonded = true", ""))
    match_mesh(made(tmp_path), case.phases, touching)


def test_cut_off_that_overpotentials_reach(tmp_path: Path) -> None:
    """Below the table of lithium cobalt oxide, which ends at 3.54 V; 30 V is a slip."""
    text = re.sub(r"protocol = .*", 'protocol = ["Discharge at 1C until 3 V"]', TEXT)
    text = text.replace("NMC811", "LiCoO2")
    assert made(tmp_path, text).protocol[0].stop_voltage == 3.0
    with pytest.raises(InputError, match="lies between"):
        made(tmp_path, text.replace("until 3 V", "until 0.3 V"))


def test_symmetric_cell(tmp_path: Path) -> None:
    case = made(
        tmp_path,
        """
title = "Li|SE|Li"
protocol = ["Discharge at 1 mA/cm2 for 1 hour"]
mesh.recipe = "recipe.toml"
phases.separator.material = "Li6PS5Cl"
physics.mechanics = false
cell.temperature = "25 degC"
[boundaries]
anode = { metal = "Li", exchange_current_density = "10 A/m^2" }
collector = { metal = "Li", exchange_current_density = "10 A/m^2" }
""",
    )
    assert isinstance(case.boundaries.collector, LithiumElectrode)
    assert case.boundaries.collector.metal.kind == "metal"
    assert case.active_phases == ()
    assert case.capacity({"separator": 1.0}) == 0


def test_collector_of_electrons_needs_no_data(tmp_path: Path) -> None:
    collector = made(tmp_path).boundaries.collector
    assert isinstance(collector, ElectronCollector)
    assert collector.contact_resistance == 0


def test_mesh_must_match(tmp_path: Path) -> None:
    case = made(tmp_path)
    phases = ["active", "catholyte", "separator"]
    touching = [("catholyte", "active"), ("separator", "catholyte"), ("active", "active")]
    match_mesh(case, phases, touching)
    for wrong, contacts, key in (
        ([*phases, "coating"], touching, "phases.coating"),
        (phases[:2], touching, "phases.separator"),
        (phases, [("separator", "active")], 'interfaces."separator|active"'),
    ):
        with pytest.raises(InputError) as caught:
            match_mesh(case, wrong, contacts)
        assert caught.value.key == key
        assert caught.value.where == str(case.path)


def test_only_a_mesh_in_the_plane_is_a_section(tmp_path: Path) -> None:
    for key, value in (("section", "generalised plane strain"), ("lateral_pressure", "5 MPa")):
        case = made(tmp_path, TEXT + f'{key} = "{value}"\n')
        match_dimension(case, 2)
        with pytest.raises(InputError, match="Leave it out") as caught:
            match_dimension(case, 3)
        assert caught.value.key == f"cell.{key}"


def test_grains_that_part_must_touch(tmp_path: Path) -> None:
    grains = """
[interfaces."active|active"]
ionic_resistance = "10 ohm*cm^2"
electronic_resistance = "1 ohm*cm^2"
penalty_stiffness = "1e5 MPa/um"
strength = "5 MPa"
"""
    case = made(tmp_path, TEXT.replace("[boundaries", grains + "\n[boundaries", 1))
    phases = ["active", "catholyte", "separator"]
    touching = [("active", "catholyte"), ("catholyte", "separator")]
    match_mesh(case, phases, [*touching, ("active", "active")])
    with pytest.raises(InputError, match="no two grains touch"):
        match_mesh(case, phases, touching)


def test_field_times() -> None:
    output = Output.model_validate({"field_times": ["0 s", "45 min"], "field_interval": "30 min"})
    due, time = [], -1.0
    while time < 5400:
        time = output.next_field_time(time)
        due.append(time)
    assert due == [0.0, 1800.0, 2700.0, 3600.0, 5400.0]
    assert output.next_field_time(2700.0 - 1e-7) == 3600.0
    assert math.isinf(Output().next_field_time(0.0))


def test_orientation_survives_the_resolved_case(tmp_path: Path) -> None:
    crystal = 'chemical_strain = "anisotropic"\norientation = [0, 3, 4]\noverrides.diffusivity'
    case = made(tmp_path, TEXT.replace("overrides.diffusivity", crystal))
    (tmp_path / "again.toml").write_text(case.to_toml())
    for phases in (case.phases, load_case(tmp_path / "again.toml").phases):
        assert phases["active"].is_anisotropic
        assert phases["active"].orientation == (0.0, 3.0, 4.0)
        assert not phases["separator"].is_anisotropic
        assert phases["separator"].orientation is None


def test_a_table_of_orientations_is_a_file_of_the_case(tmp_path: Path) -> None:
    """Named by its path, or by that of its copy."""
    (tmp_path / "grains.csv").write_text("grain,phi1,Phi,phi2\n0,0,90,0\n")
    crystal = 'chemical_strain = "anisotropic"\norientation = "grains.csv"\noverrides.diffusivity'
    case = made(tmp_path, TEXT.replace("overrides.diffusivity", crystal))
    file = (tmp_path / "grains.csv").resolve()
    assert file in case.files
    (tmp_path / "again.toml").write_text(case.to_toml())
    again = load_case(tmp_path / "again.toml").phases["active"].orientation
    assert again == case.phases["active"].orientation
    assert again != "random"
    assert 'orientation = "inputs/grains.csv"' in case.to_toml({file: Path("inputs/grains.csv")})


def test_mark_of_byte_order_is_no_part_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text('recipe = "layered"')
    (tmp_path / "case.toml").write_text(TEXT, encoding="utf-8-sig")
    assert load_case(tmp_path).title


def test_current_of_the_cell_needs_a_footprint(tmp_path: Path) -> None:
    (tmp_path / "recipe.toml").write_text('recipe = "layered"')
    (tmp_path / "case.toml").write_text(TEXT)
    case = load_case(tmp_path, {"protocol": ["Charge at 1 nA until 4.2 V"]})
    match_dimension(case, 3)
    with pytest.raises(InputError, match=r"protocol\.0: .* has a current in A\. .*mA/cm2"):
        match_dimension(case, 2)

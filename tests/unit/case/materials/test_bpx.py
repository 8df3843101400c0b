"""Parameter files: what is read of an electrode, and what is refused."""

import copy
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ecmcell.case.faults import Fault
from ecmcell.case.materials import Material, material_table
from ecmcell.errors import InputError

ELECTRODE = {
    "Thickness [m]": 5e-5,
    "Conductivity [S.m-1]": 0.8,
    "Minimum stoichiometry": 0.4,
    "Maximum stoichiometry": 0.95,
    "Maximum concentration [mol.m-3]": 46000,
    "Diffusivity [m2.s-1]": 3e-14,
    "Diffusivity activation energy [J.mol-1]": 15000,
    "OCP [V]": "4.5 - x - 0.3 * tanh(60 * (x - 0.99))",
}
FILE = {
    "Header": {"BPX": "0.4.0", "Model": "DFN"},
    "Parameterisation": {
        "Cell": {"Reference temperature [K]": 298.15},
        "Positive electrode": ELECTRODE,
    },
}


def read(directory: Path, change: Callable[[dict], object] = lambda file: None) -> Material:
    file = copy.deepcopy(FILE)
    change(file["Parameterisation"])
    (directory / "cell.json").write_text(json.dumps(file))
    return Material.model_validate(material_table("cell.json:Positive electrode", directory))


def put(name: str, value: object) -> Callable[[dict], object]:
    return lambda everything: everything["Positive electrode"].update({name: value})


def drop(name: str) -> Callable[[dict], object]:
    return lambda everything: everything["Positive electrode"].pop(name)


def test_electrode_is_read_in_internal_units(tmp_path: Path) -> None:
    read_back = read(tmp_path)
    assert read_back.kind == "active material"
    assert read_back.maximum_concentration == 46000.0
    assert read_back.diffusivity == pytest.approx(3e-2)
    assert read_back.diffusivity is not None and read_back.diffusivity.temperature == 298.15
    assert read_back.diffusivity_activation_energy == pytest.approx(15000e-6)
    assert read_back.electronic_conductivity == pytest.approx(0.8e6)
    assert read_back.stoichiometry_window is not None
    assert read_back.stoichiometry_window.value == (0.4, 0.95)
    curve = read_back.open_circuit_voltage
    assert curve is not None and (curve.low, curve.high) == (0.4, 0.95)
    assert curve.at(0.4) == pytest.approx(4.5 - 0.4 - 0.3 * np.tanh(60 * (0.4 - 0.99)))
    assert all(origin.source == "BPX file cell.json" for _, origin in read_back.origins())
    assert not read_back.assumptions()


def test_tables_are_taken_as_they_are(tmp_path: Path) -> None:
    curve = read(tmp_path, put("OCP [V]", {"x": [0.3, 0.5, 1], "y": [4.3, 4, 3]}))
    assert curve.open_circuit_voltage is not None
    assert curve.open_circuit_voltage.stoichiometry == (0.3, 0.5, 1.0)
    assert curve.open_circuit_voltage.value == (4.3, 4.0, 3.0)


@pytest.mark.parametrize(
    ("given", "mean"),
    [
        ("1e-14 * exp(2 * x)", 1e-14 * np.exp(2 * 0.675)),
        ({"x": [0.4, 0.95], "y": [1e-14, 1e-14]}, 1e-14),
    ],
)
def test_diffusivity_that_varies_becomes_an_assumed_mean(
    tmp_path: Path, given: object, mean: float
) -> None:
    found = read(tmp_path, put("Diffusivity [m2.s-1]", given))
    assert found.diffusivity == pytest.approx(mean * 1e12)
    assert ("diffusivity" in found.assumptions()) == isinstance(given, str)


def test_blend_needs_the_name_of_a_particle(tmp_path: Path) -> None:
    particles = {"Large": {"Minimum stoichiometry": 0.3}, "Small": {}}
    change = put("Particle", particles)
    with pytest.raises(InputError, match=r'"cell\.json:Positive electrode:Large"'):
        read(tmp_path, change)
    table = material_table("cell.json:Positive electrode:Large", tmp_path)
    assert table["stoichiometry_window"]["value"] == [0.3, 0.95]
    with pytest.raises(InputError, match="Large, Small"):
        material_table("cell.json:Positive electrode:Xyz", tmp_path)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (drop("OCP [V]"), r"OCP \[V\]: missing"),
        (drop("Maximum concentration [mol.m-3]"), "missing"),
        (put("Maximum concentration [mol.m-3]", "much"), "is not valid"),
        (put("Maximum concentration [mol.m-3]", -1), "not positive"),
        (put("Maximum concentration [mol.m-3]", True), "is not valid"),
        (put("Maximum concentration [mol.m-3]", float("nan")), "NaN"),
        (put("Maximum concentration [mol.m-3]", 10**400), "is not valid"),
        (put("Maximum stoichiometry", 0.3), "no range"),
        (put("Maximum stoichiometry", 1.3), "no range"),
        (put("Diffusivity [m2.s-1]", "-1e-14"), "not positive"),
        (put("Diffusivity [m2.s-1]", [1]), "is not valid"),
        (put("OCP [V]", "4 - y"), '"y" in a formula'),
        (put("OCP [V]", "log(x - 0.5)"), "not finite"),
        (put("OCP [V]", "__import__('os')"), "in a formula"),
        (put("OCP [V]", {"x": [0, 1], "y": [4]}), "as many x as y"),
        (put("OCP [V]", {"x": [1, 0], "y": [4, 3]}), "increasing"),
        (put("OCP [V]", {"x": [0, 1], "y": ["a", "b"]}), "lists of numbers"),
        (lambda everything: everything.pop("Positive electrode"), "missing"),
    ],
)
def test_wrong_entries_are_refused(
    tmp_path: Path, change: Callable[[dict], object], words: str
) -> None:
    with pytest.raises(InputError, match=words) as caught:
        read(tmp_path, change)
    assert "cell.json" in caught.value.where
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "not JSON"),
        (b"[]", "missing"),
        (b"3", "missing"),
        (b'{"Header": {"BPX": 7.0}}', "version"),
        (b"\xff\xfe", "not a text file"),
        (b"[" * 100_000, "nested too deeply"),
    ],
)
def test_other_files_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "cell.json").write_bytes(content)
    with pytest.raises(InputError, match=words):
        material_table("cell.json:Positive electrode", tmp_path)


def test_electrode_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(Fault, match="names no electrode"):
        material_table("cell.json", tmp_path)
    with pytest.raises(InputError, match="no such file"):
        material_table("cell.json:Positive electrode", tmp_path)

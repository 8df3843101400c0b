"""`ecmcell materials`: the library, one of its materials, and files of one's own."""

import json

import pytest
from workplace import MATERIAL, Workplace

from ecmcell.case.materials import PROPERTIES, material, names


def words(workplace: Workplace, *arguments: str) -> str:
    """What the command prints, without frames and line ends."""
    before = workplace.files()
    code, out, err = workplace.call("materials", *arguments)
    assert (code, err) == (0, "")
    assert workplace.files() == before
    lines = [" ".join(line.replace("│", " ").replace("┃", " ").split()) for line in out.split("\n")]
    return "\n".join(lines)


@pytest.fixture(autouse=True)
def wide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "400")


def test_library_lists_every_material(workplace: Workplace) -> None:
    shown = words(workplace)
    for name in names():
        one = material(name)
        count = f"{len(one.assumptions())} of {len(list(one.origins()))}"
        (line,) = [line for line in shown.split("\n") if line.startswith(f"{name} {one.kind}")]
        assert one.formula in line
        assert line.endswith(count)
    assert "1.6 mS/cm, 22.1 GPa" in shown


@pytest.mark.parametrize("name", names())
def test_sheet_shows_every_property_with_its_origin(workplace: Workplace, name: str) -> None:
    shown = words(workplace, name)
    one = material(name)
    given = dict(one.origins())
    for key in PROPERTIES:
        assert (f"\n{key} " in shown) == (key in given)
    for origin in given.values():
        said = f"assumed: {origin.assumed}" if origin.assumed else str(origin.source)
        assert " ".join(said.split()) in shown
    for choices in one.alternatives.values():
        assert all(f"or {label} " in shown for label in choices)


def test_sheet_shows_values_in_the_units_of_people(workplace: Workplace) -> None:
    shown = words(workplace, "NMC811")
    assert "diffusivity 4e-15 m^2/s 25 degC 10.1149/1945-7111/ab9050" in shown
    assert "stoichiometry_window 0.265 to 0.942" in shown
    assert "4.95 V at x = 0.01" in shown and "to 2.5 V at x = 1" in shown and "78 points" in shown


def test_files_of_ones_own(workplace: Workplace) -> None:
    workplace.write("mine.toml", MATERIAL)
    assert "ionic_conductivity 0.1 S/m assumed: a round number" in words(workplace, "mine.toml")
    electrode = {
        "Minimum stoichiometry": 0.4,
        "Maximum stoichiometry": 0.9,
        "Maximum concentration [mol.m-3]": 50000,
        "Diffusivity [m2.s-1]": 1e-14,
        "OCP [V]": "4.5 - x",
    }
    file = {"Header": {"BPX": 0.1}, "Parameterisation": {"Positive electrode": electrode}}
    (workplace.path / "cell.json").write_text(json.dumps(file))
    shown = words(workplace, "cell.json:Positive electrode")
    assert "4.1 V at x = 0.4" in shown
    assert "BPX file cell.json" in shown


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("NMC81", 'Did you mean "NMC811"?'),
        ("nowhere.toml", "there is no such file"),
        ("nowhere.json:Positive electrode", "there is no such file"),
        ("cell.json", "names no electrode"),
        ("case/case.toml", "unknown key"),
        ("../../../etc/passwd.toml", "there is no such file"),
        ("", "is not a material"),
    ],
)
def test_no_such_material(workplace: Workplace, name: str, hint: str) -> None:
    code, out, err = workplace.call("materials", name)
    assert (code, out) == (2, "")
    assert err.startswith("error: ") and err.count("\n") == 1
    assert hint in err

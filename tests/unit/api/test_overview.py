"""What `ecmcell check` tells of a case."""

import io
import math
from pathlib import Path

import pytest
from rich.console import Console
from tests.unit.processes.test_closed_form import CRACKING, glass, symmetric

from cells import LITHIUM, electrolyte, make_case
from ecmcell.api.overview import overview
from ecmcell.case.load import load_case
from ecmcell.case.schema import Case


def told(case: Case) -> str:
    text = io.StringIO()
    Console(file=text, width=200).print(overview(case))
    return text.getvalue()


def test_check_tells_it() -> None:
    contact = {"map": "patches", "coverage": 0.5, "size": "1 um"}
    weak = CRACKING | {"weibull_modulus": 5.0}
    text = told(symmetric(glass(**weak), contact=contact))
    assert "grows at a lithium pressure of" in text and "58 MPa" in text
    assert "of real contact, " in text and "Weibull" in text
    # 20 GPa/2.5 = 8 GPa over 7.82/2.762 = 2.831 GPa.
    assert "2.8, above 2" in text
    assert "Lithium in flaws" not in told(symmetric(glass()))


def test_check_says_what_viscosity_costs(tmp_path: Path) -> None:
    """0.1 (d_f - d_0)/(2 tau ln(d_f/d_0)) of the interface of a shipped case, written down."""
    root, table = Path(__file__).parents[3], '[interfaces."active|catholyte".cohesion]\n'
    shipped = (root / "cases" / "nmc811_contact_loss" / "case.toml").read_text(encoding="utf-8")
    assert table in shipped
    lagging = shipped.replace(table, f'{table}viscosity = "10 s"\n')
    path = tmp_path / "case.toml"
    path.write_text(lagging.replace("../../meshes", str(root / "meshes")), encoding="utf-8")
    case = load_case(path)
    text = io.StringIO()
    Console(file=text, width=200).print(overview(case))
    first, last = (
        50.0 / 1e5,
        2.0 * case.interfaces["active|catholyte"].cohesion.mode_i_fracture_energy / 50.0,
    )
    rate = 0.1 * (last - first) / (2.0 * 10.0 * math.log(last / first)) * 1e3
    assert f"{rate:.3g} nm/s" in text.getvalue()


@pytest.mark.parametrize(
    ("split", "pressure", "told", "warned"),
    [
        ("volumetric-deviatoric", 150, "137 MPa", True),  # sqrt(1.5/1.37) of 131 MPa
        ("volumetric-deviatoric", 130, "137 MPa", False),
        ("star-convex", 150, "1.31e+03 MPa", False),
    ],
)
def test_check_tells_strength_under_compression(
    split: str, pressure: float, told: str, warned: bool
) -> None:
    """Li6PS5Cl of 0.23 MPa m^0.5 and 1 um beside the pressure of the stack."""
    how = {"fracture_toughness": "0.23 MPa*m^0.5", "regularisation_length": "1 um", "split": split}
    solid = electrolyte("0.16 S/m", youngs_modulus="22.1 GPa", poisson_ratio=0.37)
    case = make_case(
        {"solid": solid | {"cracking": how}},
        boundaries={"anode": LITHIUM, "collector": LITHIUM},
        physics={"mechanics": True},
        cell={"temperature": "25 degC", "stack_pressure": f"{pressure} MPa"},
        protocol=["Discharge at 0.1 mA/cm2 for 1 s"],
    )
    text = io.StringIO()
    Console(file=text, width=200).print(overview(case))
    assert f"{told} ({split})" in text.getvalue()
    assert ("the stack pressure is more" in text.getvalue()) == warned

"""A run that goes beyond the open-circuit table says so, and by how much."""

import re

import pytest
from spoiling import SHORT, at
from workplace import CASE, RECIPE, Workplace

CURVE = {"expression": "4.4 - x", "low": 0.3, "high": 0.901, "unit": "V", "assumed": "so"}
HALF = {"separator": {"material": "Li6PS5Cl"}, "active": CASE["phases"]["active"]}
JOINT = {"exchange_current_density": "1 A/m^2"}


def test_stoichiometry_beyond_the_table(workplace: Workplace) -> None:
    layers = [RECIPE["layers"][0], RECIPE["layers"][2]]
    workplace.write("meshes/layers.toml", RECIPE | {"layers": layers})
    curve = ("phases", "active", "overrides"), {"open_circuit_voltage": CURVE}
    steps = ("protocol",), ["Discharge at C/2 for 2 minutes", "Rest for 1 s"]
    joined = ("interfaces",), {"active|separator": JOINT}
    change = at((("phases",), HALF), joined, *SHORT, steps, curve)
    workplace.spoil("case/case.toml", CASE, change)
    assert workplace.call("run", "case", "--no-report")[::2] == (0, "")
    log = (workplace.path / "runs/case/log.txt").read_text(encoding="utf-8")
    (told,) = re.findall(r"warning: active: .* x = ([\d.]+), by ([\d.e-]+) above the open", log)
    rows = (workplace.path / "runs/case/series.csv").read_text(encoding="utf-8").splitlines()
    mean = dict(zip(rows[0].split(","), rows[-1].split(","), strict=True))["Mean stoichiometry"]
    assert float(told[0]) > float(mean) > 0.901
    assert float(told[1]) == pytest.approx(float(told[0]) - 0.901, abs=1e-3)

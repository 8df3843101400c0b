"""From which current lithium drives a flaw: resolved, by bracketing, against the closed form."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from mpi4py import MPI

from ecmcell.study.bracket import Search
from ecmcell.study.ccd import CriticalCurrent
from ecmcell.study.critical import question
from ecmcell.study.plan import read_plan

CASE = Path(__file__).parents[2] / "cases" / "li_penetration"
TADA = "half a crack under pressure, K = p sqrt(pi a) (Tada, Paris and Irwin, doi:10.1115/1.801535)"
# The onset is looked for between these parts of the closed form.
BELOW, ABOVE = 0.9, 1.15
MESH = "l = 0.5 µm, h = l/2"

Find = Callable[[str, float], tuple[float, float]]


@pytest.fixture(scope="module")
def onset(tmp_path_factory: pytest.TempPathFactory) -> Find:
    """Resolved onset current of a variation of the case, and that of the closed form, mA/cm2."""
    place = tmp_path_factory.mktemp("ccd")
    plan = {variation.name: variation for variation in read_plan(CASE).variations}

    def find(name: str, width: float) -> tuple[float, float]:
        asked = question(plan[name], None, until_short=False)
        closed = asked.closed_form
        assert closed is not None
        search = Search(closed, BELOW * closed, ABOVE * closed, width, 8)
        found = CriticalCurrent(asked, search, place / name, False, MPI.COMM_WORLD).find()
        assert found.middle is not None, f"{name}: {found}"
        return found.middle, closed

    return find


@pytest.mark.long
@pytest.mark.reference("Lithium", TADA)
def test_the_onset_current_falls_with_the_root_of_the_flaw(onset: Find, verify) -> None:
    small, large = (onset(name, 0.05)[0] for name in ("flaw_4um", "flaw_16um"))
    exponent = math.log(large / small) / math.log(16.0 / 4.0)
    verify("exponent of the onset current by the flaw, 8 and 32 l", exponent, -0.5, 0.1, MESH)


@pytest.mark.long
@pytest.mark.reference("Lithium", TADA)
def test_the_onset_current_rises_with_the_toughness(onset: Find, verify) -> None:
    weak, usual = (onset(name, 0.1)[0] for name in ("toughness_half", "flaw_8um"))
    exponent = math.log(usual / weak) / math.log(2.0)
    verify("exponent of the onset current by K_Ic", exponent, 1.0, 0.1, MESH)


@pytest.mark.long
@pytest.mark.reference("Lithium", TADA)
@pytest.mark.parametrize("material", ["LLZO", "LiBH4"])
def test_lithium_enters_stiff_and_soft_electrolytes(onset: Find, verify, material: str) -> None:
    found, closed = onset(material, 0.3)
    verify(f"onset current over closed form, {material}", found / closed, 1.0, 0.1, MESH)

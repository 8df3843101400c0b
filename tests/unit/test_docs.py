"""The documentation is true: links lead somewhere, examples work, the reference is up to date."""

import re
import runpy
import subprocess
import tomllib
from pathlib import Path

import numpy as np
import pytest

from ecmcell.case.export import model_schema
from ecmcell.case.faults import Fault
from ecmcell.case.load import load_case
from ecmcell.case.materials import Material
from ecmcell.case.schema import Case
from ecmcell.columns import SERIES
from ecmcell.columns.cycles import CYCLES
from ecmcell.columns.fields import FIELDS
from ecmcell.microstructure import check_source
from ecmcell.microstructure.library import read_recipe
from ecmcell.microstructure.mesh.simplices import measures
from ecmcell.microstructure.recipes.composite_cathode import CompositeCathode
from ecmcell.study import read_plan

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted({*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("cases/*/README.md")})
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PLACES = [ROOT, ROOT / "solver" / "ecmcell", ROOT / "solver" / "ecmcell" / "microstructure"]


def text_of(page: Path) -> str:
    """A page without its code, where brackets mean other things."""
    return re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def blocks(page: Path, language: str) -> list[str]:
    """The code of one language on a page; what is for the shell has none."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^```(\w*)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return [code for its, code in found if its == language]


def anchors(page: Path) -> set[str]:
    """What the headings of a page are called in links."""
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in LINK.findall(text_of(page)):
        if link.startswith("http"):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


def test_page_of_outputs_is_that_of_the_columns() -> None:
    """`make docs` writes it; every equation that a column names is in the theory."""
    made = runpy.run_path(str(DOCS / "outputs.py"))["text"]()
    assert (DOCS / "outputs.md").read_text(encoding="utf-8") == made
    theory = (DOCS / "theory.md").read_text(encoding="utf-8")
    named = {n for one in (*SERIES, *CYCLES, *FIELDS) for n in re.findall(r"\d+", one.equation)}
    assert len(named) > 15
    for number in named:
        assert f"\\tag{{{number}}}" in theory, number
    listed = set(re.findall(r"^\| `(.*?)` \|", made, re.MULTILINE))
    assert listed == {one.header for one in (*SERIES, *CYCLES, *FIELDS)}


def test_every_table_of_a_case_has_a_section_in_the_reference() -> None:
    """What a key may hold as a table is said somewhere; values with their origin are all alike."""
    told = runpy.run_path(str(DOCS / "reference.py"))
    listed = {name for _, name in (*told["CASE_TABLES"], *told["MATERIAL_TABLES"])}
    tables = {n for n, one in model_schema(Case)["$defs"].items() if one.get("type") == "object"}
    alike = {"SourcedValue"}  # later versions of Pydantic leave it out where it is not extended
    assert tables - listed - alike == {"Material"}


def test_reference_is_that_of_the_schema() -> None:
    """`make docs` writes it."""
    made = runpy.run_path(str(DOCS / "reference.py"))["case_reference"]()
    assert (DOCS / "case_reference.md").read_text(encoding="utf-8") == made


def test_equations_are_numbered_in_order_and_cited_rightly() -> None:
    theory = (DOCS / "theory.md").read_text(encoding="utf-8")
    equations = re.findall(r"```math\n(.*?)```", theory, re.DOTALL)
    tags = [re.findall(r"\\tag\{(\d+)\}", equation) for equation in equations]
    assert tags == [[str(k)] for k in range(1, len(equations) + 1)]
    cited = re.findall(r"(?<=[\s(])\((\d{1,2})\)", text_of(DOCS / "theory.md"))
    sources = [p.read_text(encoding="utf-8") for p in (ROOT / "solver").rglob("*.py")]
    sources += [p.read_text(encoding="utf-8") for p in DOCS.glob("add_*.md")]
    cited += [n for source in sources for n in re.findall(r"theory\.md \((\d+)\)", source)]
    assert set(cited) <= {tag for (tag,) in tags}


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    named = re.findall(r"`((?:\w+/)*\w+\.py)`", page.read_text(encoding="utf-8"))
    shown = {"test_single_particle.py", "single_particle.py"}
    for name in named:
        if Path(name).name not in shown:
            found = any((place / name).is_file() for place in PLACES)
            assert found or any((ROOT / "solver").rglob(name)), name


def test_first_case_can_be_run(tmp_path: Path) -> None:
    recipe, case, study, *_ = blocks(DOCS / "getting_started.md", "toml")
    (tmp_path / "recipe.toml").write_text(recipe)
    (tmp_path / "case.toml").write_text(case)
    asked = load_case(tmp_path)
    check_source(asked)
    assert [step.text for step in asked.protocol][1] == "Rest for 10 minutes"
    (tmp_path / "study.toml").write_text(study)
    names = [variation.name for variation in read_plan(tmp_path).variations]
    assert len(names) == 6 and "5-MPa_0.94" in names
    (tmp_path / "study.toml").write_text(blocks(DOCS / "case_reference.md", "toml")[-1])
    assert [variation.name for variation in read_plan(tmp_path).variations] == [
        "2-MPa_weak",
        "2-MPa_strong",
        "20-MPa_weak",
        "20-MPa_strong",
    ]


STUDIES = {
    "Every combination": 10,
    "A choice of several keys": 2,
    "Factors that go together": 3,
    "Samples": 20,
    "Sobol' indices": 256,
    "Replicas": 6,
}


@pytest.mark.parametrize(("number", "count"), enumerate(STUDIES.values()), ids=STUDIES)
def test_studies_of_the_page_can_be_run(tmp_path: Path, number: int, count: int) -> None:
    recipe, case, *_ = blocks(DOCS / "getting_started.md", "toml")
    studies = blocks(DOCS / "studies.md", "toml")
    assert len(studies) == len(STUDIES)
    texts = {"recipe": recipe, "case": case, "study": studies[number]}
    for name, text in texts.items():
        (tmp_path / f"{name}.toml").write_text(text)
    assert len(read_plan(tmp_path).variations) == count


def test_case_that_is_copied_can_be_run_wherever_it_lies(tmp_path: Path) -> None:
    """The page's own commands of the shell make it, outside of any clone."""
    recipe, case, *_ = blocks(DOCS / "getting_started.md", "toml")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "recipe.toml").write_text(recipe)
    (tmp_path / "mine" / "case.toml").write_text(case)
    (change,) = [b for b in blocks(DOCS / "getting_started.md", "") if "ecmcell run pressed" in b]
    lines = [line for line in change.splitlines() if not line.startswith("docker/enter")]
    subprocess.run(["sh", "-e", "-c", "\n".join(lines)], cwd=tmp_path, check=True, timeout=60)
    for name, pressure in (("mine", 5.0), ("pressed", 50.0)):
        asked = load_case(tmp_path / name)
        check_source(asked)
        assert asked.cell.stack_pressure == pressure


def test_few_particles_of_the_page_can_be_compared_at_three_sizes(tmp_path: Path) -> None:
    _, case, _, recipe, study = blocks(DOCS / "getting_started.md", "toml")
    texts = {"recipe.toml": recipe, "study.toml": study}
    texts["case.toml"] = case.replace("NMC811", "LiCoO2").replace("0.997", "0.97")
    for name, text in texts.items():
        (tmp_path / name).write_text(text.replace("Li6PS5Cl", "LLZO"))
    widths = []
    for variation in read_plan(tmp_path).variations:
        check_source(variation.case)
        asked = variation.case.mesh
        assert asked.recipe is not None
        made = read_recipe(asked.recipe, asked.overrides, variation.case.path)
        assert isinstance(made, CompositeCathode)
        packing = made._packing(seed=1)
        assert len(packing.radii) == 8
        assert packing.volume_fraction == pytest.approx(0.4)
        widths.append(packing.lengths[1])
    assert widths == pytest.approx([3 * widths[1] / 5, widths[1], 8 * widths[1] / 5])


@pytest.mark.parametrize(
    "study", sorted(ROOT.glob("cases/*/study.toml")), ids=lambda p: p.parent.name
)
def test_studies_of_the_cases_can_be_run(study: Path) -> None:
    for variation in read_plan(study).variations:
        check_source(variation.case)


def test_material_of_the_page_is_a_material(tmp_path: Path) -> None:
    oxide, phase = blocks(DOCS / "add_a_material.md", "toml")
    read = Material.model_validate(tomllib.loads(oxide))
    assert len(read.assumptions()) == 9
    (tmp_path / "oxide.toml").write_text(oxide)
    recipe, case, *_ = blocks(DOCS / "getting_started.md", "toml")
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "recipe.toml").write_text(recipe)
    changed = re.sub(r"\[phases.active\]\n.*\n.*\n", phase, case)
    (tmp_path / "mine" / "case.toml").write_text(changed.replace("../mine/", "../"))
    material = load_case(tmp_path / "mine").phases["active"].material
    assert (material.diffusivity, material.youngs_modulus) == (1e-3, 120e3)  # um2/s, MPa


@pytest.mark.parametrize("page", ["add_a_recipe.md", "add_a_physics.md"])
def test_entry_points_are_those_of_the_example(page: str) -> None:
    shown = tomllib.loads(blocks(DOCS / page, "toml")[-1])["project"]["entry-points"]
    example = tomllib.loads((DOCS / "example_package" / "pyproject.toml").read_text())
    assert shown.items() <= example["project"]["entry-points"].items()


def test_recipe_of_the_page_makes_a_mesh() -> None:
    code, _ = blocks(DOCS / "add_a_recipe.md", "python")
    given, _ = blocks(DOCS / "add_a_recipe.md", "toml")
    names: dict = {"__name__": "single_particle"}
    exec(code, names)
    content = tomllib.loads(given) | {"dimension": 2, "size": "0.3 um"}
    mesh = names["SingleParticle"].model_validate(content).build(1)
    particle = mesh.cell_grain == mesh.grain_phase.index("active")
    area = measures(mesh.points, mesh.cells)[particle].sum()
    assert area == pytest.approx(9 * np.pi, rel=0.02)
    with pytest.raises(Fault, match="no electrolyte"):
        names["SingleParticle"].model_validate(content | {"diameter": "16 um"}).build(1)

"""The workflow for GitHub runs what there is: targets and versions are those of the repository."""

import re
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
WORKFLOW = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_actions_are_pinned() -> None:
    used = [step["uses"] for step in STEPS if "uses" in step]
    assert len(used) > 5
    for action in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@v\d+(\.\d+)*", action), action


def test_targets_are_those_of_the_makefile() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    known = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    called = [step["run"].split()[1] for step in STEPS if step.get("run", "").startswith("make ")]
    assert {"lint", "notebooks", "site", "coverage"} <= {*called} <= known


def test_every_version_of_dolfinx_is_tested() -> None:
    """Those that `pyproject.toml` allows."""
    jobs = WORKFLOW["jobs"]
    tested = {entry["dolfinx"] for entry in jobs["test"]["strategy"]["matrix"]["include"]}
    (made,) = [step["with"] for step in jobs["test-conda"]["steps"] if "with" in step]
    tested.add(re.fullmatch(r"fenics-dolfinx=(.+)", made["create-args"])[1])
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    low, high = re.search(r"fenics-dolfinx>=0\.(\d+),<0\.(\d+)", project).groups()
    assert tested == {f"0.{minor}" for minor in range(int(low), int(high))}
    assert (ROOT / made["environment-file"]).is_file()


def test_templates_can_be_read() -> None:
    """A bug report asks for environment, case and log."""
    forms = ROOT / ".github" / "ISSUE_TEMPLATE"
    for form in forms.glob("*.yml"):
        assert isinstance(yaml.safe_load(form.read_text(encoding="utf-8")), dict)
    report = yaml.safe_load((forms / "bug_report.yml").read_text(encoding="utf-8"))
    needed = {one["id"] for one in report["body"] if one["validations"]["required"]}
    assert {"case", "log", "environment"} <= needed
    assert "ecmcell version --environment" in str(report)

"""The page on clusters: all of its blocks, from top to bottom, on a real Slurm."""

import json
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest
from tests.slurm import Slurm

pytestmark = [pytest.mark.slurm, pytest.mark.long]
ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/cluster.md").read_text(encoding="utf-8")
# What differs from cluster to cluster: names of modules. Where there is no Apptainer, commands run
# without it; `docker/ecmcell.def` is then tested by nothing here.
_MODULE = "module() { :; }; export -f module\n"
_APPTAINER = """\
apptainer() {
    case $1 in
        build) : >"$3" ;;
        exec) shift 2 && "$@" ;;
    esac
}
export -f apptainer
"""


def blocks() -> list[tuple[str, str]]:
    """The file that each block is, which the text before names, and its code; else the shell's."""
    found = []
    pieces = re.split(r"^```", PAGE, flags=re.MULTILINE)
    for text, block in zip(pieces[::2], pieces[1::2], strict=False):
        language, code = block.split("\n", 1)
        named = re.findall(r"`(?:case/)?\w+\.(?:sh|toml)`", text)
        found.append((named[-1].strip("`") if language else "", code))
    return found


def test_all_of_the_page_can_be_done(slurm: Slurm, tmp_path: Path) -> None:
    for name in ("cases", "docker", "meshes"):
        (tmp_path / name).symlink_to(ROOT / name)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    preface = _MODULE + ("" if shutil.which("apptainer") else _APPTAINER)
    places = {"SCRATCH": str(scratch), "XDG_CACHE_HOME": str(scratch / "cache")}
    for name, code in blocks():
        if name:
            (tmp_path / name).write_text(code)
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", preface + code],
            cwd=tmp_path,
            env=slurm.environment | places,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{code}{done.stdout}{done.stderr}"
        slurm.wait_for(lambda: not slurm.call("squeue", "--noheader"), 240.0)
    runs = [scratch / "case"]
    for study in ("sweep", "array"):
        runs += [scratch / study / name for name in ("25-degC", "60-degC")]
        assert (scratch / study / "study.csv").is_file()
    for run in runs:
        assert json.loads((run / "summary.json").read_text())["status"] == "done"
        assert json.loads((run / "provenance.json").read_text())["ranks"] == 2
    with tarfile.open(tmp_path / "sweep.tgz") as kept:
        names = kept.getnames()
    assert "sweep/25-degC/series.csv" in names and "sweep/25-degC/fields" not in names

"""How the command ends: on all ranks together, on a full disk, by a fault of the program."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from mpi4py import MPI
from spoiling import SHORT, SYMMETRIC, at
from workplace import CASE, RECIPE, Workplace, on_ranks, surround
from wrong_cases import WRONG

# Open MPI 6 tells of every exit code; before, it complained of ranks that it had to stop.
REPORTS = "Open MPI v6" in MPI.Get_library_version()


def start(*words: str, ranks: int) -> subprocess.CompletedProcess[str]:
    """The command in processes of its own."""
    command = [*on_ranks(ranks), sys.executable, "-m", "ecmcell", *words]
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
    told, *by_launcher = ended.stderr.splitlines()
    assert not by_launcher or REPORTS
    assert ended.stderr.count("error:") == 1
    assert "Traceback" not in ended.stderr
    assert told.startswith("error: ")
    assert f"case/case.toml: {key}" in told or not key
    assert words in told
    assert workplace.files() == before


def test_all_wrong_cases_on_two_ranks(workplace: Workplace, elsewhere: Path) -> None:
    """One launch for all: each ends on both ranks with the message that one rank gives."""
    surround(workplace, elsewhere)
    expected = []
    for number, name in enumerate(WRONG):
        (workplace.path / f"case{number}").mkdir()
        workplace.spoil(f"case{number}/case.toml", CASE, WRONG[name][0])
        expected += [workplace.call("run", f"case{number}")[2].rstrip(), "2 2"]
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
    command = [*on_ranks(2), sys.executable, str(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.stderr.splitlines() == expected
    assert ended.stdout == ""
    assert not (workplace.path / "runs").exists()


def test_salt_that_is_used_up(workplace: Workplace) -> None:
    """A current that the salt cannot carry: exit 3, with the reason, what there is is kept."""
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    polymer = ("phases", "separator", "material"), "PEO-LiTFSI"
    current = ("protocol",), ["Discharge at 30 mA/cm2 for 1 hour"]
    warm = ("cell", "temperature"), "62 degC"
    steps = ("time",), {"min_step": "10 ms"}
    workplace.spoil("case/case.toml", CASE, at(*SYMMETRIC, *SHORT, polymer, current, warm, steps))
    ended = start("run", "case", "--output", str(workplace.path / "run"), ranks=1)
    assert ended.returncode == 3
    message = ended.stderr.splitlines()[-1]
    assert "error: the solver gave up at" in message
    assert "the salt in separator is used up before an electrode" in message
    summary = json.loads((workplace.path / "run/summary.json").read_text(encoding="utf-8"))
    assert (summary["status"], summary["reason"]) == ("gave up", message.removeprefix("error: "))
    assert summary["extremes"]["Minimum salt concentration [mol.m-3]"] < 50.0


@pytest.mark.parametrize(("room", "ranks"), [(0, 1), (3000, 1), (20_000, 1), (0, 2), (3000, 2)])
def test_full_disk(workplace: Workplace, room: int, ranks: int) -> None:
    """No file may grow beyond the room: the log, the case or the fields cannot be written.

    The message names the place, and no rank waits for the one that writes.
    """
    workplace.write("meshes/layers.toml", RECIPE | {"layers": RECIPE["layers"][:1]})
    workplace.spoil("case/case.toml", CASE, at(*SYMMETRIC, *SHORT))
    script = workplace.path / "full.py"
    script.write_text(
        "import resource, sys\n"
        "from ecmcell import cli\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({room}, {room}))\n"
        "sys.exit(cli.main())\n"
    )
    command = [*on_ranks(ranks), sys.executable, str(script), "run", "case"]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 2
    message, *launchers = ended.stderr.splitlines()  # a launcher adds words of its own
    assert re.fullmatch(r"error: runs/case\S*: file too large.*", message, re.IGNORECASE)
    assert "MPI_ABORT" not in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ranks > 1 or not launchers


def test_one_rank_speaks(workplace: Workplace) -> None:
    assert start("--version", ranks=2).stdout.count("ecmcell") == 1
    assert start("version", ranks=2).stdout.count("ecmcell") == 1
    for command in ("check", "mesh"):
        assert start(command, "case", ranks=2).stdout.count("A case that is right") == 1


def test_completion_is_set_up_by_one_rank(tmp_path: Path) -> None:
    script = tmp_path / "complete.py"
    script.write_text(
        "import sys\n"
        "import shellingham\n"
        "from mpi4py import MPI\n"
        "from ecmcell import cli\n"
        "shellingham.detect_shell = lambda: ('bash', '/bin/bash')\n"
        "sys.argv = ['ecmcell', '--show-completion']\n"
        "codes = MPI.COMM_WORLD.gather(cli.main())\n"
        "if codes:\n"
        "    print(*codes, file=sys.stderr, flush=True)\n"
    )
    command = [*on_ranks(2), sys.executable, str(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (ended.returncode, ended.stderr) == (0, "0 0\n")
    assert ended.stdout.count("complete -o default") == 1


def test_a_reader_may_go(workplace: Workplace) -> None:
    """As `head` does: no crash is told, with PETSc at work or not."""
    command = [sys.executable, "-m", "ecmcell", "check", "case"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


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
    command = [*on_ranks(2), sys.executable, str(script)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert ended.stderr.count("error: file: key: wrong. Mend it.") == 1


def test_fault_of_the_program_is_told(workplace: Workplace, monkeypatch: Any) -> None:
    monkeypatch.setattr("ecmcell.api.case.load_case", lambda *_: 1 / 0)
    code, _, err = workplace.call("check", "case")
    assert code == 1
    assert "ZeroDivisionError" in err

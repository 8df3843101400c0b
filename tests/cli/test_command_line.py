"""What the command line tells of itself: help, completion, versions."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import click
import pytest
import typer.main
from workplace import Workplace, expect_one_message

from ecmcell import __version__
from ecmcell.case.materials import names
from ecmcell.cli.shared import app
from ecmcell.output.provenance import provenance

COMMANDS = sorted(typer.main.get_command(app).commands)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_defaults_that_mean_something(workplace: Workplace, command: str) -> None:
    """Once an option, and not what is no value."""
    code, out, err = workplace.call(command, "--help")
    assert (code, err) == (0, "")
    text = " ".join(out.replace("│", " ").split())
    assert f"Usage: ecmcell {command}" in text
    assert not re.search(r"None|False|default: \]", text), text
    for option in re.split(r" (?=--\w)", text)[1:]:
        assert option.count("[default:") <= 1, option


def test_help_tells_where_results_go(workplace: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    for command, default in (
        ("run", "runs/<name of case>"),
        ("rerun", "RUN-again"),
        ("study", "runs/<name of case>-study"),
        ("ccd", "runs/<name of case>-ccd"),
    ):
        assert f"[default: ({default})]" in workplace.call(command, "--help")[1]


@pytest.fixture
def complete(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, list[str]]]:
    """Exit code and answers where a shell asks how the last word goes on."""
    monkeypatch.setattr(click.Path, "shell_complete", click.Path.shell_complete)  # to put it back

    def asked(words: str, shell: str = "bash") -> tuple[int, list[str]]:
        monkeypatch.setenv("_ECMCELL_COMPLETE", f"complete_{shell}")
        monkeypatch.setenv("COMP_WORDS", words)
        monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
        monkeypatch.setenv("_TYPER_COMPLETE_ARGS", words)
        monkeypatch.setenv("_TYPER_COMPLETE_FISH_ACTION", "is-args")
        with pytest.raises(SystemExit) as end:
            workplace.call()
        out, err = workplace.told()
        assert err == ""
        return int(end.value.code or 0), out.split()

    return asked


def test_completion_knows_commands_options_and_names(complete: Callable) -> None:
    assert complete("ecmcell re") == (0, ["resume", "rerun", "report"])
    assert complete("ecmcell run x --no") == (0, ["--no-report"])
    assert complete("ecmcell materials LiN") == (0, ["LiNbO3"])
    assert complete("ecmcell materials ") == (0, list(names()))
    assert complete("ecmcell schema lay") == (0, ["layered"])
    assert complete("ecmcell new mine --like nmc811") == (0, ["nmc811_contact_loss"])


def test_completion_leaves_files_to_the_shell(complete: Callable) -> None:
    """No answer lets bash take its own; fish asks beforehand, and is told so by an exit code."""
    assert complete("ecmcell run ca") == (0, [])
    assert complete("ecmcell run x --output ca") == (0, [])
    assert complete("ecmcell run ca", "fish") == (1, [])
    assert complete("ecmcell ru", "fish") == (0, [])


def test_a_shell_is_answered() -> None:
    """The exit code is that of the process, and nothing else is printed."""
    asks = {"_ECMCELL_COMPLETE": "complete_bash", "COMP_WORDS": "ecmcell ru", "COMP_CWORD": "1"}
    ended = subprocess.run(
        [sys.executable, "-m", "ecmcell"],
        env=os.environ | asks,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "run\n", "")


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A home in which bash is found as the shell."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("bash", "/bin/bash"))
    return home


def test_completion_is_shown_and_installed(workplace: Workplace, shell: Path) -> None:
    code, out, err = workplace.call("--show-completion")
    assert (code, err) == (0, "")
    assert "complete -o default -F _ecmcell_completion ecmcell" in out
    assert "_ECMCELL_COMPLETE=complete_bash" in out
    assert not list(shell.iterdir())
    code, _, err = workplace.call("--install-completion")
    assert (code, err) == (0, "")
    assert "ecmcell.sh" in (shell / ".bashrc").read_text()
    assert (shell / ".bash_completions/ecmcell.sh").read_text().strip() == out.strip()


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
def test_no_completion_without_a_shell(
    workplace: Workplace, shell: Path, monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    from shellingham import ShellDetectionFailure

    def fail() -> None:
        raise ShellDetectionFailure

    monkeypatch.setattr("shellingham.detect_shell", fail)
    assert "bash, zsh, fish" in expect_one_message(workplace, option)
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("tcsh", "/bin/tcsh"))
    assert workplace.call(option)[0] == 2
    assert not list(shell.iterdir())


def test_version_alone_is_one_line(workplace: Workplace) -> None:
    assert workplace.call("version") == (0, f"ecmcell {__version__}\n", "")
    assert workplace.call("--version") == (0, f"ecmcell {__version__}\n", "")


def test_environment_tells_what_a_run_records(workplace: Workplace) -> None:
    code, out, err = workplace.call("version", "--environment")
    assert (code, err) == (0, "")
    told = dict(line.split(" ", 1) for line in out.splitlines())
    known = provenance()
    versions = known["versions"]
    assert isinstance(versions, dict)
    assert {"dolfinx", "petsc", "mpi", "python"} <= versions.keys() <= told.keys()
    for name, version in versions.items():
        assert told[name].startswith(version), name
    assert "hypre" in told["petsc"] and "float64" in told["petsc"]
    assert {"pyvista", "matplotlib", "system", "ranks"} <= told.keys()


def test_environment_tells_what_is_missing(workplace: Workplace) -> None:
    """Where DOLFINx cannot be imported the command still answers."""
    script = workplace.path / "without.py"
    script.write_text(
        "import importlib.metadata, sys\n"
        "for name in ('dolfinx', 'petsc4py'):\n"
        "    sys.modules[name] = None\n"
        "version = importlib.metadata.version\n"
        "def some(name):\n"
        "    if name in ('fenics-dolfinx', 'petsc4py'):\n"
        "        raise importlib.metadata.PackageNotFoundError(name)\n"
        "    return version(name)\n"
        "importlib.metadata.version = some\n"
        "from ecmcell import cli\n"
        "sys.argv = ['ecmcell', 'version', '--environment']\n"
        "sys.exit(cli.main())\n"
    )
    ended = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=600, check=False
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    for name in ("dolfinx", "petsc4py", "petsc"):
        assert f"\n{name} not installed\n" in ended.stdout

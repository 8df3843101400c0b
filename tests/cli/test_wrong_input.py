"""Whatever is wrong: one message that names file, key and remedy, exit code 2, nothing written."""

import os
from pathlib import Path

import pytest
from spoiling import put
from workplace import CASE, Workplace, expect_one_message, surround
from wrong_cases import WRONG


@pytest.mark.parametrize("name", WRONG)
def test_case(workplace: Workplace, elsewhere: Path, name: str) -> None:
    change, key, words = WRONG[name]
    surround(workplace, elsewhere)
    workplace.spoil("case/case.toml", CASE, change)
    message = expect_one_message(workplace, "run", "case")
    assert f"case/case.toml: {key}" in message or not key
    assert words in message


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"title = ", "not TOML"),
        (b'title = "a"\ntitle = "b"\n', "line 2"),
        (b"\xff\xfe\x00", "not a text file"),
        (b"\x7fELF\x02\x01\x01\x00\x00", "not TOML"),
        (b"", "missing"),
        (b"a=" + b"[" * 100_000, "nested"),
    ],
    ids=["half a line", "key twice", "no text", "program", "empty", "deep"],
)
def test_file(workplace: Workplace, content: bytes, words: str) -> None:
    (workplace.path / "case/case.toml").write_bytes(content)
    message = expect_one_message(workplace, "run", "case")
    assert "case/case.toml: " in message
    assert words in message


def test_files_that_cannot_be_opened(workplace: Workplace) -> None:
    """Links that lead to themselves, a pipe without an end, a device."""
    (workplace.path / "loop.toml").symlink_to("loop.toml")
    os.mkfifo(workplace.path / "pipe.toml")
    (workplace.path / "zero.toml").symlink_to("/dev/zero")
    for name, words in (("loop", "levels"), ("pipe", "not a file"), ("zero", "not a file")):
        workplace.spoil("case/case.toml", CASE, put(phases__active__material=f"../{name}.toml"))
        assert words in (err := workplace.call("check", "case")[2])
        assert f"{name}.toml" in err and err.count("\n") == 1
        assert workplace.call("check", f"{name}.toml")[0] == 2


@pytest.mark.parametrize("path", ["nowhere", "meshes", "x" * 400, "case/case.toml/deeper"])
def test_no_case_there(workplace: Workplace, path: str) -> None:
    assert path in expect_one_message(workplace, "run", path)


@pytest.mark.parametrize("directory", ["/proc/nowhere", "/dev/null/runs", "/sys/x/y"])
def test_output_that_cannot_be_written(workplace: Workplace, directory: str) -> None:
    assert directory in expect_one_message(workplace, "run", "case", "--output", directory)
    assert not Path(directory).exists()


def test_output_is_a_file(workplace: Workplace) -> None:
    (workplace.path / "file").write_text("mine")
    assert "is a file" in expect_one_message(workplace, "run", "case", "--output", "file")
    assert "is a file" in expect_one_message(workplace, "run", "case", "--output", "file/below")


def test_output_holds_something(workplace: Workplace) -> None:
    message = expect_one_message(workplace, "run", "case", "--output", "meshes")
    assert "--overwrite" in message


def test_output_may_be_the_case_never(workplace: Workplace) -> None:
    assert "not empty" in expect_one_message(workplace, "run", "case", "--output", "case")


def test_output_name_too_long(workplace: Workplace) -> None:
    expect_one_message(workplace, "run", "case", "--output", "x" * 400)


@pytest.mark.parametrize("name", ["a.docx", "nowhere/a.png", "meshes"])
def test_picture(workplace: Workplace, name: str) -> None:
    expect_one_message(workplace, "mesh", "case", "--picture", name)


@pytest.mark.parametrize(
    "words",
    [
        ("run",),
        ("run", "case", "more"),
        ("fly",),
        ("run", "case", "--outptu", "x"),
        ("run", "case", "--output"),
        ("--loud",),
    ],
)
def test_command_line(workplace: Workplace, words: tuple[str, ...]) -> None:
    assert "ecmcell --help" in expect_one_message(workplace, *words)


def test_report_of_nothing(workplace: Workplace) -> None:
    expect_one_message(workplace, "report", "nowhere")
    expect_one_message(workplace, "report", "case")

"""Builds the site in build/site from the Markdown files of the repository; `make site` runs it."""

import shutil
import sys
from pathlib import Path

from docs.site.notebooks import executed
from docs.site.sources import ROOT, stage
from sphinx.cmd.build import main as sphinx

TARGET = ROOT / "build" / "site"
CONFIGURATION = Path(__file__).parent


def build(notebooks: Path, target: Path) -> int:
    """Build the site; a warning is an error.

    Args:
        notebooks: Directory of the notebooks that it shows.
        target: Directory of the site; what it held goes.

    Returns:
        Exit code of Sphinx.
    """
    source = target.with_name(target.name + "-source")
    for directory in (source, target):
        shutil.rmtree(directory, ignore_errors=True)
    stage(source, notebooks)
    options = ["--fail-on-warning", "--keep-going", "--quiet", "--jobs", "2"]
    return sphinx([*options, "-c", str(CONFIGURATION), str(source), str(target)])


if __name__ == "__main__":
    code = build(executed(), TARGET)
    if code == 0:
        print(TARGET / "index.html")
    sys.exit(code)

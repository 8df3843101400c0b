"""The pages of the site, made from the Markdown files of the repository.

A link that leads somewhere on a forge leads to the same on the site: one to a directory shows its
README, or else its files, and one to another file of the repository downloads it.
"""

import os
import re
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import ecmcell

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
FRONT, CONTENTS, GALLERY = Path("README.md"), Path("docs/README.md"), Path("cases/README.md")
API, NOTEBOOKS = Path("docs/api"), Path("docs/notebooks")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"(\]\()([^)\s#]*)(#[^)\s]*)?\)")
LISTED = {".toml": "toml", ".py": "python"}
IMAGE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)\)")


def stage(target: Path, notebooks: Path) -> None:
    """Write all sources of the site.

    Args:
        target: Directory that is not there yet.
        notebooks: Directory of the notebooks that it shows.
    """
    for page in pages():
        _write(target / placed(page), _text(page, target))
    _write(target / placed(GALLERY), _gallery())
    for name in ecmcell.__all__:
        _write(target / API / f"{name}.md", _api(name))
    shutil.copytree(notebooks, target / NOTEBOOKS, ignore=shutil.ignore_patterns(".*"))


def pages() -> list[Path]:
    """The Markdown files, relative to the repository."""
    found = [*ROOT.glob("*.md"), *DOCS.glob("*.md"), *ROOT.glob("cases/**/README.md")]
    return sorted(page.relative_to(ROOT) for page in found)


def placed(page: Path) -> Path:
    """Where a page is in the sources of the site, whose front page is `index`."""
    return page.with_name("index.md") if page in (FRONT, GALLERY) else page


def _text(page: Path, target: Path) -> str:
    """A page with the links of the site, and what only the site has."""
    text = (ROOT / page).read_text(encoding="utf-8")
    text = re.sub(r"\$`([^`\n]*)`\$", r"$\1$", text)  # as a forge takes equations
    parts, end = [], 0
    for code in CODE.finditer(text):
        parts += [_linked(text[end : code.start()], page, target), code.group()]
        end = code.end()
    text = "".join([*parts, _linked(text[end:], page, target)])
    if page == FRONT:
        text += "\n" + "\n".join(_sidebar())
    return text


def _linked(text: str, page: Path, target: Path) -> str:
    """A text with its links led to the pages of the site; other files are copied there."""

    def led(link: re.Match[str]) -> str:
        opened, name, anchor = link[1], link[2], link[3] or ""
        if not name or ":" in name:
            return link[0]
        path = _linked_file(page, name)
        if path not in (*pages(), GALLERY) and path.suffix != ".ipynb":
            _carry(path, target)
        return f"{opened}{os.path.relpath(placed(path), placed(page).parent)}{anchor})"

    return LINK.sub(led, text)


def _carry(path: Path, target: Path) -> None:
    """Take along a file that is no page; instead of a README that is not there, a listing."""
    if (ROOT / path).exists():
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, target / path)
    else:
        _write(target / path, _listing(path.parent))


def _listing(directory: Path) -> str:
    """The files of a directory that has no README."""
    parts = ["---", "orphan: true", "---", "", f"# {directory.name}", ""]
    for kind, language in LISTED.items():
        for file in sorted((ROOT / directory).rglob(f"*{kind}")):
            text = file.read_text(encoding="utf-8").rstrip("\n")
            parts += [f"## {file.relative_to(ROOT / directory)}", ""]
            parts += [f"```{language}", text, "```", ""]
    return "\n".join(parts)


def _linked_file(page: Path, name: str) -> Path:
    """The file of the repository that a link on a page leads to."""
    path = Path(os.path.normpath(page.parent / name))
    return path / "README.md" if (ROOT / path).is_dir() else path


def _sidebar() -> Iterator[str]:
    """The parts of the site: the sections of the contents, and the interface."""
    yield from _toctree([CONTENTS])
    contents = (ROOT / CONTENTS).read_text(encoding="utf-8")
    for section in re.split(r"^## ", contents, flags=re.MULTILINE)[1:]:
        title, _, text = section.partition("\n")
        links = [_linked_file(CONTENTS, link[2]) for link in LINK.finditer(text)]
        yield from _toctree(links, f":caption: {title}")
    interface = [API / f"{name}.md" for name in ecmcell.__all__]
    yield from _toctree(interface, ":caption: Python interface")


def _toctree(entries: Iterable[Path], *options: str) -> list[str]:
    """Pages of the sidebar."""
    names = [str(placed(entry).with_suffix("")) for entry in entries]
    return ["```{toctree}", ":hidden:", *options, *names, "```", ""]


def _gallery() -> str:
    """The cases, a card each: its question and a figure."""
    lines = ["# Cases", "", "::::{grid} 1 2 2 3", ":gutter: 3", ""]
    readmes = [page for page in pages() if page.parts[0] == "cases"]
    for readme in readmes:
        text = (ROOT / readme).read_text(encoding="utf-8")
        link = readme.relative_to("cases").with_suffix("")
        lines += [f":::{{grid-item-card}} {text.splitlines()[0].lstrip('# ')}"]
        lines += [f":link: {link}", ":link-type: doc"]
        figure = IMAGE.search(text)
        if figure:
            lines += [f":img-top: {readme.parent.relative_to('cases') / figure[1]}"]
        lines += [":::", ""]
    entries = [readme.relative_to("cases") for readme in readmes]
    return "\n".join([*lines, "::::", "", *_toctree(entries)])


def _api(name: str) -> str:
    """The page of a public name, from its docstrings."""
    kind = "function"
    if isinstance(getattr(ecmcell, name), type):
        kind = "exception" if name.endswith("Error") else "class"
    lines = [f"# {name}", "", "```{eval-rst}", f".. auto{kind}:: ecmcell.{name}"]
    return "\n".join([*lines, *(["   :members:"] if kind == "class" else []), "```", ""])


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")

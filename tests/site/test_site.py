"""The site: it can be built without a warning, and no link within it is dead."""

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from docs.site.build import build
from docs.site.notebooks import NOTEBOOKS

import ecmcell
from browser import Browser

pytestmark = pytest.mark.site

# equations that reach under their number
COVERED = """[...document.querySelectorAll(".katex-display")].filter((equation) => {
    const number = equation.querySelector(".tag");
    const last = [...equation.querySelectorAll(".katex-html > .base")].pop();
    return last.getBoundingClientRect().right > number?.getBoundingClientRect().left;
}).map((equation) => equation.textContent)"""


class Page(HTMLParser):
    """What a page links to, and what can be linked to on it."""

    def __init__(self, path: Path):
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in ("href", "src") and value is not None:
                self.links.append(value)
            elif name == "id" and value is not None:
                self.anchors.add(value)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built with the notebooks as they are in git: a warning is an error."""
    target = tmp_path_factory.mktemp("build") / "site"
    assert build(NOTEBOOKS, target) == 0
    return target


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path) for path in site.rglob("*.html") if "_static" not in path.parts}


def inner_links(pages: dict[Path, Page]) -> Iterator[tuple[Path, str, Path, str]]:
    """Page, link, the file that it leads to and the anchor in it."""
    for path, page in pages.items():
        for link in page.links:
            parts = urlsplit(link)
            if not parts.scheme and not parts.netloc:
                target = path.parent / unquote(parts.path) if parts.path else path
                yield path, link, target.resolve(), unquote(parts.fragment)


def test_no_link_is_dead(pages: dict[Path, Page]) -> None:
    links = list(inner_links(pages))
    assert len(links) > 1000
    for path, link, target, anchor in links:
        assert target.is_file(), f"{path.name}: {link}"
        if anchor and target in pages:
            assert anchor in pages[target].anchors, f"{path.name}: {link}"


def test_nothing_comes_from_elsewhere(pages: dict[Path, Page], site: Path) -> None:
    """Neither scripts nor styles nor pictures: the site can be read without a network."""
    for page in site.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        for tag in ('src="http', 'src="//', '<link rel="stylesheet" type="text/css" href="http'):
            assert tag not in text, page.name


@pytest.mark.parametrize("name", ecmcell.__all__)
def test_public_name_has_a_page(pages: dict[Path, Page], site: Path, name: str) -> None:
    page = pages[site / "docs" / "api" / f"{name}.html"]
    assert f"ecmcell.{name}" in page.anchors


def test_every_case_is_in_the_gallery(pages: dict[Path, Page], site: Path) -> None:
    found = {link for link in pages[site / "cases" / "index.html"].links}
    root = Path(__file__).parents[2] / "cases"
    for readme in root.rglob("README.md"):
        assert f"{readme.parent.relative_to(root)}/README.html" in found, readme


@pytest.mark.browser
def test_equations_are_drawn_beside_their_numbers(site: Path, tmp_path: Path) -> None:
    with Browser(tmp_path / "profile") as browser:
        browser.open(site / "docs" / "theory.html")
        browser.wait("document.querySelectorAll('.katex-display .tag').length > 70")
        assert browser.run(COVERED) == []

"""Configuration of Sphinx for the site; its sources are those that `sources.py` writes."""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.writers.html5 import HTML5Translator

import ecmcell

KATEX = "/usr/share/javascript/katex"
"""Debian's libjs-katex, which the site takes along: equations need no network."""

project = "ecmcell"
author = copyright = "The ecmcell developers"
version = release = ecmcell.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_design"]

myst_enable_extensions = ["colon_fence", "dollarmath"]
myst_fence_as_directive = ["math"]
myst_heading_anchors = 4
highlight_language = "sh"
nb_execution_mode = "off"  # the notebooks come executed
nb_merge_streams = True

autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
default_role = "code"
python_use_unqualified_type_names = True

html_theme = "furo"
html_title = f"ecmcell {release}"
html_static_path = [str(Path(__file__).parent / "static"), KATEX]
html_css_files = ["katex.min.css", "site.css"]
html_js_files = ["katex.min.js", "equations.js"]


def _leave_equation(self: HTML5Translator, node: nodes.Element) -> None:
    """An equation as it was written, for KaTeX."""
    tag = "div" if isinstance(node, nodes.math_block) else "span"
    self.body.append(self.starttag(node, tag, "", CLASS="equation"))
    self.body.append(f"{self.encode(node.astext())}</{tag}>")
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Have equations drawn by KaTeX."""
    app.add_html_math_renderer("katex", (_leave_equation, None), (_leave_equation, None))

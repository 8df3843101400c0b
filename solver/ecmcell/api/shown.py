"""Tables and texts that a terminal and a notebook can show."""

import io

from rich.console import Console, Group, RenderableType

_WIDTH = 100  # characters


class Shown:
    """What is to be read: text where it is printed, tables in a notebook.

    Args:
        parts: Tables and texts of Rich, in order.
    """

    def __init__(self, *parts: RenderableType):
        self._parts = parts

    def __rich__(self) -> RenderableType:
        """How Rich prints it."""
        return Group(*self._parts)

    def __str__(self) -> str:
        """As plain text."""
        return self._printed().export_text()

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """As a notebook shows it."""
        return self._printed().export_html(inline_styles=True, code_format="<pre>{code}</pre>")

    def _printed(self) -> Console:
        console = Console(
            record=True,
            file=io.StringIO(),
            width=_WIDTH,
            markup=False,
            highlight=False,
            emoji=False,
            force_jupyter=False,
        )
        console.print(self)
        return console

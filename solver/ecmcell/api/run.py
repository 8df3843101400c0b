"""What came out of a run, for pandas, PyVista and Matplotlib.

These are imported where they are needed: a simulation on many ranks does without them.
"""

import html
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ecmcell.api.case import Case
from ecmcell.case.load import load_case
from ecmcell.columns.run import TIME
from ecmcell.errors import InputError
from ecmcell.output import OutputMesh, StoredFields, StoredRun

if TYPE_CHECKING:
    import pandas as pd
    import pyvista as pv
    from matplotlib.figure import Figure

    from ecmcell.report.drawing.style import Plate

_SIMPLEX = {1: 3, 2: 5, 3: 10}  # VTK's numbers, by dimension
_SAME_TIME = 1e-9
_FIRST_FIGURE = "voltage"


class Scratch:
    """A temporary directory that goes with the last who keeps this."""

    def __init__(self) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="ecmcell-"))
        weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)


class Run:
    """What a run has written, read when asked for; it need not have ended.

    On several ranks it is there on each, and reads what is on the disk: use one of them.

    Args:
        directory: Run directory.
        scratch: Keeps a temporary one.

    Example:
        >>> run = open_run("runs/nmc811_contact_loss")
        >>> run.series[["Time [s]", "Voltage [V]"]].iloc[-1]
        >>> run.fields(3600.0).plot(scalars="Hydrostatic stress [MPa]")
        >>> run.plot("voltage")

    Attributes:
        directory: Run directory.
    """

    def __init__(self, directory: Path, scratch: Scratch | None = None):
        self.directory, self._scratch = directory, scratch

    @property
    def series(self) -> "pd.DataFrame":
        """Rows of `series.csv`, one per accepted time step; columns with their units."""
        return _table(self._stored.series)

    @property
    def cycles(self) -> "pd.DataFrame":
        """Rows of `cycles.csv`, one per cycle; empty before the end of the first."""
        return _table(self._stored.cycles)

    @property
    def hotspots(self) -> "pd.DataFrame":
        """Histograms of the current density at lithium, `hotspots.csv`; empty where none is."""
        return _table(self._stored.hotspots)

    @property
    def states(self) -> "pd.DataFrame":
        """Time and label of each state whose fields are kept; the index is its number."""
        times, labels = zip(*self._stored.states, strict=True) if self._stored.states else ((), ())
        return _table({TIME.header: np.array(times), "State": np.array(labels)})

    @property
    def summary(self) -> dict[str, object]:
        """Content of `summary.json`; empty while the run goes on."""
        return dict(self._stored.summary)

    @property
    def provenance(self) -> dict[str, object]:
        """Content of `provenance.json`, such as versions, hashes of all inputs, seeds, ranks."""
        return dict(self._stored.provenance)

    @property
    def case(self) -> Case:
        """The case as it was run, all values written out."""
        return Case(load_case(self.directory))

    def fields(
        self, time: float | None = None, *, state: int | None = None
    ) -> "pv.UnstructuredGrid":
        """Fields of one state, with the phase and body of each cell; coordinates in um.

        Args:
            time: Time in s: the state kept that is nearest to it; the last one if none is given.
            state: Number of the state in `states`, instead of a time.

        Returns:
            Points are doubled along interfaces. Point data is NaN where a phase has no such field.
            Vectors have three components, tensors nine: `array.reshape(-1, 3, 3)`.

        Raises:
            InputError: If there is no such state.
        """
        mesh, stored = self._state(time, state)
        grid = _grid(mesh.points, mesh.cells)
        grid.cell_data["Phase"], grid.cell_data["Body"] = mesh.cell_phase, mesh.cell_body
        grid.field_data["Phases"] = list(mesh.phase_names)
        grid.field_data["Bodies"] = list(mesh.body_names)
        grid.point_data.update(stored.point)
        grid.cell_data.update(stored.cell)
        return grid

    def interfaces(
        self, time: float | None = None, *, state: int | None = None
    ) -> "pv.UnstructuredGrid":
        """Fields on the facets of interfaces of one state; arguments as those of `fields`.

        Raises:
            InputError: If there is no such state.
        """
        mesh, stored = self._state(time, state)
        grid = _grid(mesh.interface_points, mesh.interface_facets)
        grid.cell_data["Interface"] = mesh.interface_pair
        grid.field_data["Interfaces"] = list(mesh.pair_names)
        grid.cell_data.update(stored.interface)
        return grid

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of the figures of its report, for `plot`."""
        return tuple(self._plates)

    def plot(self, figure: str = _FIRST_FIGURE) -> "Figure":
        """A figure of its report.

        Args:
            figure: One of `figures`.

        Raises:
            InputError: If it has no such figure.
        """
        if figure not in self._plates:
            remedy = f"Its figures: {', '.join(self._plates)}."
            raise InputError(self.directory, "", f'no figure "{figure}"', remedy)
        return self._plates[figure].figure

    def report(self, page: Path | str | None = None, interactive: bool = False) -> Path:
        """Write its report, and give the path of the page.

        Args:
            page: An HTML file; `report.html` in the run directory if not given.
            interactive: Whether the page has a view to turn and cut; up to 15 MB instead of 5.
        """
        from ecmcell.report import write_report

        return write_report(self.directory, None if page is None else Path(page), interactive)

    def save(self, directory: Path | str) -> "Run":
        """Copy it to a directory that is not there yet, as from a temporary one.

        Raises:
            InputError: If it is there.
        """
        if Path(directory).exists():
            raise InputError(directory, "", "it is there already", "Give a new directory.")
        return Run(Path(shutil.copytree(self.directory, directory)))

    def __repr__(self) -> str:
        """What it is of, and how it ended."""
        run = self._stored
        status = run.summary.get("status", "not ended")
        steps = len(run.series.get(TIME.header, ()))
        return f"Run({str(self.directory)!r}, {status}, {steps} time steps)"

    def _repr_html_(self) -> str:
        """As a notebook shows it: what it is, and its voltage."""
        plate = self._plates.get(_FIRST_FIGURE)
        drawn = "" if plate is None else plate.svg.decode()
        return f"<p>{html.escape(repr(self))}</p>{drawn[drawn.find('<svg') :]}"

    @property
    def _stored(self) -> StoredRun:
        if "_ended" not in self.__dict__:
            run = StoredRun(self.directory)
            if not run.summary:
                return run
            self._ended = run
        return self._ended

    @cached_property
    def _plates(self) -> "dict[str, Plate]":
        from ecmcell.report import plates

        return plates(self.directory)

    def _state(self, time: float | None, state: int | None) -> tuple[OutputMesh, StoredFields]:
        run = self._stored
        if run.mesh is None or not run.states:
            raise InputError(self.directory, "", "no fields are kept", "Ask for them in [output].")
        if state is None:
            times = np.array([time for time, _ in run.states])
            state = len(times) - 1 if time is None else int(np.abs(times - time).argmin())
        elif time is not None:
            raise TypeError("give a time or a state, not both")
        if not 0 <= state < len(run.states):
            remedy = f"Give a number from 0 to {len(run.states) - 1}."
            raise InputError(self.directory, "", f"no state {state}", remedy)
        return run.mesh, run.fields(state)


def open_run(directory: Path | str) -> Run:
    """A run that is on the disk.

    Args:
        directory: Run directory.

    Raises:
        InputError: If it holds no run, or one of a version with other names.
    """
    StoredRun(Path(directory))
    return Run(Path(directory))


def _table(columns: Mapping[str, np.ndarray]) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(dict(columns))


def _grid(points: np.ndarray, simplices: np.ndarray) -> "pv.UnstructuredGrid":
    import pyvista as pv

    return pv.UnstructuredGrid({_SIMPLEX[simplices.shape[1] - 1]: simplices}, points)

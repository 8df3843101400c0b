"""Writes a run down as it goes; every call is collective, only rank 0 touches files."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ecmcell.case.materials import needed
from ecmcell.case.protocol.step import Step
from ecmcell.columns import declared, run
from ecmcell.columns.column import Column
from ecmcell.columns.units import AREAL_CHARGE
from ecmcell.evaluation.cycles import Cycles
from ecmcell.evaluation.inactive import active_mass, inactive_fractions
from ecmcell.evaluation.maps import Maps
from ecmcell.evaluation.observables import Observables
from ecmcell.microstructure import MeshData, source_files
from ecmcell.microstructure.meshing.refine import REFINED
from ecmcell.microstructure.recipes.image import LEFT_OUT
from ecmcell.output import Progress, RunDirectory, SilentProgress, TimeStep
from ecmcell.output.memory import peak_memory
from ecmcell.output.mesh import OutputMesh
from ecmcell.output.provenance import MESH_STATISTICS
from ecmcell.parallel import kept_on_root, on_root
from ecmcell.runs.estimate import Estimate, Moment
from ecmcell.simulation.cell import Cell
from ecmcell.simulation.step_statistics import StepStatistics
from ecmcell.simulation.time_stepper import AcceptedStep
from ecmcell.simulation.validity import Validity


class RunWriter:
    """Series, cycles, fields, summary and log of one run.

    Args:
        cell: The cell, before it is initialised.
        directory: Run directory.
        began: `time.perf_counter()` when the run began.
        memory: Where another writer was, as its `memory` told; the cell is as it was then.

    Raises:
        InputError: If the directory cannot be written, or is not what it was then.
    """

    def __init__(
        self,
        cell: Cell,
        directory: Path,
        began: float,
        memory: Mapping[str, Any] | None = None,
    ):
        self.cell, self._began = cell, began
        self._observables = Observables(cell)
        self._maps = Maps(cell, self._observables)
        self._work, self._count = StepStatistics(), 0
        self._is_rounding_told = self._has_fields = False
        self._steps: list[dict[str, object]] = []
        self._extremes: dict[str, float] = {}
        self._reduced: dict[str, Column] = {}
        self._cycles = Cycles(cell.case.protocol)
        self._validity = Validity(cell)
        self._estimate = Estimate(cell.case.protocol, cell.current)
        self._run: RunDirectory | None = kept_on_root(
            cell.domain.comm, RunDirectory, directory, memory and memory["place"]
        )
        self._progress = Progress(cell.case.title) if self._run else SilentProgress()
        if memory is not None:
            self._recall(memory)

    def begin(self, made: MeshData | None, noted: Mapping[str, object]) -> None:
        """Write down all it takes to repeat the run, and the mesh.

        Args:
            made: The mesh it was made from, on rank 0.
            noted: What else the provenance is to have.
        """
        mesh = self._maps.mesh()
        self._written(lambda directory: self._begin(directory, needed(made), needed(mesh), noted))
        for text in self._inactive_notes():
            self._note(text)
        for text in self._observables.warnings(made):
            self._note(f"warning: {text}")

    def memory(self) -> dict[str, Any]:
        """What another writer goes on from, as JSON has it; that of rank 0 counts."""
        return {
            "place": {} if self._run is None else self._run.place,
            "row": dict(self.row),
            "work": self._work.memory(),
            "count": self._count,
            "told": [self._is_rounding_told, self._has_fields],
            "steps": self._steps,
            "extremes": self._extremes,
            "cycles": self._cycles.memory(),
            "validity": self._validity.memory(),
            "observables": self._observables.memory(),
            "seconds": time.perf_counter() - self._began,
        }

    def _recall(self, memory: Mapping[str, Any]) -> None:
        self.row = memory["row"]
        self._work, self._count = StepStatistics.of(memory["work"]), memory["count"]
        self._is_rounding_told, self._has_fields = memory["told"]
        self._steps, self._extremes = memory["steps"], memory["extremes"]
        self._cycles.recall(memory["cycles"])
        self._validity.recall(memory["validity"])
        self._observables.recall(memory["observables"])
        self._began -= memory["seconds"]
        mesh, time_now = self._maps.mesh(), self.row[run.TIME.header]
        leg = {"ranks": self.cell.domain.comm.size, "from": {run.TIME.header: time_now}}

        def write(directory: RunDirectory) -> None:
            directory.add_leg(leg)
            directory.write_mesh(needed(mesh))

        self._written(write)
        self._note(f"goes on from {time_now:.6g} s")

    def step(self, accepted: AcceptedStep) -> None:
        """Append a row to the series."""
        row = self._observables.row()
        statistics = accepted.work.total
        row |= {
            run.LENGTH.header: accepted.length,
            run.NEWTON.header: statistics.newton,
            run.KRYLOV.header: statistics.krylov,
            run.FIXED_POINT.header: accepted.fixed_point_iterations,
        }
        for name, longest in accepted.work.longest().items():
            row[run.MAX_LINEAR.of(physics=name)] = longest
        row[run.MEMORY.header] = peak_memory(self.cell.domain.comm)
        rounding = accepted.work.electrochemistry.rounding
        if rounding > 0.0 and not self._is_rounding_told:
            self._is_rounding_told = True
            self._note(
                f"currents are balanced to {rounding:.1e} of the largest of the protocol, which "
                f"rounding allows at best (solver.newton_tolerance asks for "
                f"{self.cell.case.solver.newton_tolerance:.1e}): some resistances differ by many "
                f"decades"
            )
        self._work += accepted.work
        self._count += 1
        self._keep_extremes(row)
        self.row = row
        self._cycles.add(row)
        self._validity.look()
        told = self._told(row, accepted)

        def write(directory: RunDirectory) -> None:
            directory.write_step(row)
            directory.log(str(told))

        self._written(write)
        self._progress.update(told)

    def _told(self, row: Mapping[str, float | int], accepted: AcceptedStep) -> TimeStep:
        """What is told of a time step on the screen and in the log."""
        state, number = self.cell.state, int(row[run.STEP.header])
        soc = row.get(run.STATE_OF_CHARGE.header, float("nan"))
        moment = Moment(float(state.accumulators["step_time"]), soc, abs(state.current.value))
        fraction, left = self._estimate.after(number, moment)
        statistics = accepted.work.total
        return TimeStep(
            step=number,
            steps=len(self.cell.case.protocol),
            time=row[run.TIME.header],
            voltage=row[run.VOLTAGE.header],
            soc=soc,
            dt=accepted.length,
            newton=statistics.newton,
            krylov=statistics.krylov,
            fixed_point_iterations=accepted.fixed_point_iterations,
            fraction=fraction,
            left=left,
        )

    def _keep_extremes(self, row: Mapping[str, float | int]) -> None:
        """Keep the largest or smallest of each column that declares so."""
        if not self._reduced:
            columns = {header: declared(header) for header in row}
            self._reduced = {header: c for header, c in columns.items() if c.is_extreme}
        for header, column in self._reduced.items():
            if not np.isnan(row[header]):
                kept = self._extremes.get(header, row[header])
                self._extremes[header] = column.reduce(kept, row[header])

    def fields(self, label: str) -> None:
        """Write all fields of the present state."""
        point, cells = self._maps.point_fields(), self._maps.cell_fields()
        interface = self._maps.interface_fields()
        histograms = self._observables.histograms()
        time_now = float(self.cell.state.accumulators["time"])
        if not self._has_fields:
            self._has_fields = True
            for name in self._maps.lacking({*point, *cells, *interface}):
                self._note(f'warning: output.fields: this cell gives no "{name}"')

        def write(run: RunDirectory) -> None:
            for row in histograms:
                run.write_hotspots(row)
            run.write_fields(time_now, label, point, cells, interface)

        self._written(write)

    def end_of_step(self, step: Step, reason: str) -> None:
        """Note how a protocol step ended, and the cycle if it ended with it."""
        self._steps.append(
            {"step": step.text, "ended by": reason}
            | {
                k: self.row[k]
                for k in (c.header for c in (run.TIME, run.VOLTAGE, run.CAPACITY))
                if k in self.row
            }
        )
        cycle = self._cycles.ended()
        if cycle is not None:
            self._written(lambda directory: directory.write_cycle(cycle))
        self._note(f"{step.text}: ended by {reason} at {self.row['Time [s]']:.6g} s")
        self._note_validity()

    def close(self, status: str, reason: str) -> None:
        """Write the summary.

        Args:
            status: `done`, `stopped`, `interrupted` or `gave up`.
            reason: Why not done.
        """
        self._note_validity()
        if reason:
            self._note(reason)
        peak = peak_memory(self.cell.domain.comm)
        self._note(f"peak memory: {peak:.3g} GB on the rank that took most")
        self._progress.close()
        self._written(lambda directory: directory.write_summary(self._summary(status, reason)))

    def _summary(self, status: str, reason: str) -> dict[str, object]:
        cell, statistics = self.cell, self._work.total
        return {
            "title": cell.case.title,
            "status": status,
            "reason": reason,
            "protocol": self._steps,
            **self._observables.summary(),
            "extremes": self._extremes,
            "inactive volume fraction": inactive_fractions(cell),
            **({"active material [mg.cm-2]": active_mass(cell)} if cell.case.active_phases else {}),
            "footprint [um2]": cell.area,
            "nominal capacity [mA.h.cm-2]": cell.capacity / cell.area * AREAL_CHARGE,
            "time steps": self._count,
            "Newton iterations": statistics.newton,
            "Krylov iterations": statistics.krylov,
            "Fixed-point iterations by coupling": dict(self._work.iterations),
            "maximum linear iterations": self._work.longest(),
            "unknowns": cell.unknowns,
            "ranks": cell.domain.comm.size,
            "wall time [s]": time.perf_counter() - self._began,
        }

    def _inactive_notes(self) -> list[str]:
        return [
            f"{phase}: {100 * fraction:.3g} % of its volume is cut off and takes no part"
            for phase, fraction in inactive_fractions(self.cell).items()
            if fraction > 0.0
        ]

    def _begin(
        self, run: RunDirectory, made: MeshData, mesh: OutputMesh, noted: Mapping[str, object]
    ) -> None:
        """Write down all it takes to repeat the run, and the mesh; rank 0 only."""
        self._keep_inputs(run, made, noted)
        run.write_mesh(mesh)
        told = []
        if REFINED in made.statistics:
            told.append(f"{REFINED}: {made.statistics[REFINED]}")
        if made.statistics.get(LEFT_OUT):
            told.append(f"{LEFT_OUT}: {made.statistics[LEFT_OUT]:.3g} of what is solid")
        for text in told:
            self._progress.note(text)
            run.log(text)

    def _keep_inputs(self, run: RunDirectory, made: MeshData, noted: Mapping[str, object]) -> None:
        case = self.cell.case
        sources = source_files(case)
        copies = run.keep([sources, *((file,) for file in case.files)])
        run.write_case(case.with_source(copies[sources[0]]).to_toml(copies))
        seeds = {} if case.mesh.recipe is None else {"mesh": case.mesh.seed}
        mesh = {"sha256": made.digest(), "cells": len(made.cells), "points": len(made.points)}
        found = {
            "ranks": self.cell.domain.comm.size,
            "seeds": seeds,
            "mesh": mesh,
            MESH_STATISTICS: made.statistics,
        }
        run.write_provenance({**found, **noted})

    def _note_validity(self) -> None:
        for text in self._validity.news():
            self._note(f"warning: {text}")

    def _note(self, text: str) -> None:
        self._progress.note(text)
        self._written(lambda directory: directory.log(text))

    def _written(self, write: Callable[[RunDirectory], None]) -> None:
        """Something written on rank 0; where it fails, as on a full disk, all ranks end."""
        on_root(self.cell.domain.comm, lambda: write(needed(self._run)))

"""What a run writes: series, fields, summary, provenance, log.

Everything here runs on rank 0 with gathered NumPy arrays.
"""

from ecmcell.output.mesh import OutputMesh
from ecmcell.output.progress import Progress, SilentProgress, TimeStep
from ecmcell.output.run import RunDirectory
from ecmcell.output.run_reader import StoredFields, StoredRun

__all__ = [
    "OutputMesh",
    "Progress",
    "RunDirectory",
    "SilentProgress",
    "StoredFields",
    "StoredRun",
    "TimeStep",
]

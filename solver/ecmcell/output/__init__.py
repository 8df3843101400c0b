"""What a run writes: series, fields, summary, provenance, log.

Everything here runs on rank 0 with gathered NumPy arrays.
"""

from ecmcell.output.mesh import OutputMesh
from ecmcell.output.progress import Progress, SilentProgress, TimeStep
from ecmcell.output.reading import StoredFields, StoredRun
from ecmcell.output.run import RunDirectory

__all__ = [
    "OutputMesh",
    "Progress",
    "RunDirectory",
    "SilentProgress",
    "StoredFields",
    "StoredRun",
    "TimeStep",
]

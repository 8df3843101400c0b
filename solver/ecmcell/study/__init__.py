"""Studies: the variations of a case that a file asks for, each a run of its own."""

from ecmcell.study.plan import Plan, Variation, read_plan
from ecmcell.study.state import due

__all__ = ["Plan", "Variation", "due", "read_plan"]

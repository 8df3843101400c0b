"""Studies: the variations of a case that a file asks for, each a run of its own."""

from ecmcell.study.plan import Plan, Variation, read_plan
from ecmcell.study.tables import write_tables

__all__ = ["Plan", "Variation", "read_plan", "write_tables"]

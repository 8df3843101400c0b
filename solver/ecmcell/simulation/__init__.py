"""Puts the physics of a case on its domain and runs the protocol."""

from ecmcell.simulation.run import run_case, simulate

__all__ = ["run_case", "simulate"]

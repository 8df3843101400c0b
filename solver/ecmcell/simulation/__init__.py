"""Puts the physics of a case on its domain and runs the protocol."""

from ecmcell.simulation.run import run_case

__all__ = ["run_case"]

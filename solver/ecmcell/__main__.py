"""Lets `python3 -m ecmcell` do what the command `ecmcell` does."""

from ecmcell.cli import command

command()

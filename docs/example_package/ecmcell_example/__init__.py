"""A recipe and a process for ecmcell, from outside of it."""

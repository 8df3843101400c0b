"""Figures and the HTML page made from a run directory."""

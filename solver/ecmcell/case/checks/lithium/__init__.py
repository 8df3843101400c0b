"""Checks of lithium: its electrodes, layers, cracks full of it, and leakage."""

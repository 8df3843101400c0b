"""Stress, strain, flow and what presses."""

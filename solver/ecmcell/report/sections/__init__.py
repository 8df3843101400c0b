"""Sections of a report, a subject each: figures and tables."""

"""From a case to a run directory."""

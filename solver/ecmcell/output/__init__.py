"""What a run writes: series, fields, summary, provenance, log."""

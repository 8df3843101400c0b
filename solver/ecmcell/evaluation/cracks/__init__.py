"""What is told of cracks, flaws, and lithium in cracks."""

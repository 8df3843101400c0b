"""What is stored and moves in bodies, and from one to another of its kind."""

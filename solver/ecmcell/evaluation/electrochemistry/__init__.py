"""What is told of lithium, ions and electrons."""

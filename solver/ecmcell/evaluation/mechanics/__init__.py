"""What is told of stresses, and of what holds or parts."""

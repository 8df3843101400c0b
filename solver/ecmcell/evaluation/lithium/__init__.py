"""What is told of lithium electrodes and the layers of lithium on them."""

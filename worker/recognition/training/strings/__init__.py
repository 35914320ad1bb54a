"""Training of the string network: lines that the program writes, and the loop."""

"""Training of the networks: recipes, data, augmentation and the loop."""

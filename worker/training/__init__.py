"""Training runs as the worker carries them out: training, evaluation and promotion."""

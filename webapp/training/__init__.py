"""Training runs: start, progress and cancellation."""

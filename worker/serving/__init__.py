"""Serving: the live model, and the way from a claimed prediction to its stored answer."""

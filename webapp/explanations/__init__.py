"""Explanations: the pages that show how a network came from a picture to its answer."""

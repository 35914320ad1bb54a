"""The errors of a training run that its runner expects."""

from __future__ import annotations


class RunStoppedError(Exception):
    """The run was cancelled, or the trainer is asked to end."""

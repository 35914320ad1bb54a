"""What processes cost: their CPU time and their memory, with those of all their children."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress

import psutil

DECODER = "webapp.imaging.decoder_program"


def cpu_seconds(roots: Mapping[str, int]) -> dict[str, float]:
    """User and system time of each stage, in seconds: its process with all its children.

    The decoders of a web process are a stage of their own. Children that ended count with the
    parent that waited for them.
    """
    spent = dict.fromkeys(roots, 0.0)
    for stage, pid in roots.items():
        for process in family(pid):
            with suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                is_decoder = DECODER in process.cmdline()
                name = "decoders" if is_decoder else stage
                of_ended = 0.0 if is_decoder else times.children_user + times.children_system
                spent[name] = spent.get(name, 0.0) + times.user + times.system + of_ended
    return spent


def memory_megabytes(roots: Mapping[str, int]) -> float:
    """The memory of all processes, in MB; pages that several of them share count once each."""
    total = 0
    for pid in roots.values():
        for process in family(pid):
            with suppress(psutil.NoSuchProcess):
                total += process.memory_info().rss
    return total / 1e6


def family(pid: int) -> Sequence[psutil.Process]:
    """A process and all its children; none when it has ended."""
    try:
        root = psutil.Process(pid)
        return [root, *root.children(recursive=True)]
    except psutil.NoSuchProcess:
        return []

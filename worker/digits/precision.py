"""Precision: trains in bfloat16 where the processor multiplies it natively."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keras

CPU_INFO = Path("/proc/cpuinfo")


@contextmanager
def quickest_precision() -> Iterator[None]:
    """Networks built inside multiply in bfloat16 if that is quick here; weights stay float32.

    It saves a quarter of a training (Kalamkar et al. 2019, arXiv:1905.12322). Without native
    instructions it would be emulated, and slow.
    """
    before = keras.config.dtype_policy()
    if _multiplies_bfloat16(CPU_INFO):
        keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(before)


def _multiplies_bfloat16(cpu_info: Path) -> bool:
    try:
        words = cpu_info.read_text().split()
    except OSError:  # no Linux: take the safe way
        return False
    return "avx512_bf16" in words or "amx_bf16" in words

"""Two real networks that are never quite as sure as each other, so that an answer shows its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from webapp.settings import ROOT

FIRST = "first.keras"
SECOND = "second.keras"


def train_both(folder: Path) -> tuple[Path, Path]:
    """Train them in a process of their own, which takes TensorFlow with it when it ends."""
    subprocess.run([sys.executable, "-m", __name__, str(folder)], cwd=ROOT, check=True, timeout=240)
    return folder / FIRST, folder / SECOND


def main(folder: Path) -> None:
    from tests.support.networks import tiny_mnist, train_tiny_network  # noqa: PLC0415 (TensorFlow)

    mnist = tiny_mnist()
    train_tiny_network(mnist, folder / FIRST)
    train_tiny_network(mnist, folder / SECOND, seed=2)


if __name__ == "__main__":
    main(Path(sys.argv[1]))

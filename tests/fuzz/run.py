"""`make fuzz`: searches for files that break the decoder or the reader, guided by code coverage.

    python -m tests.fuzz.run [--seconds 300]

Each of the two targets is fuzzed for that long, starting from generated pictures. Files that reach
new code are kept in build/fuzz for the next run, and so are files that break a target.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

from tests.support.hostile import KINDS, bombs_and_lies, file_of, odd_pictures, seven
from webapp.settings import ROOT

TARGETS = ("decoding", "reading")
LARGEST_BYTES = 4096
LIMITS = (
    f"-max_len={LARGEST_BYTES}",
    "-timeout=20",  # seconds for one file
    "-rss_limit_mb=2048",
    "-use_value_profile=1",
    "-print_final_stats=1",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=300, help="for each target")
    seconds = parser.parse_args().seconds
    folder = ROOT / "build" / "fuzz"
    seeds = folder / "seeds"
    _write_seeds(seeds)
    broken = [target for target in TARGETS if not _fuzz(target, folder, seeds, seconds)]
    if broken:
        sys.exit(f"Broken: {', '.join(broken)}. The files that broke them are in {folder}.")
    print("Nothing was found.")  # noqa: T201


def _fuzz(target: str, folder: Path, seeds: Path, seconds: int) -> bool:
    """Whether nothing broke."""
    corpus = folder / target
    corpus.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", f"tests.fuzz.{target}", str(corpus), str(seeds), *LIMITS]
    command += [f"-max_total_time={seconds}", f"-artifact_prefix={folder}/{target}-"]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def _write_seeds(folder: Path) -> None:
    """Small pictures of each type, and the small ones of the hostile corpus."""
    folder.mkdir(parents=True, exist_ok=True)
    small = seven(size=(28, 28))
    pictures = {kind: file_of(small, kind) for kind in KINDS}
    pictures |= odd_pictures() | bombs_and_lies()
    for number, content in enumerate(pictures.values()):
        if len(content) <= LARGEST_BYTES:
            (folder / f"seed-{number}").write_bytes(content)


if __name__ == "__main__":
    main()

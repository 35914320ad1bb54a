"""The audit of the requirements never takes "could not ask" for "nothing found"."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from webapp.settings import ROOT

A_LOCK = f"flask==3.1.0 --hash=sha256:{'0' * 64}\n"
NOWHERE = "http://127.0.0.1:1"


def test_an_audit_that_cannot_reach_its_data_says_so_and_fails(tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text(A_LOCK)

    done = subprocess.run(
        [sys.executable, "-m", "scripts.audit", str(tmp_path / "lock.txt")],
        cwd=ROOT,
        env={**os.environ, "HOME": str(tmp_path), "HTTPS_PROXY": NOWHERE, "https_proxy": NOWHERE},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2, done.stderr
    assert "nothing is known" in done.stdout.lower()

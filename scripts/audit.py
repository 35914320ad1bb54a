"""Asks whether a vulnerability is known in anything that the locks name: `make audit`.

The dev lock holds everything that the others do. Whatever could not be asked about is told, as
silence would pass for safety.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, NoReturn

from webapp.settings import ROOT

EVERYTHING = ROOT / "requirements" / "dev.txt"
FOUND, UNKNOWN = 1, 2  # exit statuses


def main(lock: str = str(EVERYTHING)) -> None:
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        last = done.stderr.strip().splitlines()[-1:]
        tell(UNKNOWN, "The audit could not be made, so nothing is known.", *last)
    found = [_complaint(package) for package in packages if package.get("vulns")]
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    if skipped:
        skipped.insert(0, f"Nothing is known of {len(skipped)} of {len(packages)} packages:")
    if found:
        tell(FOUND, "Vulnerabilities are known:", *found, *skipped)
    if skipped:
        tell(UNKNOWN, *skipped)
    tell(0, f"No vulnerability is known in {len(packages)} packages.")


def _complaint(package: dict[str, Any]) -> str:
    """Each vulnerability of a package, and the versions in which it is mended."""
    told = [
        f"{vulnerability['id']} (mended in {', '.join(vulnerability['fix_versions']) or 'none'})"
        for vulnerability in package["vulns"]
    ]
    return f"{package['name']} {package['version']}: {', '.join(told)}"


def tell(status: int, *lines: str) -> NoReturn:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(status)


if __name__ == "__main__":
    main(*sys.argv[1:])

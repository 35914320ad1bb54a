"""Asks whether a vulnerability is known in anything that the locks name: `make audit`.

The dev lock holds the packages of all others. A package that could not be checked is reported,
because silence would mean that it is safe.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any, NoReturn

from webapp.settings import ROOT

ALL_PACKAGES = ROOT / "requirements" / "dev.txt"
FOUND, UNKNOWN = 1, 2  # exit statuses


def main(lock: str = str(ALL_PACKAGES)) -> None:
    command = [sys.executable, "-m", "pip_audit", "--requirement", lock, "--require-hashes"]
    command += ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        packages = json.loads(done.stdout)["dependencies"]
    except ValueError:
        last_line = done.stderr.strip().splitlines()[-1:]
        report(UNKNOWN, "The audit could not be made, so nothing is known.", *last_line)
    found = [_finding(package) for package in packages if package.get("vulns")]
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    if skipped:
        skipped.insert(0, f"Nothing is known of {len(skipped)} of {len(packages)} packages:")
    if found:
        report(FOUND, "Vulnerabilities are known:", *found, *skipped)
    if skipped:
        report(UNKNOWN, *skipped)
    report(0, f"No vulnerability is known in {len(packages)} packages.")


def _finding(package: dict[str, Any]) -> str:
    """The vulnerabilities of a package, and the versions that fix them."""
    vulnerabilities = [
        f"{vulnerability['id']} (fixed in {', '.join(vulnerability['fix_versions']) or 'none'})"
        for vulnerability in package["vulns"]
    ]
    return f"{package['name']} {package['version']}: {', '.join(vulnerabilities)}"


def report(status: int, *lines: str) -> NoReturn:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.exit(status)


if __name__ == "__main__":
    main(*sys.argv[1:])

"""The container engine, and Cifra's compose project in it: a copy of the checkout of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.servers import ROOT, free_port, wait_until

COPIED = ("requirements", "scripts", "migrations", "models", "webapp", "worker", "deployment")
COPIED_FILES = ("Dockerfile", "docker-compose.yml", ".dockerignore", "wsgi.py")
BASE_IMAGES = (
    "python:3.11-slim-bookworm",
    "postgres:17-alpine",
    "redis:7-alpine",
    "caddy:2-alpine",
)
OWN_IMAGES = ("cifra-web", "cifra-worker")
PROJECT = "cifra-compose-test"


class CannotTestError(Exception):
    """Nothing can be tested here; the message says why."""


def require_engine() -> None:
    """Raises CannotTestError without an engine that runs, or without the images to build on."""
    if not shutil.which("docker") or _run(["docker", "info"], check=False).returncode:
        raise CannotTestError("no container engine runs here (`docker info` fails)")
    for image in BASE_IMAGES:
        is_here = _run(["docker", "image", "inspect", image], check=False).returncode == 0
        if not is_here and _run(["docker", "pull", "--quiet", image], check=False).returncode:
            raise CannotTestError(f"the image {image} is not here and cannot be pulled")
    if not _compose_command():
        raise CannotTestError("docker has no compose command")


@dataclass
class Compose:
    """The project; `folder` gets a copy of all that its images and containers are made of."""

    folder: Path
    port: int = field(default_factory=free_port)

    def prepare(self) -> None:
        for name in COPIED:
            shutil.copytree(
                ROOT / name, self.folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        for name in COPIED_FILES:
            shutil.copy(ROOT / name, self.folder / name)
        subprocess.run(["sh", "scripts/secrets.sh"], cwd=self.folder, check=True)
        file = self.folder / "docker-compose.yml"  # the old docker-compose knows no top-level name
        lines = file.read_text().splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith("name:")))

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """Run a compose command; returns its standard output."""
        command = [*_compose_command(), "--project-name", PROJECT, *arguments]
        environment = {**os.environ, "PORT": f"127.0.0.1:{self.port}", **self.extra}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, input=stdin, capture_output=True, check=False
        )
        if done.returncode:
            raise AssertionError(f"{' '.join(command)}\n{done.stdout!r}\n{done.stderr.decode()}")
        return done.stdout

    @property
    def extra(self) -> dict[str, str]:
        return {"ADMIN_PASSWORD": "a long enough password"}

    def build(self) -> None:
        options = os.environ.get("CIFRA_BUILD_OPTIONS", "").split()
        for target in ("web", "worker"):
            command = ["docker", "build", *options, "--target", target, "--tag", f"cifra-{target}"]
            subprocess.run([*command, "."], cwd=self.folder, check=True, stdout=subprocess.DEVNULL)

    def states(self) -> dict[str, list[str]]:
        """The health, or else the state, of each service's containers."""
        ids = self("ps", "--quiet").decode().split()
        states: dict[str, list[str]] = {}
        if not ids:
            return states
        for container in json.loads(_run(["docker", "inspect", *ids]).stdout):
            state = container["State"]
            service = container["Config"]["Labels"]["com.docker.compose.service"]
            health = state.get("Health", {}).get("Status") or state["Status"]
            states.setdefault(service, []).append(health)
        return states

    def wait_until_healthy(self, *, seconds: float = 300) -> None:
        def is_healthy() -> bool:
            states = self.states()
            services = {"proxy", "web", "predictions", "training", "explanations"}
            services |= {"sweep", "postgres", "redis"}
            return services <= states.keys() and all(
                state in ("healthy", "running") for name in services for state in states[name]
            )

        wait_until(is_healthy, seconds=seconds)


def own_size(image: str) -> int:
    """Bytes of the layers that the Dockerfile adds to its base image."""
    sizes = [
        int(_run(["docker", "image", "inspect", "-f", "{{.Size}}", name]).stdout)
        for name in (image, BASE_IMAGES[0])
    ]
    return sizes[0] - sizes[1]


def _compose_command() -> list[str]:
    if _run(["docker", "compose", "version"], check=False).returncode == 0:
        return ["docker", "compose"]
    return ["docker-compose"] if shutil.which("docker-compose") else []


def _run(command: list[str], *, check: bool = True) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, check=check, capture_output=True)

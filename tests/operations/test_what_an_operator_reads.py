"""What an operator reads is true: settings, requirements and containers fit the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_every_setting_is_explained_in_the_example_file() -> None:
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', text_of("webapp/settings.py")))

    explained = set(re.findall(r"^#([A-Z_]+)=", text_of(".env.example"), re.MULTILINE))

    assert read
    assert read <= explained


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_is_pinned_with_its_hashes(lock: Path) -> None:
    statements = lock.read_text().replace("\\\n", "").splitlines()

    for statement in statements:
        if not statement.startswith("#"):
            assert re.match(r"[a-z0-9-]+==\S+ .*--hash=sha256:", statement), statement


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_lock_names_the_place_that_packages_came_from(lock: Path) -> None:
    assert "://" not in lock.read_text()


def test_the_locks_agree_on_every_version() -> None:
    everything = versions("dev")

    for part in ("web", "worker", "local"):
        assert versions(part) <= everything


def test_the_web_image_brings_no_recogniser() -> None:
    names = {name for name, _version in versions("web")}

    assert names.isdisjoint({"tensorflow", "tensorflow-cpu", "keras", "opencv-python-headless"})


def test_the_images_copy_only_what_exists_and_is_sent_to_the_build() -> None:
    sent = set(re.findall(r"^!(\S+)", text_of(".dockerignore"), re.MULTILINE))

    for source in re.findall(r"^COPY (\S+) ", text_of("Dockerfile"), re.MULTILINE):
        assert (ROOT / source).exists()
        assert source in sent or source.startswith("requirements/")


def test_every_process_of_the_procfile_runs_in_the_containers_too() -> None:
    processes = re.findall(r"^(\w+): ", text_of("Procfile"), re.MULTILINE)
    services = re.findall(r"^  (\w+):", text_of("docker-compose.yml"), re.MULTILINE)

    assert set(processes) <= set(services)


def text_of(path: str) -> str:
    return (ROOT / path).read_text()


def versions(part: str) -> set[tuple[str, str]]:
    """The (name, version) pairs of one lock."""
    pins = re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text_of(f"requirements/{part}.txt"), re.MULTILINE)
    return set(pins)

"""What an operator reads is true: settings, requirements and containers fit the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from scripts.run import RunSettings
from webapp.settings import Settings, declared_variables, read_environment

ROOT = Path(__file__).resolve().parents[2]
UNSET_BY_DEFAULT = {"SECRET_KEY": "x" * 16, "DATA_DIR": ""}  # shown with an example
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))


def test_every_setting_is_explained_in_the_example_file() -> None:
    declared = declared_variables(Settings) | declared_variables(RunSettings)
    explained = dict(re.findall(r"^#([A-Z_]+)=(.*)$", text_of(".env.example"), re.MULTILINE))

    defaults = read_environment(Settings, {"SECRET_KEY": "x" * 16})
    documented = read_environment(Settings, {**explained, **UNSET_BY_DEFAULT})

    assert set(declared) <= set(explained) | {"HOST", "PORT"}  # the Makefile's
    assert documented == defaults


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

    for source in re.findall(r"^COPY (?!--from)(\S+) ", text_of("Dockerfile"), re.MULTILINE):
        assert (ROOT / source).exists()
        assert source in sent or source.startswith(("requirements/", "scripts/"))
    for script in re.findall(r"^COPY (scripts/\S+) ", text_of("Dockerfile"), re.MULTILINE):
        assert script in sent


def test_every_process_of_the_procfile_runs_in_the_containers_too() -> None:
    processes = re.findall(r"^(\w+): ", text_of("Procfile"), re.MULTILINE)
    extensions = re.findall(r"^  (\w+):", text_of("docker-compose.yml"), re.MULTILINE)

    assert set(processes) <= set(extensions)


def text_of(path: str) -> str:
    return (ROOT / path).read_text()


def versions(part: str) -> set[tuple[str, str]]:
    """The (name, version) pairs of one lock."""
    pins = re.findall(r"^([a-z0-9-]+)==([^ ;]+)", text_of(f"requirements/{part}.txt"), re.MULTILINE)
    return set(pins)


def test_our_containers_may_write_to_their_data_alone_and_gain_no_rights() -> None:
    text = text_of("docker-compose.yml")
    started = section_of(text, "\nservices:")
    extensions = dict(re.findall(r"^  (\w+):.*\n((?:    .*\n?)+)", started, re.MULTILINE))
    ours = {name: body for name, body in extensions.items() if ":" not in image_of(body)}

    assert set(ours) == {"migrate", "web", "predictions", "training", "explanations", "sweep"}
    for body in ours.values():
        assert "*confined]" in body or "<<: *worker" in body
    for promise in ("read_only: true", 'cap_drop: ["ALL"]', "no-new-privileges:true"):
        assert promise in section_of(text, "x-confined: &confined")
    assert "*confined]" in section_of(text, "x-worker: &worker")
    for body in extensions.values():
        assert body in ours.values() or "security_opt: *no-new-privileges" in body
    published = [name for name, body in extensions.items() if "ports:" in body]
    assert published == ["proxy"], "everything else is reached from within alone"


def test_our_images_do_not_run_as_root() -> None:
    stages = dict(
        re.findall(r"\nFROM \S+ AS (\S+)\n(.*?)(?=\nFROM |\Z)", text_of("Dockerfile"), re.DOTALL)
    )

    for stage in (stages["web"], stages["worker"]):
        assert stage.index("USER cifra") < stage.index("CMD")


def test_containers_do_not_start_without_their_secrets() -> None:
    text = text_of("docker-compose.yml")

    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        uses = re.findall(rf"\$\{{{secret}([^}}]*)\}}", text)
        assert uses
        assert all(use.startswith(":?") for use in uses), f"{secret} has no default"


def image_of(service: str) -> str:
    """The image that a service of the compose file names; its anchor's where it names none."""
    named = re.search(r"image: (\S+)", service)
    return named[1] if named else "cifra-worker"


def section_of(text: str, head: str) -> str:
    """The indented lines under a line at the margin."""
    return re.split(r"\n(?=\S)", text[text.index(head) :].lstrip())[0]

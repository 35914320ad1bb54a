"""`make compose-test`: builds the images, runs the compose file, and tests docs/deployment.md.

Exits with status 77 where nothing could be tested.
"""

from __future__ import annotations

import io
import json
import re
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tests.compose.engine import OWN_IMAGES, CannotTestError, Compose, own_size, require_engine
from tests.compose.person import Person, Stream
from tests.compose.slow_clients import front_page_p95, slow_clients
from tests.journeys.pictures import photo_of, tiny_mnist
from tests.support.servers import wait_until

NOT_RUN = 77
EMAIL, PASSWORD = "ana@example.org", "a long enough password"
VERSION = re.compile(r"/models/(\d+)")
RESTARTED = ("web", "redis", "postgres", "predictions", "sweep", "training", "proxy")


def main() -> None:
    try:
        require_engine()
    except CannotTestError as error:
        sys.stdout.write(f"compose-test was NOT RUN: {error}.\n")
        sys.exit(NOT_RUN)
    with tempfile.TemporaryDirectory(prefix="cifra-compose-") as folder:
        compose = Compose(Path(folder))
        compose.prepare()
        try:
            test(compose)
        except BaseException:
            sys.stdout.write(compose("logs", "--no-color", "--tail", "60").decode())
            raise
        finally:
            compose("down", "--volumes", "--timeout", "10")
    say("compose-test passed.")


def test(compose: Compose) -> None:
    build(compose)
    start(compose)
    person = Person(f"http://127.0.0.1:{compose.port}")
    read_pictures(person)
    version = retrain(compose, person)
    withstand_slow_clients(compose, person)
    scale(compose, person)
    restart_everything(compose, person)
    stop_and_start(compose, person, version)
    back_up_and_restore(compose, person, version)


def build(compose: Compose) -> None:
    began = time.monotonic()
    compose.build()
    for image in OWN_IMAGES:
        say(f"{image} adds {own_size(image) / 1e6:.0f} MB to its base image")
    say(f"both images are built after {time.monotonic() - began:.0f} s")


def start(compose: Compose) -> None:
    began = time.monotonic()
    compose("up", "--detach", "--no-build")
    compose.wait_until_healthy()
    say(f"all services are healthy after {time.monotonic() - began:.0f} s")
    compose("up", "--detach", "--no-build")  # the same command works a second time


def read_pictures(person: Person) -> None:
    ids = {person.upload(photo_of(number)): number for number in ("7", "42", "305")}
    answers = person.settled(ids, seconds=180)
    read = {number: answers[key]["number"] for key, number in ids.items()}
    assert all(number == found for number, found in read.items()), read
    say(f"read through the published port: {', '.join(read)}")


def retrain(compose: Compose, person: Person) -> int:
    """A short training on a few digits, published whether it passed or not; returns its version."""
    compose("exec", "-T", "-e", "ADMIN_PASSWORD", "web", *create_admin())
    mnist = io.BytesIO()
    np.savez(mnist, **tiny_mnist())
    compose("exec", "-T", "training", "sh", "-c", "cat > /data/mnist.npz", stdin=mnist.getvalue())
    person.submit("/session/new", "/session", email=EMAIL, password=PASSWORD)
    address = person.submit(
        "/admin/training-runs", "/admin/training-runs", recipe="quick", architecture="mlp"
    )
    run_id = address.rsplit("/", 1)[-1]

    def run() -> dict[str, object]:
        found: dict[str, object] = json.loads(person.ask(f"/api/training-runs/{run_id}")[1])
        return found

    began = time.monotonic()
    wait_until(lambda: bool(run()["is_finished"]), seconds=900)
    assert run()["status"] == "done", run()
    say(f"a training is done after {time.monotonic() - began:.0f} s")
    version = int(VERSION.findall(person.ask(f"/admin/training-runs/{run_id}")[1])[0])
    page, reason = f"/admin/models/{version}", "The test needs another version."
    if f"{page}/override" in person.ask(page)[1]:  # it did not pass its evaluation
        person.submit(page, f"{page}/override", reason=reason, understood="yes")
    wait_until(lambda: live_version(person) == version, seconds=180)
    say("the new version answers")
    return version


def withstand_slow_clients(compose: Compose, person: Person) -> None:
    before = front_page_p95(person)
    with slow_clients(compose.port) as lines:
        during = front_page_p95(person)
    say(
        f"p95 of the front page: {1000 * before:.0f} ms,"
        f" and {1000 * during:.0f} ms beside {len(lines)} slow clients"
    )


def create_admin() -> list[str]:
    return ["flask", "users", "create-admin", "--email", EMAIL]


def live_version(person: Person) -> object:
    """The version that reads a picture now."""
    key = person.upload(photo_of("7"))
    return person.settled([key], seconds=120)[key]["model_version"]


def scale(compose: Compose, person: Person) -> None:
    compose("up", "--detach", "--no-build", "--no-recreate", "--scale", "predictions=3")
    wait_until(lambda: len(compose.states()["predictions"]) == 3, seconds=60)
    with Stream(person, photo_of("7"), rate=4) as stream:
        time.sleep(20)
    account(person, stream, "with three readers")


def restart_everything(compose: Compose, person: Person) -> None:
    for service in RESTARTED:
        with Stream(person, photo_of("7"), rate=3) as stream:
            time.sleep(2)
            compose("restart", service)
            time.sleep(5)
        account(person, stream, f"while {service} was restarted")
    compose.wait_until_healthy()


def account(person: Person, stream: Stream, when: str) -> None:
    """Every accepted upload has its one answer."""
    settled = person.settled(stream.accepted, seconds=600)
    lost = len(stream.accepted) - len(settled)
    failed = [row["reason"] for row in settled.values() if row["status"] == "failed"]
    say(
        f"{when}: {len(stream.accepted)} accepted, {len(settled)} answered, {lost} lost,"
        f" not accepted: {dict(stream.refused) or 'none'}"
    )
    assert stream.accepted
    assert not lost
    assert not failed, failed


def stop_and_start(compose: Compose, person: Person, version: int) -> None:
    key = person.upload(photo_of("7"))
    before = person.settled([key], seconds=60)[key]
    compose("down")
    compose("up", "--detach", "--no-build")
    compose.wait_until_healthy()
    wait_until(lambda: person.prediction(key) == before, seconds=60)
    assert live_version(person) == version
    say("the history outlives `down` and `up`")


def back_up_and_restore(compose: Compose, person: Person, version: int) -> None:
    key = person.upload(photo_of("7"))
    before = person.settled([key], seconds=60)[key]
    archive = compose("exec", "-T", "web", "flask", "backup", "create", "-")
    compose("down", "--volumes")
    compose("up", "--detach", "--no-build", "postgres")
    wait_until(lambda: compose.states().get("postgres") == ["healthy"], seconds=180)
    restore = ("run", "--rm", "--no-deps", "-T", "web", "flask", "backup", "restore", "-")
    compose(*restore, stdin=archive)
    compose("up", "--detach", "--no-build")
    compose.wait_until_healthy()
    wait_until(lambda: person.prediction(key) == before, seconds=60)
    assert live_version(person) == version
    say(f"a backup of {len(archive) / 1e6:.1f} MB is restored into an empty installation")


def say(sentence: str) -> None:
    sys.stdout.write(f"{sentence}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()

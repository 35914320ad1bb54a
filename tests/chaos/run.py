"""Chaos: uploads stream while everything dies in turn; at the end each of them is accounted for.

`make chaos` runs it in full. Everything happens on loopback, in processes that it started itself.
"""

from __future__ import annotations

import argparse
import random
import signal
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from types import FrameType

import psutil

from tests.chaos.accounting import Reading, Tally
from tests.chaos.faults import Fault, schedule
from tests.chaos.networks import train_both
from tests.chaos.site import SETTINGS, Site
from tests.chaos.stream import Stream
from tests.support.pictures import photo_of
from tests.support.postgresql import PostgresqlServer
from tests.support.servers import wait_until
from webapp.models import PublicationTrigger

SETTLED_AFTER_SECONDS = 60  # from the end of the uploads, which is after the last fault
GIVEN_UP_AFTER_SECONDS = 240  # then what is unsettled counts as such
RECOVERY_BOUND_SECONDS = 60  # then the next fault comes all the same
MEDIAN_RECOVERY_SECONDS = 15


@dataclass
class Outcome:
    """What a chaos run showed."""

    seed: int
    seconds: float
    tally: Tally
    told: dict[str, int]
    slowest_upload: float  # seconds until it was answered
    settled_after: float  # seconds from the end of the uploads
    output: str = field(repr=False)  # of the site's processes
    recoveries: dict[str, list[float]] = field(default_factory=dict)  # seconds, by fault
    left_behind: list[str] = field(default_factory=list)  # processes that did not end

    @property
    def faults(self) -> int:
        return sum(len(times) for times in self.recoveries.values())

    @property
    def median_recovery(self) -> float:
        return median(time for times in self.recoveries.values() for time in times)

    @property
    def mistakes(self) -> int:
        """Uploads that were answered with an error which is not "come again later"."""
        return sum(count for words, count in self.told.items() if words.startswith("status"))

    @property
    def is_clean(self) -> bool:
        return self.tally.is_clean and not self.left_behind and not self.mistakes

    def table(self) -> str:
        tally = self.tally
        lines = [
            ("uploads accepted", tally.accepted),
            ("faults", self.faults),
            ("answered once", tally.once),
            (
                "  also rows whose 202 was lost, and those of the rehearsal",
                tally.rows - tally.accepted,
            ),
            ("answered twice", len(tally.twice)),
            ("lost", len(tally.lost)),
            ("left unsettled", len(tally.unsettled)),
            ("wrong version named", len(tally.wrong)),
            ("given up after three tries, with the reason", len(tally.given_up)),
            ("rows without their file", len(tally.without_file)),
            ("asked to come again later (503)", self.told.get("come again later", 0)),
            ("no answer, as the web was away", self.told.get("no answer", 0)),
            ("other errors", self.mistakes),
            ("slowest answer to an upload", f"{self.slowest_upload:.1f} s"),
            ("all settled after the last upload", f"{self.settled_after:.1f} s"),
            ("recovery, median", f"{self.median_recovery:.1f} s"),
            ("processes left behind", len(self.left_behind)),
            ("seconds, seed", f"{self.seconds:.0f}, {self.seed}"),
        ]
        lines += [
            (f"  {name}", f"{len(times)} × {median(times):.1f} s, at most {max(times):.1f} s")
            for name, times in sorted(self.recoveries.items())
        ]
        return "\n".join(f"{name:<58} {value}" for name, value in lines)


def run(
    folder: Path, *, database_url: str = "", uploads: int, faults: int, rate: float, seed: int
) -> Outcome:
    """Stream at least so many uploads through so many faults, and account for every one."""
    began = time.monotonic()
    site = Site(folder, database_url)
    networks = train_both(folder)
    try:
        site.open(networks)
        pictures, expected = _learn_what_each_version_reads(site)
        stream = Stream(site.running_site.port, pictures, rate, seed)
        stream.start()
        recoveries = _break_everything(site, stream, schedule(faults, random.Random(seed)), seed)
        wait_until(lambda: len(stream.accepted) >= uploads, seconds=uploads / rate + 600)
        stream.stop()
        settled_after = _wait_until_settled(site)
    finally:
        left_behind = site.close()
    return Outcome(
        seed=seed,
        seconds=time.monotonic() - began,
        tally=site.ledger.tally(stream.accepted, expected, site.uploads),
        told=dict(stream.told),
        slowest_upload=stream.slowest,
        settled_after=settled_after,
        output=site.running_site.output,
        recoveries=recoveries,
        left_behind=left_behind,
    )


def _learn_what_each_version_reads(
    site: Site,
) -> tuple[list[bytes], dict[tuple[int, int], Reading]]:
    """In quiet, let both versions read each picture; those are kept that they read differently."""
    candidates = [photo_of(str(digit)) for digit in range(10)]
    stream = Stream(site.running_site.port, candidates, rate=1, seed=0)
    read: dict[tuple[int, int], Reading] = {}
    for version in site.versions[::-1] + site.versions[:1]:  # ends as it begins: with the first
        site.publish(version, PublicationTrigger.CHOSEN)
        while not _answers_with(version, site, stream):
            time.sleep(0.5)
        sent = {stream.send(picture): picture for picture in range(len(candidates))}
        wait_until(lambda: site.ledger.unsettled() == 0)
        rows = site.ledger.readings()
        for key, picture in sent.items():
            assert key is not None
            if rows[key].status == "done" and rows[key].version == version:
                read[picture, version] = rows[key]
    first, second = site.versions
    kept = [
        picture
        for picture in range(len(candidates))
        if (picture, first) in read
        and (picture, second) in read
        and not read[picture, first].is_like(read[picture, second])
    ]
    assert len(kept) >= 3, f"the two networks read too much alike: {read}"
    expected = {
        (place, version): read[picture, version]
        for place, picture in enumerate(kept)
        for version in site.versions
    }
    return [candidates[picture] for picture in kept], expected


def _answers_with(version: int, site: Site, stream: Stream) -> bool:
    """Whether every reader has taken the version over: a few pictures in a row name it."""
    sent = [stream.send(number % 10) for number in range(12)]
    wait_until(lambda: site.ledger.unsettled() == 0)
    rows = site.ledger.readings()
    return all(key is not None and rows[key].version in (version, None) for key in sent)


def _break_everything(
    site: Site, stream: Stream, order: list[Fault], seed: int
) -> dict[str, list[float]]:
    """One fault after the other, each given time to be got over; returns the seconds it took."""
    chance = random.Random(seed)
    recoveries: dict[str, list[float]] = defaultdict(list)
    for number, fault in enumerate(order, 1):
        time.sleep(chance.uniform(0.5, 2))
        since = fault(site, chance)
        seconds = _recovered_after(site, stream, since)
        name = fault.__name__.replace("_", " ")
        recoveries[name].append(seconds)
        sys.stdout.write(f"{number:>3} {name}: over after {seconds:.1f} s\n")
        sys.stdout.flush()
        _settle_down(site)
    return recoveries


def _recovered_after(site: Site, stream: Stream, since: float) -> float:
    """Seconds until all that was there is answered, and something that came after it too."""
    moment = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    if not site.database_url.startswith("sqlite"):
        moment += "+00"
    while time.monotonic() - since < RECOVERY_BOUND_SECONDS:
        accepted_at, newest = stream.last_accepted
        if accepted_at > since and _is_answered(site, newest) and not site.ledger.unsettled(moment):
            break
        time.sleep(0.1)
    return time.monotonic() - since


def _is_answered(site: Site, prediction_id: str) -> bool:
    deadline = time.monotonic() + 1
    while time.monotonic() < deadline:
        if site.ledger.is_settled(prediction_id):
            return True
        time.sleep(0.05)
    return False


def _settle_down(site: Site) -> None:
    """Wait until both readers read again, so that the next fault finds them at work."""
    deadline = time.monotonic() + RECOVERY_BOUND_SECONDS
    while time.monotonic() < deadline:
        readers = site.readers
        if len(readers) >= 2 and all(_is_at_work(reader, site) for reader in readers):
            return
        time.sleep(0.3)


def _is_at_work(reader: psutil.Process, site: Site) -> bool:
    return reader.status() != psutil.STATUS_STOPPED and site.ledger.has_claimed(reader.pid)


def _wait_until_settled(site: Site) -> float:
    began = time.monotonic()
    while site.ledger.unsettled() and time.monotonic() - began < GIVEN_UP_AFTER_SECONDS:
        time.sleep(0.2)
    return time.monotonic() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--uploads", type=int, default=10_000)
    parser.add_argument("--faults", type=int, default=42)
    parser.add_argument("--rate", type=float, default=20.0, help="uploads a second")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    signal.signal(signal.SIGTERM, _end_cleanly)
    settings = ", ".join(f"{name}={value}" for name, value in SETTINGS.items())
    sys.stdout.write(f"Settings of this run: {settings}\n")
    options = vars(chosen)
    with (
        tempfile.TemporaryDirectory(prefix="cifra-chaos-") as folder,
        _database(options.pop("database")) as url,
    ):
        outcome = run(Path(folder), database_url=url, **options)
    sys.stdout.write(f"\n{outcome.table()}\n")
    if not outcome.is_clean:
        Path("chaos.log").write_text(outcome.output)
        sys.exit("A promise was broken; chaos.log has what the processes said.")
    is_quick = outcome.median_recovery <= MEDIAN_RECOVERY_SECONDS
    if not is_quick or outcome.settled_after > SETTLED_AFTER_SECONDS:
        sys.exit("No promise was broken, but recovery took too long.")


@contextmanager
def _database(kind: str) -> Iterator[str]:
    if kind == "sqlite":
        yield ""
        return
    server = PostgresqlServer()
    server.start()
    try:
        yield server.create()
    finally:
        server.stop()


def _end_cleanly(number: int, frame: FrameType | None) -> None:
    """A kill unwinds what was started, as Ctrl-C does."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()

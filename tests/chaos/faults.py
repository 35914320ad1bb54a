"""The faults: what may die, freeze, fall silent or fill up, each done for real."""

from __future__ import annotations

import random
import resource
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress

import psutil

from tests.chaos.site import LEASE_SECONDS, Site
from tests.support.databases import locked
from webapp.models import PublicationTrigger

OUTAGE_SECONDS = 2.0


def kill_a_reader_in_mid_batch(site: Site, chance: random.Random) -> float:
    deadline = time.monotonic() + 3
    while time.monotonic() < deadline:
        holders = site.ledger.holders()
        for reader in site.readers:
            if any(f"-{reader.pid}-" in holder for holder in holders):
                return _kill([reader])
        time.sleep(0.005)
    return _kill([chance.choice(site.readers)])


def kill_all_readers(site: Site, chance: random.Random) -> float:
    return _kill(site.readers)


def stop_a_reader_politely(site: Site, chance: random.Random) -> float:
    began = time.monotonic()
    chance.choice(site.readers).terminate()
    return began


def freeze_a_reader_past_its_lease(site: Site, chance: random.Random) -> float:
    began = time.monotonic()
    reader = chance.choice(site.readers)
    reader.suspend()
    thaw = threading.Timer(LEASE_SECONDS + 3, _resume, [reader])
    thaw.start()
    return began


def kill_redis_which_remembers(site: Site, chance: random.Random) -> float:
    return _kill_redis(site, remembering=True)


def kill_redis_which_forgets(site: Site, chance: random.Random) -> float:
    return _kill_redis(site, remembering=False)


def freeze_redis(site: Site, chance: random.Random) -> float:
    site.redis.process.send_signal(signal.SIGSTOP)
    time.sleep(2 * OUTAGE_SECONDS)
    site.redis.process.send_signal(signal.SIGCONT)
    return time.monotonic()


def let_the_lines_to_redis_fall_silent(site: Site, chance: random.Random) -> float:
    began = time.monotonic()
    site.line.fall_silent()
    return began


def kill_the_web(site: Site, chance: random.Random) -> float:
    master, *workers = site.web
    return _kill([master] if chance.random() < 0.5 or not workers else workers)


def kill_the_sweep(site: Site, chance: random.Random) -> float:
    return _kill(site.sweeps)


def publish_the_other_model(site: Site, chance: random.Random) -> float:
    return _publish(site, PublicationTrigger.CHOSEN)


def roll_back_the_model(site: Site, chance: random.Random) -> float:
    return _publish(site, PublicationTrigger.ROLLED_BACK)


def fill_the_quota(site: Site, chance: random.Random) -> float:
    """No file of the web may grow beyond a kilobyte, as with a quota that is used up."""
    limited = []
    for process in site.web:
        with suppress(psutil.NoSuchProcess, ProcessLookupError):
            soft, hard = resource.prlimit(process.pid, resource.RLIMIT_FSIZE)
            resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (1024, hard))
            limited.append((process.pid, (soft, hard)))
    time.sleep(OUTAGE_SECONDS)
    for pid, limits in limited:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_FSIZE, limits)
    return time.monotonic()


def lock_the_database(site: Site, chance: random.Random) -> float:
    """Nobody else writes predictions, for longer than a request waits for the lock."""
    with locked(site.database_url):
        time.sleep(3 * OUTAGE_SECONDS)
    return time.monotonic()


Fault = Callable[[Site, random.Random], float]  # returns the moment from which recovery counts

FAULTS: tuple[Fault, ...] = (
    kill_a_reader_in_mid_batch,
    kill_redis_which_forgets,
    publish_the_other_model,
    freeze_a_reader_past_its_lease,
    kill_the_web,
    lock_the_database,
    let_the_lines_to_redis_fall_silent,
    fill_the_quota,
    kill_redis_which_remembers,
    roll_back_the_model,
    stop_a_reader_politely,
    freeze_redis,
    kill_the_sweep,
    kill_all_readers,
)


def schedule(count: int, chance: random.Random) -> list[Fault]:
    """Every kind once in a shuffled order, then again, until there are enough."""
    order: list[Fault] = []
    while len(order) < count:
        order += chance.sample(FAULTS, len(FAULTS))
    return order[:count]


def _kill(processes: list[psutil.Process]) -> float:
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    return time.monotonic()


def _resume(process: psutil.Process) -> None:
    with suppress(psutil.NoSuchProcess):
        process.resume()


def _kill_redis(site: Site, *, remembering: bool) -> float:
    site.redis.kill()
    time.sleep(OUTAGE_SECONDS)
    site.restart_redis(remembering=remembering)
    return time.monotonic()


def _publish(site: Site, trigger: PublicationTrigger) -> float:
    live = site.live_version
    site.publish(next(version for version in site.versions if version != live), trigger)
    return time.monotonic()

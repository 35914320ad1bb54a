"""Upload to answer over HTTP: throughput, latency, CPU time a picture, and memory.

Run it with `make bench`, or `python -m benchmarks.serving --help`. `README.md` beside this file
says how it measures. Every contender is given the same pictures in the same run, one contender
after the other in each round; the medians of the rounds are printed.
"""

from __future__ import annotations

import argparse
import statistics
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks.chart import stacked_bars
from benchmarks.contenders.cifra import cifra
from benchmarks.contenders.contender import Contender
from benchmarks.contenders.litserve import NotInstalledError, litserve
from benchmarks.contenders.origin import origin
from benchmarks.pictures import Picture, kinds
from benchmarks.processes import cpu_seconds, memory_megabytes

CONTENDERS: dict[str, Callable[[int], AbstractContextManager[Contender]]] = {
    "cifra": cifra,
    "litserve": lambda readers: litserve(),  # noqa: ARG005
    "origin-kept": lambda readers: origin(keeps_model=True),  # noqa: ARG005
    "origin-loaded": lambda readers: origin(keeps_model=False),  # noqa: ARG005
}
WARM_UP = 3  # pictures of each client before the clock runs


@dataclass(frozen=True)
class Measurement:
    """One contender, one picture and one number of clients, in one round."""

    contender: str
    picture: str
    clients: int
    seconds: float
    latencies: np.ndarray  # (pictures,) float64, seconds
    right: float  # the share of the pictures with the right number
    cpu: dict[str, float]  # seconds by stage, of all pictures
    megabytes: float  # of all processes at the end

    @property
    def summary(self) -> str:
        return (
            f"{self.contender}, {self.picture}, {self.clients} clients: "
            f"{self.throughput:.1f}/s, {self.cpu_milliseconds:.1f} ms of CPU"
        )

    @property
    def throughput(self) -> float:
        return len(self.latencies) / self.seconds

    @property
    def cpu_milliseconds(self) -> float:
        """Of all processes together, for one picture."""
        return sum(self.stage_milliseconds(stage) for stage in self.cpu)

    def stage_milliseconds(self, stage: str) -> float:
        """The CPU time of one stage for one picture."""
        return 1000 * self.cpu.get(stage, 0.0) / len(self.latencies)

    def latency_milliseconds(self, share: float) -> float:
        """The latency that this share of the pictures stays below."""
        return 1000 * float(np.quantile(self.latencies, share))


def main() -> None:
    options = parsed_options()
    measured: list[Measurement] = []
    for round_number in range(options.rounds):
        for name in options.contenders:
            try:
                with CONTENDERS[name](options.readers) as contender:
                    measured += measure_all(contender, options.clients, options.seconds)
            except NotInstalledError as error:
                print(f"{name} is left out: {error}")
        print(f"Round {round_number + 1} of {options.rounds} is over.", flush=True)
    print_tables(measured)
    if options.chart:
        options.chart.write_text(chart_of(measured), encoding="utf-8")


def parsed_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contenders", nargs="+", choices=CONTENDERS, default=list(CONTENDERS))
    parser.add_argument("--clients", nargs="+", type=int, default=[1, 16])
    parser.add_argument("--seconds", type=float, default=8, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chart", type=Path, help="an SVG of Cifra's CPU time by stage")
    parser.add_argument("--readers", type=int, default=1, help="worker processes of Cifra")
    return parser.parse_args()


def measure_all(contender: Contender, clients: Sequence[int], seconds: float) -> list[Measurement]:
    measured = []
    for picture in kinds():
        for count in clients:
            measured.append(measure(contender, picture, count, seconds))
            print(measured[-1].summary, flush=True)
    return measured


def measure(contender: Contender, picture: Picture, clients: int, seconds: float) -> Measurement:
    """Closed loop: each client gives its next picture as soon as it has its answer."""
    latencies: list[float] = []
    right: list[bool] = []
    barrier = threading.Barrier(clients + 1)
    deadline = [0.0]
    errors: list[BaseException] = []

    def visit() -> None:
        try:
            client = contender.client()
            for _ in range(WARM_UP):
                client.ask(picture)
            barrier.wait()
            barrier.wait()
            while time.perf_counter() < deadline[0]:
                began = time.perf_counter()
                right.append(client.ask(picture) == picture.number)
                latencies.append(time.perf_counter() - began)
        except threading.BrokenBarrierError:
            pass  # another visitor met the error
        except BaseException as error:
            errors.append(error)
            barrier.abort()

    threads = [threading.Thread(target=visit) for _ in range(clients)]
    for thread in threads:
        thread.start()
    with suppress(threading.BrokenBarrierError):
        barrier.wait()
        before, began = cpu_seconds(contender.roots), time.perf_counter()
        deadline[0] = began + seconds
        barrier.wait()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    elapsed, after = time.perf_counter() - began, cpu_seconds(contender.roots)
    return Measurement(
        contender.name,
        picture.name,
        clients,
        elapsed,
        np.array(latencies),
        float(np.mean(right)),
        {stage: spent - before.get(stage, 0.0) for stage, spent in after.items()},
        memory_megabytes(contender.roots),
    )


def print_tables(measured: Sequence[Measurement]) -> None:
    """One table for each picture and number of clients; ratios are Cifra's to the contender's."""
    for picture, clients in dict.fromkeys((one.picture, one.clients) for one in measured):
        print(f"\n{picture}, {clients} client{'s' * (clients > 1)}\n")
        print("| | Cifra's throughput ÷ | pictures/s | p50 ms | p95 | p99 | CPU ms | MB | right |")
        print("|---|---|---|---|---|---|---|---|---|")
        of_this = [one for one in measured if (one.picture, one.clients) == (picture, clients)]
        names = list(dict.fromkeys(one.contender for one in of_this))
        rounds = {name: [one for one in of_this if one.contender == name] for name in names}
        ours = median_of(rounds.get("Cifra", []), lambda one: one.throughput)
        for name, some in rounds.items():
            print(f"| {name} | {row_of(some, ours)} |")
        for stage, spent in stages_of(rounds.get("Cifra", [])).items():
            print(f"  {stage}: {spent:.1f} ms of CPU")


def row_of(rounds: Sequence[Measurement], ours: float) -> str:
    throughput = median_of(rounds, lambda one: one.throughput)
    milliseconds = [
        median_of(rounds, partial(Measurement.latency_milliseconds, share=share))
        for share in (0.5, 0.95, 0.99)
    ]
    cells = [f"{ours / throughput:.2f}", f"{throughput:.1f}", *(f"{m:.0f}" for m in milliseconds)]
    cells.append(f"{median_of(rounds, lambda one: one.cpu_milliseconds):.1f}")
    cells.append(f"{median_of(rounds, lambda one: one.megabytes):.0f}")
    cells.append(f"{median_of(rounds, lambda one: one.right):.0%}")
    return " | ".join(cells)


def stages_of(rounds: Sequence[Measurement]) -> dict[str, float]:
    """CPU milliseconds for one picture by stage."""
    stages = sorted({stage for one in rounds for stage in one.cpu})
    return {
        stage: median_of(rounds, partial(Measurement.stage_milliseconds, stage=stage))
        for stage in stages
    }


def chart_of(measured: Sequence[Measurement]) -> str:
    """Cifra's CPU time for one picture by stage, with the fewest clients that were measured."""
    clients = min(one.clients for one in measured)
    ours = [one for one in measured if one.contender == "Cifra" and one.clients == clients]
    budgets = {
        picture: stages_of([one for one in ours if one.picture == picture])
        for picture in dict.fromkeys(one.picture for one in ours)
    }
    return stacked_bars(budgets, "CPU time of one picture by stage, in milliseconds")


def median_of(rounds: Sequence[Measurement], value: Callable[[Measurement], float]) -> float:
    return statistics.median([float(value(one)) for one in rounds]) if rounds else float("nan")


if __name__ == "__main__":
    main()

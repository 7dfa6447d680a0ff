"""The program: samples accelerators until it is stopped, and publishes what it gathered every interval."""

from __future__ import annotations

import argparse
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from .destinations import destination, say
from .embedded_metrics import Identity
from .interval import UNITS, Gathered, Interval
from .power import read_band
from .samples import Sample
from .tools import samples

if TYPE_CHECKING:
    from .destinations import Destination

KINDS = ("auto", "neuron", "gpu", "dcgm")


def main(arguments: list[str]) -> None:
    """Run until a signal, the end of the parent, or after one sample."""
    given = _parser().parse_args(arguments)
    identity = Identity(given.namespace, dict(given.dimension), dict(given.property), given.log_group)
    stop = _Stop(given.with_parent)
    signal.signal(signal.SIGTERM, stop.ask)
    signal.signal(signal.SIGINT, stop.ask)
    taken = samples(given.kind, given.sample_seconds, stop)
    if given.once:
        taken = _first(taken)
    interval = Interval(given.publish_seconds, given.power_band)
    measure(taken, interval, destination(given.to, identity), given.samples)


def measure(
    taken: Iterator[Sample | None],
    interval: Interval,
    publish: Destination,
    file: Path | None,
    clock: Callable[[], float] = time.time,
) -> None:
    """Gather the samples, keep each in the file if there is one, and publish every interval, also that of a tool gone silent."""
    for sample in taken:
        if sample is not None and file is not None:
            keep(sample, file)
        for gathered in interval.due(clock()) if sample is None else interval.add(sample):
            _publish(gathered, publish)
    for gathered in interval.flush():
        _publish(gathered, publish)


def keep(sample: Sample, file: Path) -> None:
    """Append a sample to a file of JSON lines. A full disk does not stop the measuring."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(sample._asdict()) + "\n")
    except OSError as error:
        say(f"a sample could not be kept: {error}")


def _publish(gathered: Gathered, publish: Destination) -> None:
    if gathered.values:
        publish(gathered)


def _first(taken: Iterator[Sample | None]) -> Iterator[Sample | None]:
    for sample in taken:
        if sample is not None:
            yield sample
            return


class _Stop:
    """Whether to end: a signal came, or the parent process is gone."""

    def __init__(self, parent: int | None) -> None:
        self._parent = parent
        self._asked = False

    def ask(self, *_: object) -> None:
        """A signal came."""
        self._asked = True

    def __call__(self) -> bool:
        return self._asked or (self._parent is not None and os.getppid() != self._parent)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="accelerator_metrics", description=__doc__)
    parser.add_argument(
        "--kind", choices=KINDS, default="auto", help="gpu is nvidia-smi; default: the first tool found"
    )
    parser.add_argument("--sample-seconds", type=_seconds, default=5.0, help="default: 5")
    parser.add_argument("--publish-seconds", type=_seconds, default=60.0, help="default: 60")
    parser.add_argument("--to", default="stdout", help="stdout, a file, tcp://host:port, udp://host:port, or aws-cli")
    parser.add_argument("--namespace", default="LeanSilicon/Accelerators")
    for name, meaning in (("--dimension", "what the metrics are of"), ("--property", "stands in the log only")):
        parser.add_argument(name, type=_pair, action="append", default=[], metavar="NAME=VALUE", help=meaning)
    parser.add_argument("--log-group", help="for the CloudWatch agent")
    parser.add_argument("--power-band", type=read_band, help="JSON: idle and full, each low, likely and high W; source")
    parser.add_argument("--samples", type=Path, help="a file that keeps every sample")
    parser.add_argument("--with-parent", type=int, metavar="PID", help="end when this parent process ends")
    parser.add_argument("--once", action="store_true", help="take one sample and end")
    return parser


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0.01 <= seconds <= 3600:
        raise ValueError(text)
    return seconds


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not (name and separator and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    if name in UNITS or name == "_aws":
        raise argparse.ArgumentTypeError(f"{name!r} is the name of a metric; choose another")
    return name, value

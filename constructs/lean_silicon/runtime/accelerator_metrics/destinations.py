"""Where documents go: standard output, a file, the CloudWatch agent, or CloudWatch itself through the AWS command line.

None of them raises: a metric that is lost is no reason to stop measuring.
"""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .embedded_metrics import Identity, documents
from .interval import UNITS, Gathered

AGENT = "tcp://127.0.0.1:25888"
"""Where the CloudWatch agent listens for the embedded metric format."""
_SECONDS = 30

if TYPE_CHECKING:
    Destination = Callable[[Gathered], bool]
    """Publishes an interval, and says whether it did."""


def destination(target: str, identity: Identity) -> Destination:
    """What ``--to`` names: ``stdout``, ``aws-cli``, ``tcp://host:port``, ``udp://host:port``, or a file's path.

    Raises
    ------
    ValueError
        If an address has no port.
    """
    if target == "aws-cli":
        return lambda gathered: _put(gathered, identity)
    if target == "stdout":
        return lambda gathered: _sent(gathered, identity, _print)
    if target.startswith(("tcp://", "udp://")):
        parts = urlsplit(target)
        if parts.hostname is None or parts.port is None:
            raise ValueError(f"{target!r} must name a host and a port, such as {AGENT}")
        send = _over_tcp if parts.scheme == "tcp" else _over_udp
        address = (parts.hostname, parts.port)
        return lambda gathered: _sent(gathered, identity, lambda text: send(address, text))
    return lambda gathered: _sent(gathered, identity, lambda text: _append(Path(target), text))


def say(text: str) -> None:
    """Tell whoever reads the service's log."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _sent(gathered: Gathered, identity: Identity, send: Callable[[str], None]) -> bool:
    try:
        for document in documents(gathered, identity):
            send(f"{document}\n")
    except OSError as error:
        say(f"metrics could not be published: {error}")
        return False
    return True


def _print(text: str) -> None:
    # One write, so that lines of other processes on the same pipe do not break into it
    sys.stdout.write(text)
    sys.stdout.flush()


def _append(path: Path, text: str) -> None:
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def _over_tcp(address: tuple[str, int], text: str) -> None:
    with socket.create_connection(address, timeout=_SECONDS) as connection:
        connection.sendall(text.encode())


def _over_udp(address: tuple[str, int], text: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as connection:
        connection.sendto(text.encode(), address)


def metric_data(gathered: Gathered, identity: Identity) -> list[dict[str, Any]]:
    """The interval for PutMetricData, which takes statistics instead of values (API reference, "StatisticSet")."""
    dimensions = [{"Name": name, "Value": value} for name, value in identity.dimensions.items()]
    return [
        {
            "MetricName": name,
            "Unit": UNITS[name],
            "Timestamp": gathered.time,
            "Dimensions": dimensions,
            "StatisticValues": {
                "SampleCount": len(values),
                "Sum": sum(values),
                "Minimum": min(values),
                "Maximum": max(values),
            },
        }
        for name, values in gathered.values.items()
    ]


def _put(gathered: Gathered, identity: Identity) -> bool:
    data = metric_data(gathered, identity)
    if not data:
        return True
    arguments = ["--namespace", identity.namespace, "--metric-data", json.dumps(data)]
    command = ["aws", "cloudwatch", "put-metric-data", *arguments]
    try:
        subprocess.run(command, check=True, timeout=_SECONDS, stdout=subprocess.DEVNULL)  # noqa: S603 - no shell, no input
    except (OSError, subprocess.SubprocessError) as error:
        say(f"metrics could not be published: {error}")
        return False
    return True

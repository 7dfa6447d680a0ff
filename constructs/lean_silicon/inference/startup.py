"""How long an endpoint may take to start: a large model needs longer than SageMaker's defaults allow."""

from __future__ import annotations

import math
from dataclasses import dataclass

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.quantity import Quantity

_LEAST, _MOST = 60, 3600
"""What SageMaker takes, seconds (service model: ModelDataDownloadTimeoutInSeconds, ContainerStartupHealthCheckTimeoutInSeconds)."""

# Assumed, on the slow side, as a limit that is too short fails a deployment, and one that is too long only tells of a failure later:
# 100 MB/s from S3 onto an EBS volume (gp2 sustains 128 to 250 MB/s), 50 MB/s from the Hugging Face Hub, and 30 MB/s from the volume into
# the devices, as the host of ml.inf2.xlarge has no more memory than the model that it loads; an image of some 15 GB takes five minutes to
# unpack and start.
_DOWNLOAD_SECONDS_PER_GIB = 2**30 / 100e6
_HUB_SECONDS_PER_GIB = 2**30 / 50e6
_LOAD_SECONDS_PER_GIB = 2**30 / 30e6
_CONTAINER_SECONDS = 300
# Weights that are not compiled take from minutes to an hour on Neuron; nothing longer than the most can be asked for.
_COMPILES_SECONDS = _MOST


@dataclass(frozen=True)
class StartupTimeouts:
    """The longest that a machine may take to get the model, and then to answer ``/ping``.

    Parameters
    ----------
    download, health_check
        1 to 60 minutes each.

    Raises
    ------
    InvalidValueError
        If either is out of range.
    """

    download: Duration
    health_check: Duration

    def __post_init__(self) -> None:
        for name, value in (("download", self.download), ("health_check", self.health_check)):
            seconds = value.to_seconds()
            if not _LEAST <= seconds <= _MOST:
                raise InvalidValueError(
                    f"{name} is {seconds:g} s; SageMaker takes {_LEAST} to {_MOST}. A model that needs longer should be compiled "
                    "beforehand, or be smaller"
                )


def startup_timeouts(
    weights: Quantity | None, *, accelerated: bool, from_hub: bool, compiles: bool
) -> StartupTimeouts | None:
    """The time-outs that a model of that size needs.

    Parameters
    ----------
    weights
        Memory of the weights, GiB. Where they are not known: SageMaker's defaults on processors, the most on accelerators.
    accelerated
        Whether there are accelerators.
    from_hub
        Whether the container downloads the model as it starts.
    compiles
        Whether it compiles the model as it starts.
    """
    if weights is None and not accelerated:
        return None
    if weights is None:
        most = Duration.seconds(_MOST)
        return StartupTimeouts(most, most)
    size = weights.high
    health = _CONTAINER_SECONDS + size * (_LOAD_SECONDS_PER_GIB + (_HUB_SECONDS_PER_GIB if from_hub else 0))
    return StartupTimeouts(
        _within(_CONTAINER_SECONDS + size * _DOWNLOAD_SECONDS_PER_GIB),
        _within(_COMPILES_SECONDS if compiles else health),
    )


def _within(seconds: float) -> Duration:
    """In whole minutes, within what SageMaker takes."""
    return Duration.seconds(min(_MOST, max(_LEAST, 60 * math.ceil(seconds / 60))))

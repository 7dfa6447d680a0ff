"""What few need to change about a serving deployment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from aws_cdk import Duration

from lean_silicon.exceptions import InvalidValueError


@dataclass(frozen=True)
class ServingOptions:
    """What few need to change about a deployment.

    Parameters
    ----------
    namespace
        Of everything. It must be there.
    startup
        The longest that a replica may take until it answers: download, and compilation where nothing is compiled yet, which takes
        minutes for a small model and an hour for a large one. Default: 90 minutes.
    artifacts_claim
        A persistent volume claim that keeps what was compiled, so that only the first replica compiles. FSx for Lustre or EFS;
        Mountpoint for S3 cannot rename files. Default: a scratch volume, and every new replica compiles.
    models_claim
        A persistent volume claim with the weights, mounted at ``/models``; name the model by its path there. Default: from the Hugging Face
        Hub.
    token_secret
        A Kubernetes secret whose key ``token`` is a token of the Hugging Face Hub, for models that want one.
    service_account
        Default: the namespace's own, without a token.
    scheduler
        ``schedulerName``, for instance that of `NeuronDevicePlugin.scheduler_name`. Default: the cluster's.
    environment
        More environment variables.
    arguments
        More arguments of ``vllm serve``.

    Raises
    ------
    InvalidValueError
        If a replica would have no time to start.
    """

    namespace: str = "default"
    startup: Duration = Duration.minutes(90)
    artifacts_claim: str | None = None
    models_claim: str | None = None
    token_secret: str | None = None
    service_account: str | None = None
    scheduler: str | None = None
    environment: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.startup.to_seconds() < 5 * 60:
            raise InvalidValueError(
                f"startup is {self.startup.to_human_string()}, in which no model is loaded; give five minutes or more, and an hour "
                "where it is compiled at start-up"
            )

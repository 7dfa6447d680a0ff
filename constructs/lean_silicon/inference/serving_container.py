"""The container image that serves a model: AWS's own for the silicon, or the user's."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.deep_learning_containers import (
    PYTORCH_CPU,
    PYTORCH_GPU_SERVING,
    PYTORCH_GRAVITON,
    PYTORCH_NEURON_SERVING,
    SCIKIT_LEARN_GRAVITON,
    TRANSFORMERS_NEURON,
    VLLM_GPU,
    VLLM_NEURON,
    XGBOOST_GRAVITON,
    DeepLearningContainer,
    published_image,
)
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference.endpoint_role import grant_pull
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.sizing import Task

_BY_NAME = (
    PYTORCH_GRAVITON,
    PYTORCH_NEURON_SERVING,
    SCIKIT_LEARN_GRAVITON,
    TRANSFORMERS_NEURON,
    VLLM_GPU,
    VLLM_NEURON,
    XGBOOST_GRAVITON,
)
"""Those that are the only known one of their repository."""


@dataclass(frozen=True)
class ServingContainer:
    """The image to serve from. Use one of the methods; without one, `for_silicon` picks.

    Raises
    ------
    InvalidValueError
        If none of the three is given.
    """

    published: DeepLearningContainer | None = None
    repository: ecr.IRepository | None = None
    tag_or_digest: str = "latest"
    asset: ecr_assets.DockerImageAsset | None = None

    def __post_init__(self) -> None:
        if self.published is None and self.repository is None and self.asset is None:
            raise InvalidValueError(
                "a container without an image; use ServingContainer.deep_learning_container(...), .from_ecr_repository(...) or "
                ".from_image_asset(...), or leave the container out"
            )

    @classmethod
    def deep_learning_container(cls, published: DeepLearningContainer | str) -> ServingContainer:
        """An AWS Deep Learning Container, found in the registry of the stack's region; a known one by the name of its repository too.

        Raises
        ------
        InvalidValueError
            If no known one has that name.
        """
        if isinstance(published, DeepLearningContainer):
            return cls(published=published)
        known = {each.repository: each for each in _BY_NAME}
        if published not in known:
            raise InvalidValueError(
                f"container {published!r} is unknown; known are {', '.join(sorted(known))}. Another one: "
                "DeepLearningContainer(repository, tag, neuron=...)"
            )
        return cls(published=known[published])

    @classmethod
    def from_ecr_repository(cls, repository: ecr.IRepository, tag_or_digest: str = "latest") -> ServingContainer:
        """Your own image: it answers ``GET /ping`` and ``POST /invocations`` on port 8080."""
        return cls(repository=repository, tag_or_digest=tag_or_digest)

    @classmethod
    def from_image_asset(cls, asset: ecr_assets.DockerImageAsset) -> ServingContainer:
        """Your own image, built at synth; for Graviton with ``platform=Platform.LINUX_ARM64``."""
        return cls(asset=asset)

    @classmethod
    def for_silicon(cls, hardware: ServingHardware, task: Task) -> ServingContainer:
        """AWS's container for the hardware and the task.

        vLLM for language models on Inferentia2, Trainium or GPUs, Transformers for encoders on Inferentia2, PyTorch with the SageMaker
        inference toolkit on processors and for other models on GPUs.
        """
        if hardware.is_neuron:
            return cls(published=VLLM_NEURON if task.generates else TRANSFORMERS_NEURON)
        if hardware.is_gpu:
            return cls(published=VLLM_GPU if task.generates else PYTORCH_GPU_SERVING)
        machine = hardware.machine
        x86 = machine is not None and machine.architecture == "x86_64"
        return cls(published=PYTORCH_CPU if x86 else PYTORCH_GRAVITON)

    def bind(self, scope: Construct, role: iam.IRole) -> str:
        """The address of the image in the stack's region, which `role` may pull from then on."""
        if self.asset is not None:
            grant_pull(role, self.asset.repository.repository_arn)
            return self.asset.image_uri
        if self.repository is not None:
            grant_pull(role, self.repository.repository_arn)
            return self.repository.repository_uri_for_tag_or_digest(self.tag_or_digest)
        if self.published is None:
            raise AssertionError("__post_init__ demands an image")
        image = published_image(scope, self.published, "ServingContainer.from_ecr_repository(...)")
        grant_pull(role, image.repository_arn)
        return image.uri

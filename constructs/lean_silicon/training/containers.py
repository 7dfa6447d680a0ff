"""The container image of a training job: AWS's own for the silicon, or the user's."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.deep_learning_containers import PYTORCH_GPU, PYTORCH_NEURON, DeepLearningContainer, published_image
from lean_silicon.training.training_role import grant_pull


@dataclass(frozen=True)
class BoundContainer:
    """An image that the training role may pull."""

    image_uri: str
    launchers: frozenset[str] | None
    """Launchers that are known to be installed; `None` is unknown."""


@dataclass(frozen=True)
class TrainingContainer:
    """The image to train in. Use one of the ``from_*`` methods; without one, `deep_learning_container` picks by silicon."""

    published: DeepLearningContainer | None = None
    repository: ecr.IRepository | None = None
    tag_or_digest: str = "latest"
    asset: ecr_assets.DockerImageAsset | None = None

    @classmethod
    def deep_learning_container(cls, published: DeepLearningContainer = PYTORCH_NEURON) -> TrainingContainer:
        """An AWS Deep Learning Container, found in the registry of the stack's region."""
        return cls(published=published)

    @classmethod
    def for_silicon(cls, *, gpu: bool) -> TrainingContainer:
        """AWS's PyTorch container for Trainium, or for GPUs."""
        return cls.deep_learning_container(PYTORCH_GPU if gpu else PYTORCH_NEURON)

    @classmethod
    def from_ecr_repository(cls, repository: ecr.IRepository, tag_or_digest: str = "latest") -> TrainingContainer:
        """Your own image. To start a script in it, it needs the SageMaker training toolkit; without `code` its ``train`` is run."""
        return cls(repository=repository, tag_or_digest=tag_or_digest)

    @classmethod
    def from_image_asset(cls, asset: ecr_assets.DockerImageAsset) -> TrainingContainer:
        """Your own image, built at synth."""
        return cls(asset=asset)

    def bind(self, scope: Construct, role: iam.Role) -> BoundContainer:
        """Resolve the image for the stack's region and let `role` pull it."""
        if self.asset is not None:
            self.asset.repository.grant_pull(role)
            return BoundContainer(self.asset.image_uri, None)
        if self.repository is not None:
            self.repository.grant_pull(role)
            return BoundContainer(self.repository.repository_uri_for_tag_or_digest(self.tag_or_digest), None)
        return _bind_published(scope, role, self.published or PYTORCH_NEURON)


def _bind_published(scope: Construct, role: iam.Role, published: DeepLearningContainer) -> BoundContainer:
    image = published_image(scope, published, "TrainingContainer.from_ecr_repository(...)")
    grant_pull(role, image.repository_arn)
    return BoundContainer(image.uri, launchers=published.launchers)

"""Images that an agent runs from, for arm64; those for another processor are refused as far as they tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Token
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_ecr_assets as ecr_assets
from aws_cdk import aws_iam as iam
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError

_BASE = re.compile(
    r"^\s*FROM\s+(?P<options>(?:--\S+\s+)*)(?P<image>\S+)(?:\s+AS\s+(?P<stage>\S+))?", re.IGNORECASE | re.MULTILINE
)
_X86 = re.compile(r"(?<![a-z0-9])(amd64|x86[-_]?64|x86|i[36]86)(?![a-z0-9])", re.IGNORECASE)
_ARM64_ONLY = "AgentCore runs arm64 images only (Graviton)"


@dataclass(frozen=True)
class ImageFolder:
    """A folder with a ``Dockerfile``, built for linux/arm64 when the CDK publishes it.

    Raises
    ------
    InvalidValueError
        If there is no Dockerfile, or the image would be for another processor.
    """

    folder: Path

    def __post_init__(self) -> None:
        dockerfile = self.folder / "Dockerfile"
        if not dockerfile.is_file():
            raise InvalidValueError(f"image folder {str(self.folder)!r} has no Dockerfile (looked in {Path.cwd()})")
        for base in _last_stage(dockerfile.read_text(encoding="utf-8")):
            if _X86.search(f"{base['options']} {base['image']}") or "BUILDPLATFORM" in base["options"]:
                raise InvalidValueError(
                    f"{dockerfile} ends in {base[0].strip()!r}; {_ARM64_ONLY}. Leave --platform out and take an arm64 or "
                    "multi-architecture base image: the build is for linux/arm64"
                )

    def bind(self, scope: Construct, role: iam.Role, /) -> agentcore.AgentRuntimeArtifact:
        """Have it built, and let `role` pull it."""
        image = ecr_assets.DockerImageAsset(
            scope, "Image", directory=str(self.folder.resolve()), platform=ecr_assets.Platform.LINUX_ARM64
        )
        image.repository.grant_pull(role)
        return agentcore.AgentRuntimeArtifact.from_image_uri(image.image_uri)


@dataclass(frozen=True)
class RepositoryImage:
    """An image in ECR, by its tag.

    Raises
    ------
    InvalidValueError
        If the tag names another processor, or one that moves.
    """

    repository: ecr.IRepository
    tag: str

    def __post_init__(self) -> None:
        if Token.is_unresolved(self.tag):
            return
        if _X86.search(self.tag):
            raise InvalidValueError(
                f"image tag {self.tag!r} names an x86 image; {_ARM64_ONLY}. Build it with docker buildx build --platform linux/arm64"
            )
        if self.tag in ("", "latest"):
            raise InvalidValueError(
                f"image tag is {self.tag!r}, which moves without the stack; give the tag of one build, so that a deployment can be repeated"
            )

    def bind(self, _scope: Construct, role: iam.Role, /) -> agentcore.AgentRuntimeArtifact:
        """Let `role` pull it."""
        self.repository.grant_pull(role)
        return agentcore.AgentRuntimeArtifact.from_ecr_repository(self.repository, self.tag)


def _last_stage(dockerfile: str) -> Iterator[re.Match[str]]:
    """What the image is made from: the last stage, the stage that it stands on, and so on. Others may run anywhere: they cross-compile."""
    stages = list(_BASE.finditer(dockerfile))
    named = {stage["stage"].lower(): position for position, stage in enumerate(stages) if stage["stage"]}
    position = len(stages) - 1
    while position >= 0:
        yield stages[position]
        below = named.get(stages[position]["image"].lower(), -1)
        # A stage stands only on earlier ones.
        position = below if below < position else -1

"""What an agent runs: a folder of Python code, an archive in S3, or an arm64 image."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Protocol

from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from lean_silicon.agents.image import ImageFolder, RepositoryImage
from lean_silicon.agents.python_folder import PythonArchive, PythonFolder
from lean_silicon.exceptions import InvalidValueError


class PythonVersion(str, Enum):
    """The versions of Python that AgentCore keeps patched for code without a container."""

    PYTHON_3_10 = "3.10"
    PYTHON_3_11 = "3.11"
    PYTHON_3_12 = "3.12"
    PYTHON_3_13 = "3.13"
    PYTHON_3_14 = "3.14"


class CodeSource(Protocol):
    """Where code comes from."""

    def bind(self, scope: Construct, role: iam.Role, /) -> agentcore.AgentRuntimeArtifact:
        """Put the code where AgentCore finds it, and let `role` read it."""
        ...


@dataclass(frozen=True)
class AgentCode:
    """What an agent runs, on Graviton (arm64), which is all that AgentCore has. Use one of the class methods.

    Examples
    --------
    ``AgentCode.from_folder("agent", entry_point="main.py")``
    """

    source: CodeSource

    @classmethod
    def from_folder(
        cls,
        folder: str | Path,
        *,
        entry_point: str = "main.py",
        python: PythonVersion | str = PythonVersion.PYTHON_3_13,
        install_at_synth: bool = False,
    ) -> AgentCode:
        """A local folder of Python code, deployed without a container.

        Where it has a ``requirements.txt``, those packages are installed for linux/arm64 when the CDK publishes the archive
        (``cdk deploy``), by pip or uv and without Docker; synthesis needs neither network nor Docker. Every line must name one version: the
        archive is named after the files in the folder, so a version that floats would never be renewed. Without that file the folder is
        taken as it is, with whatever packages were vendored into it.

        Parameters
        ----------
        folder
            The code.
        entry_point
            The script in it that serves ``/invocations`` and ``/ping``. Where the requirements have ``aws-opentelemetry-distro``, it is
            started through ``opentelemetry-instrument``, for traces.
        python
            The version that runs it, such as ``"3.12"``. Default: 3.13.
        install_at_synth
            Whether to install at synth instead, which needs the network: for pipelines that publish on another machine than the one that
            synthesized. Default: no.

        Raises
        ------
        InvalidValueError
            If the folder or the script does not exist, a requirement is not pinned or stands in ``pyproject.toml`` alone, a compiled file
            is for another processor, or AgentCore has no such Python.
        """
        return cls(PythonFolder(Path(folder), entry_point, _version(python), install_at_synth))

    @classmethod
    def from_bucket(
        cls, bucket: s3.IBucket, key: str, *, entry_point: str, python: PythonVersion | str = PythonVersion.PYTHON_3_13
    ) -> AgentCode:
        """A zip archive that is already in S3, with its packages for linux/arm64 inside."""
        runtime = agentcore.AgentCoreRuntime.of(f"PYTHON_{_version(python).replace('.', '_')}")
        return cls(PythonArchive(bucket.bucket_name, key, runtime, (entry_point,)))

    @classmethod
    def from_image_folder(cls, folder: str | Path) -> AgentCode:
        """A folder with a ``Dockerfile``, built for linux/arm64 when the CDK publishes it, which takes Docker on that machine.

        Raises
        ------
        InvalidValueError
            If there is no Dockerfile, or the image would be for another processor.
        """
        return cls(ImageFolder(Path(folder)))

    @classmethod
    def from_ecr_repository(cls, repository: ecr.IRepository, tag: str) -> AgentCode:
        """An arm64 image in ECR, by its tag.

        Raises
        ------
        InvalidValueError
            If the tag names another processor (``v7-amd64``), or one that moves (``latest``).
        """
        return cls(RepositoryImage(repository, tag))


def _version(python: PythonVersion | str) -> str:
    try:
        return PythonVersion(python).value
    except ValueError as error:
        versions = ", ".join(each.value for each in PythonVersion)
        raise InvalidValueError(f"python is {python!r}; AgentCore has {versions}") from error


def require_code(code: AgentCode) -> CodeSource:
    """Where an agent's code comes from.

    Raises
    ------
    InvalidValueError
        If it is a path or one of the CDK's own artifacts.
    """
    if not isinstance(code, AgentCode):
        raise InvalidValueError(
            f'code is {code!r}; give AgentCode.from_folder("agent"), or another of its class methods'
        )
    return code.source

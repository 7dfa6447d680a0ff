"""A folder of Python code and its requirements, uploaded without a container."""

from __future__ import annotations

import re
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import AssetStaging, Aws, IgnoreMode, Stack
from aws_cdk import aws_bedrockagentcore as agentcore
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from lean_silicon.agents import limits, packaging, permissions
from lean_silicon.agents.foreign_binaries import foreign_binaries
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow

REQUIREMENTS = "requirements.txt"
_TRACING = "aws-opentelemetry-distro"
_PINNED = re.compile(
    r"[A-Za-z0-9][\w.-]*(\[[\w., -]+\])?\s*(===?\s*[\w.!+-]+|@\s*\S+\.whl(#\S+)?)\s*(;[^#]*?)?(\s+--hash=\S+)*",
    re.ASCII,
)
"""A version, or one wheel at an address: what is built from source would be built for this machine."""


@dataclass(frozen=True)
class PythonArchive:
    """A zip archive in S3 and what starts it."""

    bucket_name: str
    key: str
    runtime: agentcore.AgentCoreRuntime
    command: tuple[str, ...]

    def bind(self, _scope: Construct, role: iam.Role, /) -> agentcore.AgentRuntimeArtifact:
        """Let `role` read this object and no other."""
        allow(role, permissions.READ_CODE, [f"arn:{Aws.PARTITION}:s3:::{self.bucket_name}/{self.key}"])
        location = s3.Location(bucket_name=self.bucket_name, object_key=self.key)
        return agentcore.AgentRuntimeArtifact.from_s3(location, self.runtime, list(self.command))


@dataclass(frozen=True)
class PythonFolder:
    """Code on this machine.

    Parameters
    ----------
    folder
        Where it is.
    entry_point
        The script in it.
    python
        ``"3.13"``.
    install_at_synth
        Whether its requirements are installed now rather than when the CDK publishes.

    Raises
    ------
    InvalidValueError
        If the folder or the script does not exist, a requirement is not pinned or stands in ``pyproject.toml`` alone, or a compiled file
        is for another processor.
    """

    folder: Path
    entry_point: str
    python: str
    install_at_synth: bool

    def __post_init__(self) -> None:
        if not self.folder.is_dir():
            raise InvalidValueError(
                f"agent folder {str(self.folder)!r} does not exist or is no folder (looked in {Path.cwd()})"
            )
        if not self.entry_point.endswith(".py") or not _is_inside(self.folder, self.entry_point):
            present = ", ".join(sorted(path.name for path in self.folder.glob("*.py"))) or "none"
            raise InvalidValueError(
                f"entry_point {self.entry_point!r} is no Python script in {str(self.folder)!r}; give the one that serves /invocations, by "
                f"its path in there (scripts there: {present})"
            )
        _require_arm64(self.folder)
        self._require_requirements()
        if self._requirements.is_file():
            pinned_packages(self._requirements)

    def bind(self, scope: Construct, role: iam.Role, /) -> agentcore.AgentRuntimeArtifact:
        """Put the code where AgentCore finds it, and let `role` read it."""
        bucket_name, key = self._uploaded(scope)
        runtime = agentcore.AgentCoreRuntime.of(f"PYTHON_{self.python.replace('.', '_')}")
        return PythonArchive(bucket_name, key, runtime, self._command).bind(scope, role)

    def _require_requirements(self) -> None:
        """A project whose packages nobody would install ends at its first import."""
        project = self.folder / "pyproject.toml"
        if project.is_file() and not self._requirements.is_file() and not any(self.folder.glob("*.dist-info")):
            raise InvalidValueError(
                f"{str(self.folder)!r} has a pyproject.toml but no {REQUIREMENTS}, so no package would be installed. Write it with "
                f"`uv pip compile pyproject.toml -o {REQUIREMENTS}`, empty if there are none"
            )

    @property
    def _requirements(self) -> Path:
        return self.folder / REQUIREMENTS

    @property
    def traced(self) -> bool | None:
        """Whether what the agent does is traced; `None` where the packages are vendored, and may be anything."""
        return _TRACING in pinned_packages(self._requirements) if self._requirements.is_file() else None

    @property
    def _command(self) -> tuple[str, ...]:
        """The script; through OpenTelemetry's launcher where that is installed with it, for traces of what the agent does."""
        return ("opentelemetry-instrument", self.entry_point) if self.traced else (self.entry_point,)

    def _uploaded(self, scope: Construct) -> tuple[str, str]:
        """The folder as an asset of the app: bucket and key."""
        if not self._requirements.is_file():
            return self._as_it_is(scope)
        # cdk list and cdk destroy upload nothing, so nothing need be installed for them.
        if self.install_at_synth and Stack.of(scope).bundling_required:
            return self._packed_now(scope)
        return self._packed_when_published(scope)

    def _as_it_is(self, scope: Construct) -> tuple[str, str]:
        asset = s3_assets.Asset(
            scope, "Code", path=str(self.folder.resolve()), exclude=list(packaging.SKIPPED), ignore_mode=IgnoreMode.GLOB
        )
        return asset.s3_bucket_name, asset.s3_object_key

    def _packed_when_published(self, scope: Construct) -> tuple[str, str]:
        staging = AssetStaging(
            scope,
            "Code",
            source_path=str(self.folder.resolve()),
            exclude=list(packaging.SKIPPED),
            ignore_mode=IgnoreMode.GLOB,
            # The same files become another archive for another Python.
            extra_hash=f"{self.python} {packaging.PLATFORMS}",
        )
        command = [sys.executable, str(Path(packaging.__file__).resolve()), staging.absolute_staged_path]
        command += [f"--python={self.python}", f"--requirements={REQUIREMENTS}"]
        # The object is named after the hash, suffix and all.
        published = Stack.of(scope).synthesizer.add_file_asset(
            source_hash=f"{staging.asset_hash}.zip", executable=command, display_name=f"{scope.node.path}/Code"
        )
        return published.bucket_name, published.object_key

    def _packed_now(self, scope: Construct) -> tuple[str, str]:
        with tempfile.TemporaryDirectory() as temporary:
            archive = Path(temporary) / "agent.zip"
            most = (limits.MAXIMUM_ARCHIVE_MB, limits.MAXIMUM_FOLDER_MB)
            try:
                packaging.package(self.folder, archive, python=self.python, requirements=REQUIREMENTS, limits=most)
            except packaging.PackagingError as error:
                raise InvalidValueError(str(error)) from error
            asset = s3_assets.Asset(scope, "Code", path=str(archive))
        return asset.s3_bucket_name, asset.s3_object_key


def pinned_packages(requirements: Path) -> set[str]:
    """The names of the packages in a requirements file.

    Raises
    ------
    InvalidValueError
        If one has no version of its own: the archive is named after the files in the folder, and would never be renewed.
    """
    names: set[str] = set()
    text = requirements.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in (re.sub(r"(^|\s)#.*", "", each).strip() for each in text.splitlines()):
        if not line or line.startswith("--"):
            continue
        if not _PINNED.fullmatch(line):
            raise InvalidValueError(
                f"{requirements.name} has {line!r}, which names no single version; the archive would keep whichever it got first. Write "
                "name==version; `uv pip compile` or `pip freeze` does it for all of them"
            )
        names.add(re.split(r"[\s\[=@;]", line)[0].lower())
    return names


def _is_inside(folder: Path, entry_point: str) -> bool:
    """Whether a script stands in a folder, by a path that holds in the archive too."""
    place = (folder / entry_point).resolve()
    return not Path(entry_point).is_absolute() and place.is_relative_to(folder.resolve()) and place.is_file()


def _require_arm64(folder: Path) -> None:
    foreign = list(foreign_binaries(folder))
    if foreign:
        path, machine = foreign[0]
        raise InvalidValueError(
            f"{path.relative_to(folder)} (one of {len(foreign)}) is compiled for {machine}; AgentCore runs agents on arm64. Name the "
            f"packages in {REQUIREMENTS} instead of vendoring them, or vendor those of pip install --platform {packaging.PLATFORMS[-1]} "
            f"--only-binary=:all: --target {folder}"
        )

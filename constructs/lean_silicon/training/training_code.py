"""The training script and what lies beside it, as an input channel.

The container may have no network at all, so the code comes the way data do: as the channel ``code``, holding one gzipped tar archive,
which the toolkit unpacks (``sagemaker_submit_directory`` may name a local archive).
"""

from __future__ import annotations

import gzip
import io
import re
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Token
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.runtime import training_launcher
from lean_silicon.training.channels import Channel
from lean_silicon.training.distribution import Distribution

CODE_CHANNEL = "code"
LAUNCH_SCRIPT = "lean_silicon_launcher.py"

_SKIPPED = frozenset({"__pycache__", ".git", ".venv", ".ipynb_checkpoints", ".DS_Store"})
# The toolkit refuses other names: it builds a command line from them.
_ENTRY_POINT = re.compile(r"[\w.][\w.+-]*(/[\w.+-]+)*", re.ASCII)


@dataclass(frozen=True)
class BoundCode:
    """Code that has found its place: the channel it comes through and what tells the toolkit to run it."""

    channel: Channel
    hyperparameters: dict[str, str]


@dataclass(frozen=True)
class TrainingCode:
    """The script to run. Use `from_asset` or `from_bucket`.

    Examples
    --------
    ``TrainingCode.from_asset("training", entry_point="train.py")``
    """

    entry_point: str
    folder: Path | None = None
    bucket: s3.IBucket | None = None
    key: str = ""

    def __post_init__(self) -> None:
        if not _ENTRY_POINT.fullmatch(self.entry_point) or not {".", ".."}.isdisjoint(self.entry_point.split("/")):
            raise InvalidValueError(
                f"entry_point is {self.entry_point!r}; it must be a path inside the code folder of letters, digits, '.', '_', '+', '-' "
                "and '/', for instance 'train.py'"
            )

    @classmethod
    def from_asset(cls, folder: str | Path, *, entry_point: str) -> TrainingCode:
        """A local folder, packed at synth; the same content makes the same archive.

        Raises
        ------
        InvalidValueError
            If the folder or the script in it does not exist.
        """
        place = Path(folder)
        if not place.is_dir():
            raise InvalidValueError(
                f"code folder {str(folder)!r} does not exist or is no folder (looked in {Path.cwd()})"
            )
        code = cls(entry_point, place)
        if not (place / entry_point).is_file():
            raise InvalidValueError(f"entry_point {entry_point!r} is not in the code folder {str(folder)!r}")
        return code

    @classmethod
    def from_bucket(cls, bucket: s3.IBucket, key: str, *, entry_point: str) -> TrainingCode:
        """A gzipped tar archive that is already in S3.

        Raises
        ------
        InvalidValueError
            If `key` is not known at synth (the archive's path in the container follows from it) or does not end in ``.tar.gz``.
        """
        if Token.is_unresolved(key) or not key.endswith((".tar.gz", ".tgz")):
            raise InvalidValueError(f"key is {key!r}; it must be a text known at synth that ends in .tar.gz")
        return cls(entry_point, None, bucket, key)

    @property
    def can_be_added_to(self) -> bool:
        """Whether files can travel with the code; not with an archive that is in S3 already."""
        return self.folder is not None

    def bind(
        self, scope: Construct, distribution: Distribution | None, additions: Mapping[str, bytes] | None = None
    ) -> BoundCode:
        """Put the code where the job finds it, with `additions` and with the launch script of `distribution` if it needs one."""
        self._require_launchable(distribution)
        launched = distribution is not None and distribution.needs_launch_script
        if self.folder is not None:
            launcher = {LAUNCH_SCRIPT: Path(training_launcher.__file__).read_bytes()} if launched else {}
            bucket, key = _packed(scope, self.folder, {**(additions or {}), **launcher})
        elif self.bucket is not None and not launched:
            bucket, key = self.bucket, self.key
        else:
            raise InvalidValueError(
                f"the {distribution.launcher if distribution else ''} launcher needs a script beside yours, which cannot be added to an "
                "archive in S3; use TrainingCode.from_asset(folder), or Distribution.torchrun()"
            )
        return BoundCode(
            Channel.s3_object(bucket, key),
            {
                "sagemaker_program": LAUNCH_SCRIPT if launched else self.entry_point,
                "sagemaker_submit_directory": f"/opt/ml/input/data/{CODE_CHANNEL}/{key.rsplit('/', 1)[-1]}",
            },
        )

    def _require_launchable(self, distribution: Distribution | None) -> None:
        if distribution is None:
            return
        if not self.entry_point.endswith(".py"):
            raise InvalidValueError(
                f"entry_point {self.entry_point!r} is no Python script, which {distribution.launcher} needs; leave `distribution` out "
                "and start the processes in your script"
            )
        if self.folder is not None and (self.folder / "setup.py").exists():
            raise InvalidValueError(
                f"the code folder {str(self.folder)!r} has a setup.py, which makes the toolkit treat it as a package that "
                f"{distribution.launcher} cannot start; use pyproject.toml, or move it"
            )


def _packed(scope: Construct, folder: Path, additions: dict[str, bytes]) -> tuple[s3.IBucket, str]:
    with tempfile.TemporaryDirectory() as temporary:
        archive = Path(temporary) / "sourcedir.tar.gz"
        archive.write_bytes(pack(folder, additions))
        asset = s3_assets.Asset(scope, "Code", path=str(archive))
    return asset.bucket, asset.s3_object_key


def pack(folder: Path, additions: dict[str, bytes]) -> bytes:
    """A gzipped tar archive of a folder and further files, the same for the same content: no times, no owners, sorted."""
    contents = {name: path.read_bytes() for name, path in _files(folder)} | additions
    packed = io.BytesIO()
    with gzip.GzipFile(fileobj=packed, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as archive:
        for name, content in sorted(contents.items()):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            # Scripts other than Python are executed, and a checkout on Windows has no such bit to copy.
            entry.mode = 0o755
            archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def _files(folder: Path) -> Iterable[tuple[str, Path]]:
    for path in folder.rglob("*"):
        relative = path.relative_to(folder)
        if path.is_file() and _SKIPPED.isdisjoint(relative.parts):
            yield relative.as_posix(), path

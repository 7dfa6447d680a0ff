"""The wheel and the source distribution, built from a commit so that the same commit gives the same bytes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path


class ReleaseError(Exception):
    """The release cannot be built as it should be. The message says why."""


def commit_time(root: Path, commit: str) -> int:
    """When it was committed, in seconds since 1970: the one time that the archives know."""
    return int(_git(root, "log", "-1", "--format=%ct", commit))


def export(root: Path, commit: str, folder: Path) -> None:
    """What was committed, and nothing that merely lies in the work tree."""
    folder.mkdir(parents=True)
    archive = folder.with_suffix(".tar")
    _git(root, "archive", "--format=tar", f"--output={archive}", commit)
    _unpack(archive, folder)


def build(source: Path, output: Path, epoch: int, targets: tuple[str, ...] = ("sdist", "wheel")) -> list[Path]:
    """Build in the folder `source` with the installed, pinned hatchling.

    Raises
    ------
    ReleaseError
        If the build fails.
    """
    options = [option for target in targets for option in ("--target", target)]
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", *options, "--directory", str(output.resolve())],
        cwd=source,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
    )
    if done.returncode:
        raise ReleaseError(f"hatchling could not build {source}:\n{done.stdout}{done.stderr}")
    return sorted(file for file in output.iterdir() if file.suffix in (".whl", ".gz"))


def check_wheel_of_sdist(sdist: Path, wheel: Path, epoch: int) -> None:
    """Build the wheel again from the source distribution, as an installer without wheels does.

    Raises
    ------
    ReleaseError
        If it is another wheel.
    """
    with tempfile.TemporaryDirectory() as scratch:
        _unpack(sdist, Path(scratch))
        [source] = Path(scratch).iterdir()
        [again] = build(source, Path(scratch) / "dist", epoch, ("wheel",))
        if again.read_bytes() != wheel.read_bytes():
            raise ReleaseError(
                f"{sdist.name} builds another wheel than the repository does; compare the files of both, and see "
                "[tool.hatch.build] in pyproject.toml"
            )


def _unpack(archive: Path, folder: Path) -> None:
    subprocess.run(["tar", "-xf", str(archive), "-C", str(folder)], check=True)


def _git(root: Path, *arguments: str) -> str:
    # A checkout may belong to another user than the one who builds, as in a container: that is no danger to reading it.
    command = ["git", "-c", f"safe.directory={root}", "-C", str(root), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ReleaseError(f"git {arguments[0]} failed: {done.stderr.strip()}")
    return done.stdout.strip()

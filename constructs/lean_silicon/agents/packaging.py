"""Make the archive of an agent: its code, and its requirements for linux/arm64, without Docker.

Run as a program by the CDK when it publishes assets (``cdk deploy``), never at synth::

    python packaging.py FOLDER --python 3.13 --requirements requirements.txt --output archive.zip

prints the archive's path. Standard library only, and no import of this package, so that it starts at once wherever Python is.
"""

from __future__ import annotations

import argparse
import importlib.util
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

PLATFORMS = ("manylinux_2_28_aarch64", "manylinux_2_17_aarch64", "manylinux2014_aarch64")
"""What wheels may be tagged with to run there; the first that a package offers is taken."""
UV_PLATFORM = "aarch64-manylinux_2_28"
"""The same in uv's words."""
SKIPPED = ("__pycache__", "*.pyc", ".git", ".venv", ".DS_Store", ".pytest_cache", ".mypy_cache", ".ruff_cache")
"""What no archive needs, as glob patterns of names."""

_MEGABYTE = 1_000_000
_SHEBANG = b"#!/usr/bin/env python3\n"
# A fixed time, so that the same content makes the same archive; the earliest that the format knows.
_TIME = (1980, 1, 1, 0, 0, 0)


class PackagingError(Exception):
    """The archive cannot be made; the message says why and what to do."""


def package(folder: Path, archive: Path, *, python: str, requirements: str | None, limits: tuple[int, int]) -> Path:
    """Write the archive of `folder` with its requirements installed beside the code.

    Parameters
    ----------
    folder
        The agent's code.
    archive
        The zip file to write.
    python
        The version of Python that will run it, for instance ``"3.13"``.
    requirements
        A file inside `folder`, in pip's format; `None` installs nothing.
    limits
        Megabytes that the archive and its content may have.

    Raises
    ------
    PackagingError
        If a requirement has no wheel for linux/arm64, or the result is too large.
    """
    with tempfile.TemporaryDirectory() as temporary:
        staged = Path(temporary) / "staged"
        staged.mkdir()
        if requirements is not None:
            install(folder / requirements, staged, python)
        # Last, so that the agent's own files win.
        shutil.copytree(folder, staged, ignore=shutil.ignore_patterns(*SKIPPED), dirs_exist_ok=True)
        size = sum(path.stat().st_size for path in staged.rglob("*") if path.is_file())
        _require_size("the agent's files are", size, limits[1])
        write_archive(staged, archive)
    _require_size("the agent's archive is", archive.stat().st_size, limits[0])
    return archive


def install(requirements: Path, target: Path, python: str) -> None:
    """Install wheels for linux/arm64 into `target`; whatever machine this runs on, nothing is compiled."""
    command = [*_installer(python), "--only-binary=:all:", f"--target={target}", f"--requirement={requirements}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - the construct's own arguments
    if done.returncode != 0:
        raise PackagingError(
            f"the requirements in {requirements} cannot be installed for linux/arm64 and Python {python}: either no package index was "
            "reached, or a package has no such wheel and needs an image: AgentCode.from_image_folder(). The installer says:\n"
            f"{done.stderr.strip()}"
        )
    for program in (target / "bin").glob("*"):
        _unbind(program)


def _unbind(program: Path) -> None:
    """Start a program with the Python found there, not with the path of this machine's: ``opentelemetry-instrument`` starts agents."""
    content = program.read_bytes()
    if content.startswith(b"#!") and b"python" in content.split(b"\n", 1)[0]:
        program.write_bytes(_SHEBANG + content.split(b"\n", 1)[1])


def _installer(python: str) -> list[str]:
    """pip, or uv where the environment has no pip, told to install for AgentCore's machine."""
    if importlib.util.find_spec("pip") is not None:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
        command += ["--implementation=cp", f"--python-version={python}"]
        return command + [f"--platform={platform}" for platform in PLATFORMS]
    uv = shutil.which("uv")
    if uv is None:
        raise PackagingError(
            f"neither pip nor uv is there to install the agent's requirements ({sys.executable} has no pip); install one of them"
        )
    return [uv, "pip", "install", "--quiet", f"--python-version={python}", f"--python-platform={UV_PLATFORM}"]


def write_archive(folder: Path, archive: Path) -> None:
    """Zip a folder: sorted, without times, readable by everybody, so that the same content makes the same archive."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _TIME)
                entry.external_attr = (0o755 if path.stat().st_mode & 0o111 else 0o644) << 16
                entry.compress_type = zipfile.ZIP_DEFLATED
                zipped.writestr(entry, path.read_bytes())


def _require_size(what: str, size: int, most: int) -> None:
    if size > most * _MEGABYTE:
        raise PackagingError(
            f"{what} {size / _MEGABYTE:,.0f} MB; AgentCore takes {most} MB. Leave packages out, or use AgentCode.from_image_folder()"
        )


def main(arguments: list[str] | None = None) -> int:
    """Package as told on the command line, and print the archive's path."""
    parser = argparse.ArgumentParser(description="Package an agent for Amazon Bedrock AgentCore")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--python", required=True)
    parser.add_argument("--requirements")
    parser.add_argument("--output", type=Path)
    parser.add_argument("--limits", nargs=2, type=int, default=(250, 750), metavar=("ARCHIVE_MB", "FOLDER_MB"))
    told = parser.parse_args(arguments)
    archive = told.output or Path(tempfile.mkdtemp(prefix="agent-")) / "agent.zip"
    try:
        package(
            told.folder,
            archive,
            python=told.python,
            requirements=told.requirements,
            limits=(told.limits[0], told.limits[1]),
        )
    except PackagingError as error:
        print(error, file=sys.stderr)
        return 1
    print(archive)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""A wheel in a virtual environment of its own, as a user has it, without asking a package index."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from importlib.metadata import distribution
from pathlib import Path


def environment_with(wheel: Path, folder: Path, *packages: str) -> Path:
    """Make a virtual environment of the wheel and of these packages, linked from where the tests run. Gives its Python.

    No package means nothing else at all; ``"*"`` means all that is installed here.
    """
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    python = folder / "bin" / "python"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--quiet",
            "--no-index",
            "--no-deps",
            str(wheel),
        ],
        check=True,
    )
    [packages_folder] = folder.glob("lib/python*/site-packages")
    here = Path(sysconfig.get_path("purelib"))
    if packages == ("*",):
        # Path files in a folder that a path file names are not followed: the editable install of the project stays invisible.
        (packages_folder / "tests.pth").write_text(f"{here}\n", encoding="utf-8")
        return python
    for package in packages:
        files = distribution(package).files or ()
        for name in sorted({file.parts[0] for file in files} - {"..", "__pycache__"}):
            (packages_folder / name).symlink_to(here / name)
    return python

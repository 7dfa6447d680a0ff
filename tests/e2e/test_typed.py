"""Somebody else's project against the installed wheel: the constructs import, the types arrive, and they object to mistakes."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from installed_wheel import environment_with

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("release")]

MISTAKES = """\
from lean_silicon import Policy, Task, Workload, load_catalog

Policy(name=3)
Workload(task="inference")
Workload(task=Task.INFERENCE, parametres=8)
load_catalog().find("ml.inf2.xlarge").vcpus
"""
WRONG_LINES = [3, 4, 5, 6]


@pytest.fixture(scope="module")
def consumer(root: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The project, beside a file of mistakes, and the Python of its environment."""
    folder = tmp_path_factory.mktemp("typed")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder / "dist")],
        cwd=root,
        check=True,
        capture_output=True,
    )
    [wheel] = (folder / "dist").iterdir()
    project = Path(shutil.copytree(root / "tests" / "data" / "consumer", folder / "project"))
    (project / "mistakes.py").write_text(MISTAKES, encoding="utf-8")
    return project, environment_with(wheel, folder / "venv", "*")


def test_the_constructs_import_from_the_wheel(consumer: tuple[Path, Path]) -> None:
    project, python = consumer
    statement = "import stacks_of_ours, lean_silicon.eks, lean_silicon.inference, lean_silicon.nag; print(lean_silicon.__file__)"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # for Node
    done = subprocess.run(
        [python, "-c", statement],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).is_relative_to(python.parents[1])


def test_mypy_strict_takes_the_rules_and_objects_to_mistakes(consumer: tuple[Path, Path]) -> None:
    project, python = consumer
    # The CDK's own stubs alone take mypy a minute; they are left out here, and pyright reads them below.
    settings = "[mypy]\nstrict = true\n[mypy-aws_cdk.*]\nfollow_imports = skip\n"
    (project / "mypy.ini").write_text(settings, encoding="utf-8")
    files = ["rules_of_ours.py", "mistakes.py"]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mypy",
            "--python-executable",
            str(python),
            "--cache-dir",
            str(project / "cache"),
            *files,
        ],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    wrong = re.findall(r"^(\w+\.py):(\d+): error", done.stdout, re.MULTILINE)
    assert sorted({(file, int(line)) for file, line in wrong}) == [("mistakes.py", line) for line in WRONG_LINES], (
        done.stdout
    )


def test_pyright_strict_takes_the_constructs_and_objects_to_mistakes(root: Path, consumer: tuple[Path, Path]) -> None:
    project, python = consumer
    (project / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', encoding="utf-8")
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [root / "node_modules" / ".bin" / "pyright", "--pythonpath", str(python), "--outputjson", "."],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    report = json.loads(done.stdout)
    assert report["summary"]["filesAnalyzed"] == 4
    wrong = {(Path(each["file"]).name, each["range"]["start"]["line"] + 1) for each in report["generalDiagnostics"]}
    assert sorted(wrong) == [("mistakes.py", line) for line in WRONG_LINES], report["generalDiagnostics"]

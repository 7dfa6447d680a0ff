"""The archive of an agent, made as the CDK makes it when it publishes: by the script alone, with the real pip."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from lean_silicon.agents import limits, packaging
from lean_silicon.agents.foreign_binaries import foreign_binaries

SCRIPT = Path(packaging.__file__)


def wheel(folder: Path, tag: str, *, suffix: str = "py") -> None:
    """A tiny package for one platform."""
    folder.mkdir(exist_ok=True)
    name = f"tiny-1.0-{tag}.whl"
    with zipfile.ZipFile(folder / name, "w") as archive:
        archive.writestr(f"tiny.{suffix}", "VALUE = 1\n")
        archive.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        archive.writestr(
            "tiny-1.0.dist-info/WHEEL", f"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: {tag}\n"
        )
        archive.writestr("tiny-1.0.dist-info/entry_points.txt", "[console_scripts]\ntiny-instrument = tiny:main\n")
        archive.writestr("tiny-1.0.dist-info/RECORD", f"tiny.{suffix},,\n")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    place = tmp_path / "agent"
    place.mkdir()
    (place / "main.py").write_text("import tiny\n", encoding="utf-8")
    (place / "requirements.txt").write_text("tiny==1.0\n", encoding="utf-8")
    (place / "__pycache__").mkdir()
    (place / "__pycache__" / "main.cpython-311.pyc").write_bytes(b"compiled")
    return place


def run(folder: Path, wheels: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The script, with an index that has these wheels only."""
    command = [sys.executable, str(SCRIPT), str(folder), "--python=3.13", "--requirements=requirements.txt", *arguments]
    environment = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(wheels)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_it_prints_the_path_of_an_archive_with_code_and_packages(folder: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "cp313-cp313-manylinux2014_aarch64")
    done = run(folder, tmp_path / "wheels")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(done.stdout.strip()) as archive:
        names = archive.namelist()
    assert {"main.py", "tiny.py"} <= set(names)
    assert not [name for name in names if "__pycache__" in name]


def test_programs_start_with_the_python_that_is_there(folder: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "py3-none-any")
    with zipfile.ZipFile(run(folder, tmp_path / "wheels").stdout.strip()) as archive:
        program = archive.read("bin/tiny-instrument").decode()
        mode = archive.getinfo("bin/tiny-instrument").external_attr >> 16
    assert program.splitlines()[0] == "#!/usr/bin/env python3"
    assert sys.executable not in program
    assert mode == 0o755


def test_the_same_content_makes_the_same_archive(folder: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "py3-none-any")
    archives = [run(folder, tmp_path / "wheels").stdout.strip() for _ in range(2)]
    assert Path(archives[0]).read_bytes() == Path(archives[1]).read_bytes()


@pytest.mark.parametrize("tag", ["cp313-cp313-manylinux2014_x86_64", "cp312-cp312-manylinux2014_aarch64"])
def test_fails_on_a_package_without_a_wheel_for_arm64_and_that_python(folder: Path, tmp_path: Path, tag: str) -> None:
    wheel(tmp_path / "wheels", tag)
    done = run(folder, tmp_path / "wheels")
    assert done.returncode == 1
    assert "linux/arm64 and Python 3.13" in done.stderr
    assert "from_image_folder" in done.stderr
    assert done.stdout == ""


def test_fails_on_an_archive_that_the_service_would_refuse(folder: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "py3-none-any")
    (folder / "weights.bin").write_bytes(bytes(1_000_001))
    done = run(folder, tmp_path / "wheels", "--limits", "1", "1")
    assert done.returncode == 1
    assert "AgentCore takes 1 MB" in done.stderr


def test_the_script_alone_knows_the_services_limits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[int, int]] = []
    monkeypatch.setattr(packaging, "package", lambda *_, limits, **__: asked.append(limits))
    assert packaging.main([str(folder), "--python=3.13"]) == 0
    assert asked == [(limits.MAXIMUM_ARCHIVE_MB, limits.MAXIMUM_FOLDER_MB)]


def test_without_pip_uv_installs_and_without_either_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(packaging.PackagingError, match="neither pip nor uv"):
        packaging.install(tmp_path / "requirements.txt", tmp_path, "3.13")


@pytest.mark.slow
def test_the_sample_agents_requirements_exist_for_arm64(root: Path, tmp_path: Path) -> None:
    folder = root / "constructs" / "lean_silicon" / "runtime" / "agents" / "sample_agent"
    archive = packaging.package(
        folder, tmp_path / "agent.zip", python="3.13", requirements="requirements.txt", limits=(250, 750)
    )
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(tmp_path / "unpacked")
    native = list((tmp_path / "unpacked").rglob("*.so"))
    assert native, "pydantic and others are compiled"
    assert list(foreign_binaries(tmp_path / "unpacked")) == []

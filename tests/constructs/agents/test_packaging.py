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
    return agent(tmp_path / "agent")


def agent(place: Path) -> Path:
    """An agent that needs the package."""
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


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of it, with a package for any platform."""
    place = tmp_path_factory.mktemp("packaging")
    wheel(place / "wheels", "py3-none-any")
    return Path(run(agent(place / "agent"), place / "wheels").stdout.strip())


def test_it_prints_the_path_of_an_archive_with_code_and_packages(folder: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "cp313-cp313-manylinux2014_aarch64")
    done = run(folder, tmp_path / "wheels")
    assert done.returncode == 0, done.stderr
    with zipfile.ZipFile(done.stdout.strip()) as zipped:
        names = zipped.namelist()
    assert {"main.py", "tiny.py"} <= set(names)
    assert not [name for name in names if "__pycache__" in name]


def test_programs_start_with_the_python_that_is_there(archive: Path) -> None:
    with zipfile.ZipFile(archive) as zipped:
        program = zipped.read("bin/tiny-instrument").decode()
        mode = zipped.getinfo("bin/tiny-instrument").external_attr >> 16
    assert program.splitlines()[0] == "#!/usr/bin/env python3"
    assert sys.executable not in program
    assert mode == 0o755


def test_the_same_content_makes_the_same_archive(archive: Path, folder: Path, tmp_path: Path) -> None:
    wheel(tmp_path / "wheels", "py3-none-any")
    assert Path(run(folder, tmp_path / "wheels").stdout.strip()).read_bytes() == archive.read_bytes()


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


SMALL_AND_COMPILED = "markupsafe==3.0.3"
"""25 kB, with a module in C."""


@pytest.fixture(scope="module")
def index_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with a compiled package of the real index; skipped where none answers."""
    folder = tmp_path_factory.mktemp("agent")
    (folder / "main.py").write_text("import markupsafe\n", encoding="utf-8")
    (folder / "requirements.txt").write_text(f"{SMALL_AND_COMPILED}\n", encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PIP_RETRIES", "0")
        patched.setenv("PIP_DEFAULT_TIMEOUT", "10")
        try:
            return packaging.package(
                folder, folder.with_suffix(".zip"), python="3.13", requirements="requirements.txt", limits=(250, 750)
            )
        except packaging.PackagingError as error:
            # What pip says of a package that is there, where it reaches no index.
            if "(from versions: none)" in str(error):
                pytest.skip("no package index answers from here")
            raise


@pytest.mark.slow
def test_compiled_packages_of_the_index_are_those_for_arm64(index_archive: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(index_archive) as zipped:
        zipped.extractall(tmp_path)
    assert [path.name for path in tmp_path.rglob("*.so")] == ["_speedups.cpython-313-aarch64-linux-gnu.so"]
    assert list(foreign_binaries(tmp_path)) == []


@pytest.mark.slow
@pytest.mark.usefixtures("index_archive")
def test_the_sample_agents_requirements_exist_for_arm64(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Resolved by what the index says of them, not downloaded: they are 39 MB.
    monkeypatch.setenv("PIP_DRY_RUN", "1")
    folder = root / "constructs" / "lean_silicon" / "runtime" / "agents" / "sample_agent"
    packaging.install(folder / "requirements.txt", tmp_path, "3.13")

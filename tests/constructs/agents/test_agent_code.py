"""Where an agent's code comes from, and what is refused before anything is uploaded."""

from __future__ import annotations

import json
import struct
import zipfile
from pathlib import Path
from typing import Any

import pytest
from agent_stacks import US_EAST_1, agent_folder, micro, new_stack, of_type, template_of, the
from aws_cdk import App, Stack
from aws_cdk import aws_ecr as ecr

from lean_silicon.agents import Agent, AgentCode, PythonVersion
from lean_silicon.exceptions import InvalidValueError

RUNTIME = "AWS::BedrockAgentCore::Runtime"
PINNED = "bedrock-agentcore==1.25.0\nstrands-agents==1.62.0  # the framework\n"


def elf(machine: int) -> bytes:
    """The beginning of a shared library for a machine."""
    return b"\x7fELF" + bytes([2, 1, 1]) + bytes(9) + struct.pack("<HH", 3, machine) + bytes(44)


def synthesized(folder: Path, code: AgentCode) -> tuple[dict[str, Any], dict[str, Any]]:
    """The runtime's artifact, and the manifest of assets."""
    app = App(outdir=str(folder / "cdk.out"), analytics_reporting=False)
    stack = Stack(app, "Test", env=US_EAST_1)
    Agent(stack, "Agent", code=code, model=micro(stack))
    assembly = app.synth()
    template = json.loads((Path(assembly.directory) / "Test.template.json").read_text(encoding="utf-8"))
    assets = json.loads((Path(assembly.directory) / "Test.assets.json").read_text(encoding="utf-8"))
    return the(template, RUNTIME)["AgentRuntimeArtifact"], assets


def test_requirements_are_installed_when_the_archive_is_published_not_at_synth(tmp_path: Path) -> None:
    folder = agent_folder(tmp_path / "agent", **{"requirements.txt": PINNED})
    artifact, assets = synthesized(tmp_path, AgentCode.from_folder(folder))
    key = artifact["CodeConfiguration"]["Code"]["S3"]["Prefix"]
    command = assets["files"][key]["source"]["executable"]
    assert Path(command[1]).name == "packaging.py"
    assert command[3:] == ["--python=3.13", "--requirements=requirements.txt"]
    assert (Path(command[2]) / "main.py").is_file()
    assert assets["dockerImages"] == {}


def test_the_archive_is_named_after_files_and_python(tmp_path: Path) -> None:
    folder = agent_folder(tmp_path / "agent", **{"requirements.txt": PINNED})

    def key(name: str, python: PythonVersion) -> str:
        artifact, _ = synthesized(tmp_path / name, AgentCode.from_folder(folder, python=python))
        return str(artifact["CodeConfiguration"]["Code"]["S3"]["Prefix"])

    first = key("first", PythonVersion.PYTHON_3_13)
    assert key("again", PythonVersion.PYTHON_3_13) == first
    assert key("older", PythonVersion.PYTHON_3_12) != first
    (folder / "requirements.txt").write_text(PINNED.replace("1.62.0", "1.61.0"), encoding="utf-8")
    assert key("changed", PythonVersion.PYTHON_3_13) != first


def test_a_folder_without_requirements_is_taken_as_it_is(tmp_path: Path) -> None:
    folder = agent_folder(tmp_path / "agent", **{"vendored/module.py": "", "vendored/fast.so": elf(0xB7)})
    artifact, assets = synthesized(tmp_path, AgentCode.from_folder(folder))
    key = artifact["CodeConfiguration"]["Code"]["S3"]["Prefix"]
    assert assets["files"][key.removesuffix(".zip")]["source"]["packaging"] == "zip"


def test_tracing_starts_through_opentelemetry_where_it_is_installed(tmp_path: Path) -> None:
    folder = agent_folder(tmp_path / "agent", **{"requirements.txt": f"{PINNED}aws-opentelemetry-distro==0.12.2\n"})
    artifact, _ = synthesized(tmp_path, AgentCode.from_folder(folder))
    assert artifact["CodeConfiguration"]["EntryPoint"] == ["opentelemetry-instrument", "main.py"]


def test_an_image_is_built_for_arm64(tmp_path: Path) -> None:
    (tmp_path / "image").mkdir()
    (tmp_path / "image" / "Dockerfile").write_text(
        "FROM --platform=linux/amd64 node:24 AS assets\nRUN true\nFROM python:3.13-slim\n", encoding="utf-8"
    )
    artifact, assets = synthesized(tmp_path, AgentCode.from_image_folder(tmp_path / "image"))
    [image] = assets["dockerImages"].values()
    assert image["source"]["platform"] == "linux/arm64"
    assert "ContainerUri" in artifact["ContainerConfiguration"]


def test_an_image_in_ecr_may_be_pulled_from_its_repository_only() -> None:
    stack = new_stack()
    repository = ecr.Repository.from_repository_name(stack, "Repository", "support")
    Agent(stack, "Agent", code=AgentCode.from_ecr_repository(repository, "7-arm64"), model=micro(stack))
    template = template_of(stack)
    uri = json.dumps(the(template, RUNTIME)["AgentRuntimeArtifact"])
    assert "/support:7-arm64" in uri
    assert ":repository/support" in json.dumps(of_type(template, "AWS::IAM::Policy"))


@pytest.mark.parametrize("tag", ["7-amd64", "x86_64-7", "AMD64", "7.x86-64"])
def test_fails_on_an_x86_tag(tag: str) -> None:
    repository = ecr.Repository.from_repository_name(new_stack(), "Repository", "support")
    with pytest.raises(InvalidValueError, match="--platform linux/arm64"):
        AgentCode.from_ecr_repository(repository, tag)


@pytest.mark.parametrize("tag", ["latest", ""])
def test_fails_on_a_tag_that_moves(tag: str) -> None:
    repository = ecr.Repository.from_repository_name(new_stack(), "Repository", "support")
    with pytest.raises(InvalidValueError, match="the tag of one build"):
        AgentCode.from_ecr_repository(repository, tag)


@pytest.mark.parametrize(
    "dockerfile",
    [
        "FROM --platform=linux/amd64 python:3.13\n",
        "FROM python:3.13\nFROM amd64/python:3.13-slim\n",
        "FROM --platform=linux/amd64 python:3.13 AS base\nFROM base AS next\nFROM next\n",
        "FROM --platform=$BUILDPLATFORM python:3.13\n",
    ],
)
def test_fails_on_an_x86_dockerfile(tmp_path: Path, dockerfile: str) -> None:
    (tmp_path / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    with pytest.raises(InvalidValueError, match="arm64 images only"):
        AgentCode.from_image_folder(tmp_path)


def test_fails_without_a_dockerfile(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="has no Dockerfile"):
        AgentCode.from_image_folder(tmp_path)


def test_fails_on_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidValueError, match="does not exist"):
        AgentCode.from_folder(tmp_path / "missing")


@pytest.mark.parametrize("entry_point", ["app.py", "main", "main:app", "../outside.py", ""])
def test_fails_on_a_missing_entry_point(tmp_path: Path, entry_point: str) -> None:
    agent_folder(tmp_path, **{"outside.py": ""})
    with pytest.raises(InvalidValueError, match=r"scripts there: main\.py"):
        AgentCode.from_folder(agent_folder(tmp_path / "agent"), entry_point=entry_point)


def test_fails_on_an_entry_point_by_a_path_of_this_machine(tmp_path: Path) -> None:
    folder = agent_folder(tmp_path / "agent")
    with pytest.raises(InvalidValueError, match="by its path in there"):
        AgentCode.from_folder(folder, entry_point=str(folder / "main.py"))


def test_takes_a_python_by_its_number_and_fails_on_one_that_is_not_there(tmp_path: Path) -> None:
    folder = agent_folder(tmp_path / "agent")
    artifact, _ = synthesized(tmp_path, AgentCode.from_folder(folder, python="3.12"))
    assert artifact["CodeConfiguration"]["Runtime"] == "PYTHON_3_12"
    with pytest.raises(InvalidValueError, match=r"AgentCore has 3\.10"):
        AgentCode.from_folder(folder, python="3.9")


def test_fails_on_a_project_whose_packages_nobody_would_install(tmp_path: Path) -> None:
    folder = agent_folder(tmp_path / "agent", **{"pyproject.toml": "[project]\nname = 'agent'\n"})
    with pytest.raises(InvalidValueError, match=r"uv pip compile pyproject\.toml"):
        AgentCode.from_folder(folder)
    (folder / "requirements.txt").write_text(PINNED, encoding="utf-8")
    AgentCode.from_folder(folder)


@pytest.mark.parametrize(
    ("name", "content", "machine"),
    [
        ("fast.cpython-313-x86_64-linux-gnu.so", elf(0x3E), "x86_64"),
        ("package/_native.so", elf(0x03), "x86"),
        ("fast.cp313-win_amd64.pyd", b"MZ", "Windows"),
        ("fast.cpython-313-darwin.so", b"\xcf\xfa\xed\xfe", "macOS"),
    ],
)
def test_fails_on_packages_vendored_for_another_processor(
    tmp_path: Path, name: str, content: bytes, machine: str
) -> None:
    folder = agent_folder(tmp_path / "agent", **{name: content})
    with pytest.raises(InvalidValueError, match=f"compiled for {machine}.*manylinux2014_aarch64"):
        AgentCode.from_folder(folder)


@pytest.mark.parametrize(
    "line",
    [
        "strands-agents",
        "strands-agents>=1.62",
        "strands-agents==1.*",
        "-r more.txt",
        "./local",
        "strands-agents @ git+https://git.example/strands@main",
    ],
)
def test_fails_on_a_requirement_that_names_no_single_version(tmp_path: Path, line: str) -> None:
    folder = agent_folder(tmp_path / "agent", **{"requirements.txt": f"{line}\n"})
    with pytest.raises(InvalidValueError, match="name==version"):
        AgentCode.from_folder(folder)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing yet\n",
        "strands-agents[otel]==1.62.0 ; python_version >= '3.10'\n",
        "strands-agents==1.62.0 \\\n    --hash=sha256:abc \\\n    --hash=sha256:def\n",
        "--only-binary=:all:\nboto3 == 1.44.5\n",
        "tiny @ https://wheels.example/tiny-1.0-py3-none-any.whl#sha256=abc\n",
    ],
)
def test_takes_requirements_as_tools_write_them(tmp_path: Path, text: str) -> None:
    AgentCode.from_folder(agent_folder(tmp_path / "agent", **{"requirements.txt": text}))


def test_installed_at_synth_the_packages_are_in_the_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheelhouse = tmp_path / "wheels"
    wheelhouse.mkdir()
    with zipfile.ZipFile(wheelhouse / "tiny-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("tiny.py", "VALUE = 1\n")
        wheel.writestr("tiny-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n")
        wheel.writestr(
            "tiny-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        wheel.writestr(
            "tiny-1.0.dist-info/RECORD", "tiny.py,,\ntiny-1.0.dist-info/METADATA,,\ntiny-1.0.dist-info/WHEEL,,\n"
        )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheelhouse))
    folder = agent_folder(tmp_path / "agent", **{"requirements.txt": "tiny==1.0\n"})
    synthesized(tmp_path, AgentCode.from_folder(folder, install_at_synth=True))
    [archive] = (tmp_path / "cdk.out").glob("asset.*.zip")
    with zipfile.ZipFile(archive) as zipped:
        assert {"main.py", "requirements.txt", "tiny.py"} <= set(zipped.namelist())
    (folder / "requirements.txt").write_text("tiny==2.0\n", encoding="utf-8")
    with pytest.raises(InvalidValueError, match=r"(?s)linux/arm64 and Python 3\.13.*tiny==2\.0"):
        synthesized(tmp_path / "again", AgentCode.from_folder(folder, install_at_synth=True))

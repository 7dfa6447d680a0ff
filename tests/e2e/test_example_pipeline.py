"""The example of a pipeline: the very commands of its synth step let a lean stack through and end with an error on another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from cdk_command import cdk_synth

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("example-pipeline")]


@pytest.fixture(scope="module")
def build_specification(root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What CodeBuild is given for the synth step, as the pipeline's template has it."""
    output = tmp_path_factory.mktemp("pipeline") / "cdk.out"
    done = cdk_synth(root, root / "examples" / "pipeline", output)
    assert done.returncode == 0, done.stdout + done.stderr
    template = json.loads((output / "Delivery.template.json").read_text(encoding="utf-8"))
    [project] = [
        each["Properties"]
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::CodeBuild::Project" and "Synth" in name
    ]
    specification: dict[str, Any] = json.loads(project["Source"]["BuildSpec"])
    return specification


def build(root: Path, specification: dict[str, Any], checkout: Path) -> tuple[int, str]:
    """The build phase as CodeBuild runs it: one command after the other, until one fails. What `install` installs is here already."""
    tools = [str(Path(sys.executable).parent), str(root / "node_modules" / ".bin")]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "CDK_"))}
    environment |= {"PATH": os.pathsep.join([*tools, environment["PATH"]]), "CDK_DISABLE_CLI_TELEMETRY": "true"}
    told = ""
    for command in specification["phases"]["build"]["commands"]:
        done = subprocess.run(
            ["/bin/sh", "-c", command], cwd=checkout, env=environment, capture_output=True, text=True, check=False
        )
        told += f"$ {command}\n{done.stdout}{done.stderr}"
        if done.returncode:
            return done.returncode, told
    return 0, told


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    return Path(
        shutil.copytree(
            root / "examples" / "pipeline",
            tmp_path / "checkout",
            ignore=shutil.ignore_patterns("cdk.out", "__pycache__"),
        )
    )


def test_what_is_lean_passes(root: Path, build_specification: dict[str, Any], checkout: Path) -> None:
    code, told = build(root, build_specification, checkout)
    assert code == 0, told
    assert (checkout / build_specification["artifacts"]["base-directory"] / "manifest.json").is_file()


def test_a_gpu_stops_the_pipeline_and_the_report_says_why(
    root: Path, build_specification: dict[str, Any], checkout: Path
) -> None:
    serving = checkout / "serving.py"
    text = serving.read_text(encoding="utf-8")
    assert "ml.inf2.xlarge" in text
    serving.write_text(text.replace("ml.inf2.xlarge", "ml.g5.48xlarge"), encoding="utf-8")
    code, told = build(root, build_specification, checkout)
    assert code == 1, told
    assert "error SIL002" in told
    assert "Delivery/Production/Serving/Configuration" in told
    [report] = build_specification["reports"]["lean-silicon"]["files"]
    suites = ET.parse(checkout / report).getroot()
    failed = [case.get("name", "") for case in suites.iter("testcase") if case.find("failure") is not None]
    assert any("SIL002" in name for name in failed)

"""The TypeScript app of the examples, synthesized by the real CDK command line and checked without anything of ours in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cdk_command import cdk_synth

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("typescript-app")]

NO_NETWORK = ("EAI_AGAIN", "ENOTFOUND", "ECONNREFUSED", "ECONNRESET", "ETIMEDOUT", "ENETUNREACH", "ENOTCACHED")


@pytest.fixture(scope="module")
def app(root: Path) -> Path:
    """The example's folder with the packages of its lock file: those of the last run, else from npm."""
    folder = root / "examples" / "typescript"
    lock, installed = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if installed.is_file() and installed.stat().st_mtime >= lock.stat().st_mtime:
        return folder
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        ["npm", "ci", "--prefer-offline"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    told = done.stdout + done.stderr
    if done.returncode and any(code in told for code in NO_NETWORK):
        pytest.skip("npm cannot reach its registry, and the packages of examples/typescript are not installed")
    assert done.returncode == 0, told
    return folder


def check(output: Path) -> tuple[int, dict[str, Any]]:
    """The command's exit code and its report on an assembly."""
    command = Path(sys.executable).with_name("lean-silicon")
    done = subprocess.run(
        [command, "check", str(output), "--format", "json"], capture_output=True, text=True, check=False
    )
    return done.returncode, json.loads(done.stdout)


@pytest.fixture(scope="module")
def refused(root: Path, app: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[int, dict[str, Any]]:
    """The check of the app as it is written."""
    output = tmp_path_factory.mktemp("typescript") / "cdk.out"
    done = cdk_synth(root, app, output)
    assert done.returncode == 0, done.stdout + done.stderr
    return check(output)


def the_error(report: dict[str, Any]) -> dict[str, Any]:
    [error] = [finding for finding in report["findings"] if finding["severity"] == "error"]
    return dict(error)


def test_the_app_is_refused_at_the_line_that_asks_for_gpus(app: Path, refused: tuple[int, dict[str, Any]]) -> None:
    code, report = refused
    assert code == 1
    error = the_error(report)
    assert (error["rule"], error["instance_type"]) == ("SIL002", "ml.g5.48xlarge")
    place = error["resource"]
    assert place["construct_path"] == "Chat/Configuration"
    assert place["type"] == "AWS::SageMaker::EndpointConfig"
    assert Path(place["template"]).name == "Chat.template.json"
    assert error["property_path"] == "Properties.ProductionVariants[0].InstanceType"
    source = app / "bin" / "app.ts"
    made_at = re.fullmatch(r"(.+\.ts):(\d+):\d+", place["created_at"])
    assert made_at is not None
    assert Path(made_at[1]) == source
    assert "new CfnEndpointConfig" in source.read_text(encoding="utf-8").splitlines()[int(made_at[2]) - 1]


def test_the_workload_that_the_app_declares_is_read(refused: tuple[int, dict[str, Any]]) -> None:
    error = the_error(refused[1])
    assert "inference (declared)" in error["message"]
    assert "8B parameters in bf16" in error["message"]
    assert error["suggestion"]["instance_type"].startswith("ml.inf2.")


def test_a_reason_lets_the_app_pass_and_is_kept(root: Path, app: Path, tmp_path: Path) -> None:
    done = cdk_synth(root, app, tmp_path / "cdk.out", "--context", "accept=true")
    assert done.returncode == 0, done.stdout + done.stderr
    code, report = check(tmp_path / "cdk.out")
    assert code == 0
    assert report["summary"]["errors"] == 0
    [accepted] = [finding for finding in report["findings"] if finding["acknowledged"]]
    assert accepted["rule"] == "SIL002"
    assert "CUDA-only" in accepted["acknowledged"]["reason"]

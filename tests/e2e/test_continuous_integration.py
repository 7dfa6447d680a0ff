"""What CI systems are given runs as far as it can here: the action's own script, the hook's own command."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from sample_templates import endpoint


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A checkout with one template, and lean-silicon where the action installs it."""
    template = tmp_path / "cdk.out" / "app.template.json"
    template.parent.mkdir()
    template.write_text(json.dumps({"Resources": endpoint("ml.p4d.24xlarge")}), encoding="utf-8")
    installed = tmp_path / "temp" / "lean-silicon" / "bin"
    installed.mkdir(parents=True)
    (installed / "lean-silicon").symlink_to(Path(sys.executable).with_name("lean-silicon"))
    return tmp_path


def run_action(root: Path, workspace: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """The action's check step, with its inputs put into the environment as a runner does."""
    action: dict[str, Any] = yaml.safe_load((root / "action.yml").read_text(encoding="utf-8"))
    step = action["runs"]["steps"][-1]
    values = {name: each["default"] for name, each in action["inputs"].items()} | inputs
    environment = {
        name: re.sub(r"\$\{\{ inputs\.([\w-]+) \}\}", lambda found: values[found[1]], expression)
        for name, expression in step["env"].items()
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
        capture_output=True,
        text=True,
        check=False,
        cwd=workspace,
        env={
            **os.environ,
            **environment,
            "RUNNER_TEMP": str(workspace / "temp"),
            "GITHUB_STEP_SUMMARY": str(workspace / "summary.md"),
        },
    )


@pytest.mark.slow
def test_the_action_annotates_the_line_summarises_and_fails(root: Path, workspace: Path) -> None:
    done = run_action(root, workspace, sarif="found.sarif")
    assert done.returncode == 1, done.stderr
    assert "::error file=cdk.out/app.template.json,line=1" in done.stdout
    assert "### lean-silicon: 1 error" in (workspace / "summary.md").read_text(encoding="utf-8")
    assert json.loads((workspace / "found.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"


@pytest.mark.slow
def test_the_action_passes_where_told_never_to_fail(root: Path, workspace: Path) -> None:
    assert run_action(root, workspace, **{"fail-on": "never"}).returncode == 0


@pytest.mark.slow
def test_a_path_cannot_become_a_command(root: Path, workspace: Path) -> None:
    done = run_action(root, workspace, paths="cdk.out $(touch${IFS}owned) ;touch owned")
    assert done.returncode == 2
    assert not (workspace / "owned").exists()


@pytest.mark.slow
def test_the_pre_commit_hook_runs_its_command_on_a_template(root: Path, workspace: Path) -> None:
    [hook] = yaml.safe_load((root / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    path = "cdk.out/app.template.json"
    assert re.search(hook["files"], path)
    command = [str(Path(sys.executable).with_name(hook["entry"].split()[0])), *hook["entry"].split()[1:], path]
    assert subprocess.run(command, capture_output=True, check=False, cwd=workspace).returncode == 1

"""The example of an existing app, through the real CDK command line: the new stack uses what was there, and the old one stays as it was."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment
from cdk_command import cdk_synth

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("example-existing-app")]


@pytest.fixture(scope="module")
def example(root: Path) -> Path:
    return root / "examples" / "existing-app"


@pytest.fixture(scope="module")
def assembly(root: Path, example: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("existing-app") / "cdk.out"
    done = cdk_synth(root, example, output)
    assert done.returncode == 0, done.stdout + done.stderr
    return output


def of_type(template: dict[str, Any], resource_type: str) -> list[dict[str, Any]]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == resource_type]


def test_the_new_job_runs_in_the_old_network_with_the_old_key_on_the_old_data(assembly: Path) -> None:
    template = json.loads((assembly / "FineTuning.template.json").read_text(encoding="utf-8"))
    assert not of_type(template, "AWS::EC2::VPC")
    assert not of_type(template, "AWS::KMS::Key")
    [machine] = of_type(template, "AWS::StepFunctions::StateMachine")
    definition = json.dumps(machine["DefinitionString"])
    for used in ("Texts", "Key", "VpcclosedSubnet1"):
        assert f"DataPlatform:ExportsOutput{'FnGetAtt' if used == 'Key' else 'Ref'}{used}" in definition, used
    assert "ml.trn1.32xlarge" in definition


def test_what_is_accepted_for_now_is_kept_with_its_reason(assembly: Path) -> None:
    report = json.loads((assembly / "lean-silicon.json").read_text(encoding="utf-8"))
    assert report["summary"]["errors"] == 0
    [accepted] = [finding for finding in report["findings"] if finding["acknowledged"]]
    assert (accepted["rule"], accepted["resource"]["construct_path"]) == ("SIL002", "DataPlatform/Chat")
    assert "planned for Q2" in accepted["acknowledged"]["reason"]


def test_without_the_acceptance_it_is_refused(root: Path, example: Path, tmp_path: Path) -> None:
    done = cdk_synth(root, example, tmp_path / "cdk.out", "--context", "accept=false")
    assert done.returncode != 0
    assert "Acknowledge with 'LeanSilicon::SIL002'" in done.stdout + done.stderr


def test_nothing_that_was_deployed_changes(example: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(example))
    monkeypatch.setenv("CDK_VALIDATION", "false")
    from data_platform import DataPlatform
    from fine_tuning import FineTuning

    def platform_resources(*, joined: bool) -> dict[str, Any]:
        app = App(analytics_reporting=False)
        region = Environment(region="us-east-1")
        platform = DataPlatform(app, "DataPlatform", env=region)
        if joined:
            FineTuning(app, "FineTuning", platform=platform, env=region)
        resources: dict[str, Any] = app.synth().get_stack_by_name("DataPlatform").template["Resources"]
        return resources

    try:
        assert platform_resources(joined=True) == platform_resources(joined=False)
    finally:
        for module in ("data_platform", "fine_tuning"):
            sys.modules.pop(module, None)

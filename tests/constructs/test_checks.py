"""The plugin inside ``cdk synth``: every stack, the right place, acknowledgments honoured and kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Acknowledgment, App, CfnResource, Environment, NestedStack, Stack, Stage, Validations
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon import LeanSiliconChecks, Policy
from lean_silicon.cli.main import main

US_EAST_1 = Environment(account="111122223333", region="us-east-1")


def gpu_endpoint(scope: Construct, instance_type: str = "ml.p4d.24xlarge") -> sagemaker.CfnEndpointConfig:
    return sagemaker.CfnEndpointConfig(
        scope,
        "Config",
        production_variants=[
            sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                variant_name="main",
                model_name="chat",
                instance_type=instance_type,
                initial_instance_count=1,
                initial_variant_weight=1,
            )
        ],
    )


def new_app(folder: Path, policy: Policy | None = None) -> App:
    app = App(outdir=str(folder / "cdk.out"), analytics_reporting=False)
    Validations.of(app).add_plugins(LeanSiliconChecks(policy))
    return app


def report_of(folder: Path) -> list[dict[str, Any]]:
    report = json.loads((folder / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))
    return [plugin for plugin in report["pluginReports"] if plugin["pluginName"] == "LeanSilicon"]


def violations_of(folder: Path, rule: str) -> list[dict[str, Any]]:
    return [each for plugin in report_of(folder) for each in plugin["violations"] if each["ruleName"] == rule]


def places_of(violations: list[dict[str, Any]]) -> list[str]:
    return [construct["constructPath"] for each in violations for construct in each["violatingConstructs"]]


def test_a_gpu_endpoint_fails_the_synth_with_the_place_the_reason_and_the_fix(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    gpu_endpoint(Stack(app, "Serving", env=US_EAST_1))
    with pytest.raises(RuntimeError, match="SIL002") as failed:
        app.synth()
    assert "ml.inf2.48xlarge" in str(failed.value)
    [violation] = violations_of(tmp_path, "SIL002")
    assert violation["severity"] == "error"
    assert violation["ruleMetadata"]["suggested-instance-type"] == "ml.inf2.48xlarge"
    assert "USD/h" in violation["suggestedFix"]
    [construct] = violation["violatingConstructs"]
    assert construct["constructPath"] == "Serving/Config"
    assert construct["cloudFormationResource"]["propertyPaths"] == ["Properties.ProductionVariants[0].InstanceType"]


def test_nested_stacks_and_stages_are_judged_and_named_by_their_construct_paths(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    gpu_endpoint(NestedStack(Stack(app, "Parent", env=US_EAST_1), "Nested"))
    stage = Stage(app, "Production", env=US_EAST_1)
    gpu_endpoint(NestedStack(Stack(stage, "Parent"), "Nested"))
    with pytest.raises(RuntimeError, match="SIL002"):
        app.synth()
    assert sorted(places_of(violations_of(tmp_path, "SIL002"))) == [
        "Parent/Nested/Config",
        "Production/Parent/Nested/Config",
    ]


def test_what_is_said_alike_of_several_resources_is_one_violation_and_accepted_resource_by_resource(
    tmp_path: Path,
) -> None:
    app = new_app(tmp_path)
    stack = Stack(app, "Serving", env=US_EAST_1)
    for name in ("Chat", "Search", "Mail"):
        gpu_endpoint(Construct(stack, name))
    Validations.of(stack.node.find_child("Search")).acknowledge(
        Acknowledgment(id="LeanSilicon::SIL002", reason="CUDA-only kernels until the port lands")
    )
    with pytest.raises(RuntimeError, match="SIL002") as failed:
        app.synth()
    [violation] = violations_of(tmp_path, "SIL002")
    assert places_of([violation]) == ["Serving/Chat/Config", "Serving/Mail/Config"]
    assert "Serving/Chat/Config" in str(failed.value)
    assert "Serving/Mail/Config" in str(failed.value)
    [report] = report_of(tmp_path)
    accepted = [each for each in report["suppressedViolations"] if each["ruleName"] == "SIL002"]
    assert places_of(accepted) == ["Serving/Search/Config"]


@pytest.mark.parametrize("level", ["construct", "nested", "stack", "stage", "app"])
def test_an_acknowledgment_at_any_level_passes_and_is_kept_for_audit(tmp_path: Path, level: str) -> None:
    app = new_app(tmp_path)
    stage = Stage(app, "Production", env=US_EAST_1)
    stack = Stack(stage, "Parent")
    nested = NestedStack(stack, "Nested")
    config = gpu_endpoint(nested)
    scopes: dict[str, Construct] = {"construct": config, "nested": nested, "stack": stack, "stage": stage, "app": app}
    accepted = Acknowledgment(id="LeanSilicon::SIL002", reason="CUDA-only kernels until Q2")
    Validations.of(scopes[level]).acknowledge(accepted)
    app.synth()
    assert violations_of(tmp_path, "SIL002") == []
    suppressed = [each for plugin in report_of(tmp_path) for each in plugin["suppressedViolations"]]
    assert [(each["ruleName"], each["reason"]) for each in suppressed] == [("SIL002", "CUDA-only kernels until Q2")]
    audit = json.loads((tmp_path / "cdk.out" / "lean-silicon.json").read_text(encoding="utf-8"))
    [finding] = [each for each in audit["findings"] if each["rule"] == "SIL002"]
    assert finding["acknowledged"]["origin"] == "cdk"
    assert finding["resource"]["construct_path"] == "Production/Parent/Nested/Config"
    assert main(["check", str(tmp_path / "cdk.out")]) == 0, "the command line honours what the app acknowledged"


def test_an_acknowledgment_without_a_reason_does_not_pass_in_silence(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    config = gpu_endpoint(Stack(app, "Serving", env=US_EAST_1))
    Validations.of(config).acknowledge(Acknowledgment(id="LeanSilicon::SIL002", reason=" "))
    app.synth()  # the CDK takes any reason
    [told] = violations_of(tmp_path, "not-understood")
    assert "'Serving/Config' acknowledges 'SIL002' without a reason" in told["description"]
    audit = json.loads((tmp_path / "cdk.out" / "lean-silicon.json").read_text(encoding="utf-8"))
    assert audit["summary"]["errors"] == 1


def test_a_region_that_nobody_knows_is_told(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    gpu_endpoint(Stack(app, "Serving", env=Environment(region="us-east-11")))
    app.synth()
    [told] = violations_of(tmp_path, "SIL009")
    assert "'us-east-11' is not in the catalogue" in told["description"]


def test_a_report_of_an_earlier_synth_accepts_nothing(tmp_path: Path) -> None:
    for acknowledges in (True, False):
        app = new_app(tmp_path)
        gpu_endpoint(Stack(app, "Serving", env=US_EAST_1))
        if acknowledges:
            Validations.of(app).acknowledge(Acknowledgment(id="LeanSilicon::SIL002", reason="for a day"))
            app.synth()
        else:
            with pytest.raises(RuntimeError, match="SIL002"):
                app.synth()


def test_an_acknowledgment_in_the_metadata_passes_and_is_kept_in_our_own_report(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    config = gpu_endpoint(Stack(app, "Serving", env=US_EAST_1))
    config.add_metadata("LeanSilicon", {"Acknowledge": [{"Id": "SIL002", "Reason": "CUDA", "Expires": "2099-01-01"}]})
    app.synth()
    audit = json.loads((tmp_path / "cdk.out" / "lean-silicon.json").read_text(encoding="utf-8"))
    assert audit["summary"]["acknowledged"] == 1


def test_a_property_override_is_seen(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    config = gpu_endpoint(Stack(app, "Serving", env=US_EAST_1), "ml.inf2.xlarge")
    config.add_property_override("ProductionVariants.0.InstanceType", "ml.p4d.24xlarge")
    with pytest.raises(RuntimeError, match="SIL002"):
        app.synth()


def test_warnings_do_not_fail_the_synth_and_stand_in_the_report(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    gpu_endpoint(Stack(app, "Serving", env=US_EAST_1), "ml.inf2.xlarge")
    app.synth()
    assert [each["severity"] for each in violations_of(tmp_path, "SIZ003")] == ["warning"]


def test_the_policy_decides_what_runs_and_how_it_counts(tmp_path: Path) -> None:
    app = new_app(tmp_path, Policy("advisory", ignore=("SIZ",)))
    gpu_endpoint(Stack(app, "Serving", env=US_EAST_1))
    app.synth()
    assert [each["severity"] for each in violations_of(tmp_path, "SIL002")] == ["warning"]
    assert violations_of(tmp_path, "SIZ003") == []


def test_checks_on_one_stage_judge_that_stage_only(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    checked, unchecked = (Stage(app, name, env=US_EAST_1) for name in ("Checked", "Unchecked"))
    for stage in (checked, unchecked):
        gpu_endpoint(Stack(stage, "Serving"))
    Validations.of(checked).add_plugins(LeanSiliconChecks(Policy("advisory")))
    app.synth()
    paths = [each["violatingConstructs"][0]["constructPath"] for each in violations_of(tmp_path, "SIL002")]
    assert paths == ["Checked/Serving/Config"]


def test_an_app_without_silicon_passes_and_reports_nothing(tmp_path: Path) -> None:
    app = new_app(tmp_path)
    CfnResource(Stack(app, "Empty"), "Bucket", type="AWS::S3::Bucket")
    app.synth()
    assert report_of(tmp_path) == []


def test_a_defect_of_ours_fails_the_synth_with_a_message_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise KeyError("a defect")

    monkeypatch.setattr("lean_silicon.checks.judge", broken)
    app = new_app(tmp_path)
    gpu_endpoint(Stack(app, "Serving", env=US_EAST_1))
    with pytest.raises(RuntimeError, match="LeanSilicon could not judge the templates: KeyError: 'a defect'"):
        app.synth()


def test_an_estimate_is_left_beside_the_templates_where_one_is_wanted(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path / "cdk.out"), analytics_reporting=False)
    Validations.of(app).add_plugins(LeanSiliconChecks(Policy("advisory"), estimate=True))
    gpu_endpoint(Stack(app, "Serving", env=US_EAST_1))
    app.synth()
    left = json.loads((tmp_path / "cdk.out" / "lean-silicon-estimate.json").read_text(encoding="utf-8"))
    asked_for = tmp_path / "asked.json"
    assert main(["estimate", str(tmp_path / "cdk.out"), "--format", "json", "--output", str(asked_for)]) == 0
    assert left["total"] == json.loads(asked_for.read_text(encoding="utf-8"))["total"]

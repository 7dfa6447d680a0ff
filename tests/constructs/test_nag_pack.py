"""The rules as a cdk-nag pack: the slower way, with the same verdicts on single resources."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from aws_cdk import Acknowledgment, App, CfnResource, Environment, Stack, Validations

from lean_silicon.nag import LeanSiliconNagPack


def stack_with_gpu(folder: Path) -> tuple[App, CfnResource]:
    app = App(outdir=str(folder / "cdk.out"), analytics_reporting=False)
    Validations.of(app).add_plugins(LeanSiliconNagPack())
    stack = Stack(app, "Serving", env=Environment(account="111122223333", region="us-east-1"))
    variant = {
        "VariantName": "a",
        "ModelName": "m",
        "InstanceType": "ml.p4d.24xlarge",
        "InitialInstanceCount": 1,
        "InitialVariantWeight": 1,
    }
    config = CfnResource(
        stack, "Config", type="AWS::SageMaker::EndpointConfig", properties={"ProductionVariants": [variant]}
    )
    CfnResource(stack, "Bucket", type="AWS::S3::Bucket")
    return app, config


def test_a_gpu_endpoint_fails_the_synth(tmp_path: Path) -> None:
    app, _ = stack_with_gpu(tmp_path)
    with pytest.raises(RuntimeError, match="SIL002"):
        app.synth()


def test_an_acknowledgment_passes(tmp_path: Path) -> None:
    app, config = stack_with_gpu(tmp_path)
    Validations.of(config).acknowledge(Acknowledgment(id="LeanSilicon::LeanSilicon-SIL002", reason="CUDA-only kernels"))
    app.synth()
    report = json.loads((tmp_path / "cdk.out" / "validation-report.json").read_text(encoding="utf-8"))
    [plugin] = [each for each in report["pluginReports"] if each["pluginName"] == "LeanSilicon"]
    assert [each["reason"] for each in plugin["suppressedViolations"]] == ["CUDA-only kernels"]

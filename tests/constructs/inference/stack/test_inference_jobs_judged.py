"""Batch transforms, optimizations and monitors pass every judge: our own rules, cdk-nag, CloudFormation's rules, cfn-lint."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import Acknowledgment, Duration, Environment, Stack, Validations
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from judging import (
    cfn_lint_findings,
    cloudformation_findings,
    judged_app,
    nag_report,
    open_findings,
    templates,
    verdict,
)

from lean_silicon.inference import DataCapture, EfficientEndpoint, ServedModel, ServingHardware
from lean_silicon.inference.batch_transform import (
    BatchTransform,
    Split,
    TransformHardware,
    TransformInput,
    TransformTrigger,
)
from lean_silicon.inference.monitoring import (
    BaselineData,
    Bias,
    DataQuality,
    Explainability,
    Facet,
    GroundTruth,
    ModelMonitoring,
    ModelQuality,
    MonitoringService,
    ProblemType,
)
from lean_silicon.inference.optimization import Compilation, ModelOptimization, Quantization, SpeculativeDecoding
from lean_silicon.inference.recipes import Distillation, Pruning, PruningHyperparameters
from lean_silicon.sizing import Precision, Task, Workload
from lean_silicon.training import Channel

pytestmark = pytest.mark.slow

REGIONS = ("us-east-1", "eu-north-1")
CUDA = "The attention kernels are CUDA-only until the port lands"
ENCODER = Workload(
    task=Task.CLASSIFICATION, parameters=66_000_000, precision=Precision.FP32, context_tokens=512, concurrency=8,
    tokens_per_day=20_000_000,
)  # fmt: skip
CHAT = Workload(task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=4)
HEADERS = ["age", "amount", "label", "predicted"]


def jobs(stack: Stack) -> None:
    data = s3.Bucket.from_bucket_name(stack, "Data", "the-data")
    model = ServedModel.from_bucket(data, "m/model.tar.gz")
    rows = TransformInput.s3(data, "open/", content_type="text/csv", split=Split.LINE, batches=True)
    daily = TransformTrigger.schedule(scheduler.ScheduleExpression.rate(Duration.days(1)))
    BatchTransform(stack, "Nightly", model=model, data=rows, workload=ENCODER, trigger=daily)
    arriving = TransformTrigger.object_created()
    gpu = TransformHardware.gpu("ml.g4dn.xlarge", reason=CUDA)
    BatchTransform(stack, "Arriving", model=model, data=rows, workload=ENCODER, hardware=gpu, trigger=arriving)
    files = ServedModel.from_bucket(data, "llama-3.1-8b/")
    neuron = ServingHardware.neuron("ml.inf2.xlarge")
    ModelOptimization(stack, "Compile", model=files, techniques=[Compilation()], target=neuron, workload=CHAT)
    narrow = [Quantization.awq(), SpeculativeDecoding(data, "chats/")]
    ada = ServingHardware.gpu("ml.g6.xlarge", reason=CUDA)
    ModelOptimization(stack, "Quantise", model=files, techniques=narrow, target=ada, workload=CHAT)
    baseline, truth = BaselineData.s3(data, "training/claims.csv"), GroundTruth(data, "truth/")
    endpoint = EfficientEndpoint.from_endpoint_name(stack, "Endpoint", "the-endpoint")
    ModelMonitoring(
        stack,
        "Watching",
        endpoint=endpoint,
        capture=DataCapture(data),
        data_quality=DataQuality(baseline),
        service=MonitoringService.PROCESSING_JOBS,
    )
    ModelMonitoring(
        stack,
        "Monitoring",
        endpoint=endpoint,
        capture=DataCapture(data),
        data_quality=DataQuality(baseline),
        model_quality=ModelQuality(baseline, truth, ProblemType.REGRESSION, "label", prediction="0"),
        bias=Bias(baseline, truth, HEADERS, "label", "predicted", [1], [Facet("age", [40])]),
        explainability=Explainability(
            baseline, "the-model", ServingHardware.graviton("ml.c7g.xlarge"), HEADERS[:3], "label"
        ),
    )


def recipes(stack: Stack) -> None:
    data = s3.Bucket.from_bucket_name(stack, "Data", "the-data")
    texts, neuron = Channel.s3(data, "texts/"), ServingHardware.neuron("ml.inf2.xlarge")
    pruned = Pruning(
        stack,
        "Prune",
        model=ServedModel.from_bucket(data, "qwen2.5-1.5b/"),
        texts=texts,
        hyperparameters=PruningHyperparameters(layers=7, mlp_share=0.25),
        workload=replace(CHAT, model="qwen2.5-1.5b"),
        target=neuron,
    )
    Distillation(
        stack,
        "Distil",
        teacher=ServedModel.from_bucket(data, "qwen2.5-1.5b/"),
        student=pruned.artifact("quarter"),
        texts=texts,
        teacher_workload=replace(CHAT, model="qwen2.5-1.5b"),
        student_workload=replace(CHAT, model="qwen2.5-0.5b"),
        target=neuron,
    )


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An app of all of them in two regions; synthesis fails where our rules or cdk-nag find an error."""
    folder = tmp_path_factory.mktemp("judged") / "cdk.out"
    app = judged_app(folder.parent)
    for region in REGIONS:
        jobs(Stack(app, f"Jobs-{region}", env=Environment(account="111122223333", region=region)))
    recipes(Stack(app, "Recipes", env=Environment(account="111122223333", region=REGIONS[0])))
    access_logs = (
        "These buckets are read by one role; CloudTrail's data events tell who read what, where that is asked for"
    )
    Validations.of(app).acknowledge(Acknowledgment(id="AwsSolutions::AwsSolutions-S1", reason=access_logs))
    app.synth()
    return folder


def test_our_own_rules_find_nothing(assembly: Path) -> None:
    assert open_findings(assembly) == []
    # In each region two transforms, two targets, five baselines, four job definitions, a look and three functions; two recipes in one.
    assert verdict(assembly)["summary"]["uses"] == len(REGIONS) * 17 + 2


def test_cdk_nag_finds_nothing_and_every_wildcard_has_its_reason(assembly: Path) -> None:
    nag = nag_report(assembly)
    assert nag["violations"] == []
    accepted = {each["ruleName"]: each["reason"] for each in nag["suppressedViolations"] if "IAM5" in each["ruleName"]}
    assert len(accepted) > 5
    assert all(len(reason.split()) > 5 for reason in accepted.values())


def test_cloudformation_accepts_the_templates(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []


def test_cfn_lint_finds_nothing_in_either_region(assembly: Path, tmp_path: Path) -> None:
    # The stack of the second region asks for the same resources: it is enough to lint one of them for both.
    for template in templates(assembly):
        if REGIONS[1] not in template.name:
            shutil.copy(template, tmp_path)
    assert len(templates(tmp_path)) == 2
    assert cfn_lint_findings(tmp_path, regions=REGIONS) == []

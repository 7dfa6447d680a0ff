"""What alarms may do by themselves passes every judge, with the least permissions."""

from __future__ import annotations

from pathlib import Path

import pytest
from aws_cdk import Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings
from training_templates import code

from lean_silicon.acceptance import accept
from lean_silicon.eks import AcceleratedCluster, NeuronNodeGroup
from lean_silicon.eks.addons import CloudWatchObservability
from lean_silicon.monitoring import EfficiencyDashboard, ScaleIn, StopRuns
from lean_silicon.sizing import Task, Workload
from lean_silicon.training import TrainiumTrainingJob

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node group that scales itself in and a job that stops itself; synthesis fails where a judge finds an error."""
    folder = tmp_path_factory.mktemp("responses")
    app = judged_app(folder)
    stack = Stack(app, "Responses", env=Environment(region="us-east-2"))
    cluster = AcceleratedCluster(stack, "Cluster")
    CloudWatchObservability(stack, "Observability", cluster=cluster)
    workload = Workload(task=Task.TRAINING, parameters=20_000_000_000, interruptible=False)
    group = NeuronNodeGroup(
        stack, "Trainers", cluster=cluster, instance_type="trn1.32xlarge", maximum=4, workload=workload
    )
    loss = cloudwatch.Metric(namespace="Ours", metric_name="loss", dimensions_map={"Model": "claims"})
    job = TrainiumTrainingJob(stack, "Job", code=code(), metric_definitions={"loss": "loss=([0-9.]+)"})
    dashboard = EfficiencyDashboard(stack, "Efficiency")
    dashboard.monitor_node_group(group, when_idle=[ScaleIn(group)])
    dashboard.monitor_training_job(job, loss=loss, when_stalled=[StopRuns(job)])
    accept(stack, {"S1": "These buckets are read by one role; CloudTrail's data events tell who read what"})
    app.synth()
    return folder / "cdk.out"


def test_our_rules_find_nothing(assembly: Path) -> None:
    assert open_findings(assembly) == []


def test_cdk_nag_finds_nothing_that_is_not_accepted(assembly: Path) -> None:
    assert nag_report(assembly)["violations"] == []


def test_cloudformation_and_cfn_lint_find_nothing(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []
    assert cfn_lint_findings(assembly, regions=("us-east-2",)) == []

"""Our FIT rules pass on our node groups, and fail on what ``aws_eks_v2`` makes of the same types when nothing else is said."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk.lambda_layer_kubectl_v35 import KubectlV35Layer
from judging import verdict

from lean_silicon import LeanSiliconChecks, Task, Workload
from lean_silicon.eks import AcceleratedCluster, GpuNodeGroup, NeuronNodeGroup

TYPES = ("inf2.xlarge", "trn1.32xlarge", "p5.48xlarge", "g5g.xlarge")
WRONG = {
    "inf2.xlarge": {"FIT001"},
    "trn1.32xlarge": {"FIT001", "FIT003"},
    "p5.48xlarge": {"FIT001", "FIT003"},
    "g5g.xlarge": {"FIT001", "FIT002"},
}
"""What is wrong with the CDK's default for each type."""
TRAINING = Workload(task=Task.TRAINING, parameters=20_000_000_000)
REASON = "The kernels of the model are written in CUDA"
US_EAST_1 = Environment(region="us-east-1")


def _app(folder: Path, root: Path) -> App:
    context = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    return App(outdir=str(folder / "cdk.out"), analytics_reporting=False, context=context)


def _fit_findings(app: App) -> dict[str, set[str]]:
    """Rules of the group FIT that found something, by the instance type."""
    Validations.of(app).add_plugins(LeanSiliconChecks())
    with contextlib.suppress(RuntimeError):  # a synth that the rules refuse; the report is written all the same
        app.synth()
    found: dict[str, set[str]] = {name: set() for name in TYPES}
    for each in verdict(Path(app.outdir))["findings"]:
        if each["rule"].startswith("FIT"):
            found.setdefault(each["instance_type"], set()).add(each["rule"])
    return found


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, set[str]]:
    app = _app(tmp_path_factory.mktemp("theirs"), root)
    stack = Stack(app, "Theirs", env=US_EAST_1)
    cluster = eks.Cluster(
        stack,
        "Cluster",
        version=eks.KubernetesVersion.V1_35,
        default_capacity=0,
        default_capacity_type=eks.DefaultCapacityType.NODEGROUP,
        kubectl_provider_options=eks.KubectlProviderOptions(kubectl_layer=KubectlV35Layer(stack, "Kubectl")),
    )
    for position, name in enumerate(TYPES):
        group = cluster.add_nodegroup_capacity(
            f"Nodes{position}", instance_types=[ec2.InstanceType(name)], min_size=0, max_size=4
        )
        resource = group.node.default_child or group.node.find_child("Resource")
        assert isinstance(resource, eks.CfnNodegroup)
        resource.add_metadata("LeanSilicon", {"Workload": TRAINING.to_metadata()})
    return _fit_findings(app)


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory, root: Path) -> dict[str, set[str]]:
    app = _app(tmp_path_factory.mktemp("ours"), root)
    stack = Stack(app, "Ours", env=US_EAST_1)
    cluster = AcceleratedCluster(stack, "Cluster")
    for name in TYPES:
        if name.startswith(("inf", "trn")):
            NeuronNodeGroup(stack, name, cluster=cluster, instance_type=name, maximum=4, workload=TRAINING)
        else:
            GpuNodeGroup(stack, name, cluster=cluster, instance_type=name, maximum=4, workload=TRAINING, reason=REASON)
    return _fit_findings(app)


@pytest.mark.parametrize("name", TYPES)
def test_our_nodes_fit_their_silicon(name: str, ours: dict[str, set[str]]) -> None:
    assert ours[name] == set()


@pytest.mark.parametrize("name", TYPES)
def test_the_cdks_default_does_not_where_it_is_wrong(name: str, theirs: dict[str, set[str]]) -> None:
    assert theirs[name] == WRONG[name]

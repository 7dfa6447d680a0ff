"""A cluster alone, nodes however they are bought, an API that is opened, and people with access, pass every judge."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings, verdict

from lean_silicon.eks import (
    AcceleratedCluster,
    AcceleratedClusterBase,
    AccessLevel,
    Capacity,
    ClusterAccess,
    EndpointAccess,
    GpuNodeGroup,
    NeuronNodeGroup,
    NodeGroupOptions,
)
from lean_silicon.eks.addons import CloudWatchObservability, NeuronDevicePlugin
from lean_silicon.sizing import Precision, Task, Workload

pytestmark = pytest.mark.slow

VIRGINIA = Environment(region="us-east-1")
REASON = "The attention kernels are written in CUDA and nobody has ported them"
TRAINING = Workload(task=Task.TRAINING, parameters=70_000_000_000, precision=Precision.BF16)
TRIED = "What was tried before is recorded with the model, in another account"
OUTSIDE = "Build machines outside of AWS apply manifests to this cluster"


def _bought_in_every_way(stack: Stack) -> None:
    people = iam.Role(stack, "People", assumed_by=iam.AccountRootPrincipal())
    cluster = AcceleratedCluster(
        stack,
        "Cluster",
        endpoint_access=EndpointAccess.public("203.0.113.0/24", reason=OUTSIDE),
        access=[ClusterAccess(people, AccessLevel.EDIT, ("research",))],
    )
    here = NodeGroupOptions(availability_zone=cluster.node_subnets[0].availability_zone)
    block = Capacity.capacity_block("cr-0123456789abcdef0")
    reservation = Capacity.reservation("cr-0123456789abcdef1")
    GpuNodeGroup(
        stack,
        "Block",
        cluster=cluster,
        instance_type="p6-b200.48xlarge",
        maximum=4,
        reason=REASON,
        workload=TRAINING,
        capacity=block,
        options=here,
    )
    tuning = NeuronNodeGroup(
        stack,
        "Reserved",
        cluster=cluster,
        instance_type="trn1.32xlarge",
        maximum=8,
        workload=replace(TRAINING, task=Task.FINE_TUNING),
        capacity=reservation,
        options=here,
    )
    tuning.acknowledge("CUS001", TRIED)
    NeuronNodeGroup(stack, "Spot", cluster=cluster, instance_type="inf2.xlarge", maximum=2, capacity=Capacity.spot())
    NeuronDevicePlugin(stack, "NeuronPlugin", cluster=cluster)
    CloudWatchObservability(stack, "Observability", cluster=cluster, gpus=True)


def _joined_to_an_existing_one(stack: Stack) -> AcceleratedClusterBase:
    existing = eks.Cluster.from_cluster_attributes(
        stack,
        "Existing",
        cluster_name="research",
        cluster_security_group_id="sg-0123456789abcdef0",
        vpc=ec2.Vpc.from_vpc_attributes(
            stack,
            "Network",
            vpc_id="vpc-0123456789abcdef0",
            availability_zones=["us-east-1a", "us-east-1b"],
            private_subnet_ids=["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
        ),
    )
    cluster = AcceleratedCluster.from_cluster(stack, "Research", existing)
    NeuronNodeGroup(stack, "Trainers", cluster=cluster, instance_type="trn1.32xlarge", maximum=4, workload=TRAINING)
    return cluster


@pytest.fixture(scope="module")
def assembly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("judged")
    app: App = judged_app(folder)
    _bought_in_every_way(Stack(app, "Bought", env=VIRGINIA))
    _joined_to_an_existing_one(Stack(app, "Joined", env=VIRGINIA))
    AcceleratedCluster(Stack(app, "Alone", env=VIRGINIA), "Cluster")
    app.synth()
    return folder / "cdk.out"


def test_our_rules_see_all_nodes_and_find_nothing(assembly: Path) -> None:
    assert open_findings(assembly) == []
    assert verdict(assembly)["summary"]["uses"] >= 5


def test_what_is_accepted_of_a_group_stays_in_the_report(assembly: Path) -> None:
    accepted = {each["rule"]: each["acknowledged"] for each in verdict(assembly)["findings"] if each["acknowledged"]}
    assert accepted["CUS001"]["reason"] == TRIED


def test_cdk_nag_finds_nothing_that_is_not_accepted(assembly: Path) -> None:
    assert nag_report(assembly)["violations"] == []


def test_cloudformation_finds_nothing(assembly: Path) -> None:
    assert cloudformation_findings(assembly) == []


def test_cfn_lint_finds_nothing(assembly: Path) -> None:
    assert cfn_lint_findings(assembly) == []

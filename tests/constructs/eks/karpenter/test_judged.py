"""Pools of Auto Mode pass every judge, as all others do; what they must not admit is found where somebody writes it by hand."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Environment, Stack
from eks_pools import CHAT, cluster_in_auto_mode
from judging import (
    cloudformation_findings,
    judged_app,
    nag_report,
    open_findings,
)

from lean_silicon.declaring import Declaration
from lean_silicon.eks import AcceleratedCluster
from lean_silicon.eks.karpenter import AutoModeNodePool, PoolLimits
from lean_silicon.sizing import Task, Workload


def test_a_pool_by_hand_that_admits_gpus_for_inference_is_found(tmp_path: Path) -> None:
    app = judged_app(tmp_path)
    stack = Stack(app, "ByHand", env=Environment(region="us-east-2"))
    requirements = [{"key": "karpenter.k8s.aws/instance-category", "operator": "In", "values": ["g", "p"]}]
    reference = {"group": "karpenter.k8s.aws", "kind": "EC2NodeClass", "name": "any"}
    made = AcceleratedCluster(stack, "Cluster").add_manifest(
        "Wide",
        {
            "apiVersion": "karpenter.sh/v1",
            "kind": "NodePool",
            "metadata": {"name": "wide"},
            "spec": {"template": {"spec": {"nodeClassRef": reference, "requirements": requirements}}},
        },
    )
    resource = made.node.find_child("Resource").node.default_child
    Declaration(resource, workload=Workload(task=Task.INFERENCE))  # type: ignore[arg-type]
    app.synth()
    found = dict(open_findings(tmp_path / "cdk.out"))
    assert "SIL002" in found["SIL010"]


def test_a_pool_of_auto_mode_passes_every_judge(tmp_path: Path) -> None:
    app = judged_app(tmp_path)
    stack = Stack(app, "Auto", env=Environment(region="us-east-2"))
    AutoModeNodePool(
        stack, "Chat", cluster=cluster_in_auto_mode(stack), workload=CHAT, limits=PoolLimits(accelerators=12)
    )
    app.synth()
    assembly = tmp_path / "cdk.out"
    assert open_findings(assembly) == []
    assert nag_report(assembly)["violations"] == []
    assert cloudformation_findings(assembly) == []

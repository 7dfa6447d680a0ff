"""Add-ons, pools, serving and training pass every judge."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Stack
from eks_pools import CHAT
from eks_workloads import Working
from judging import cfn_lint_findings, cloudformation_findings, judged_app, nag_report, open_findings, verdict

from lean_silicon.eks import AcceleratedCluster
from lean_silicon.eks.addons import CloudWatchObservability, EfaDevicePlugin
from lean_silicon.eks.karpenter import EfficientNodePool, Karpenter, PoolLimits
from lean_silicon.eks.workloads import VllmNeuronDeployment


def test_our_rules_see_every_pool_and_pod_and_find_nothing(working: Working) -> None:
    assert open_findings(working.assembly) == []
    assert verdict(working.assembly)["summary"]["uses"] >= 10


def test_cdk_nag_finds_nothing_that_is_not_accepted_with_a_reason(working: Working) -> None:
    report = nag_report(working.assembly)
    assert report["violations"] == []
    assert all(len(each["reason"]) > 30 for each in report["suppressedViolations"])


def test_cloudformation_and_cfn_lint_find_nothing(working: Working) -> None:
    assert cloudformation_findings(working.assembly) == []
    assert cfn_lint_findings(working.assembly, regions=("us-east-2",)) == []


def test_a_stack_without_a_region_passes_every_judge_too(tmp_path: Path) -> None:
    app = judged_app(tmp_path)
    stack = Stack(app, "Anywhere")
    cluster = AcceleratedCluster(stack, "Cluster")
    CloudWatchObservability(stack, "Observability", cluster=cluster)
    EfaDevicePlugin(stack, "Efa", cluster=cluster)
    karpenter = Karpenter(stack, "Karpenter", cluster=cluster)
    pool = EfficientNodePool(stack, "Chat", karpenter=karpenter, workload=CHAT, limits=PoolLimits(accelerators=12))
    VllmNeuronDeployment(stack, "Llama", cluster=cluster, nodes=pool, model="meta-llama/Llama-3.1-8B-Instruct")
    app.synth()
    assembly = tmp_path / "cdk.out"
    assert open_findings(assembly) == []
    assert nag_report(assembly)["violations"] == []
    assert cloudformation_findings(assembly) == []
    assert pool.footprint().carbon is None

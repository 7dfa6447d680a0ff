"""Training jobs as Kubernetes gets them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk.assertions import Match, Template
from constructs import Construct
from eks_documents import of_kind
from eks_pools import CHAT, TRAINING
from eks_workloads import TRAINING_IMAGE, Working

from lean_silicon.eks import AcceleratedCluster, NeuronNodeGroup, NodeGroupOptions
from lean_silicon.eks.karpenter import EfficientNodePool, Karpenter, PoolLimits
from lean_silicon.eks.workloads import TorchrunTrainingJob, TrainingOptions
from lean_silicon.evidence import EvaluationRecord, Rung
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Task, Workload


def job(working: Working, name: str) -> dict[str, Any]:
    [found] = [each for each in of_kind(working.stack, "Job") if each["metadata"]["name"] == name]
    return dict(found["spec"])


def trainer(working: Working, name: str) -> dict[str, Any]:
    [found] = job(working, name)["template"]["spec"]["containers"]
    return dict(found)


def test_a_worker_has_a_whole_machine_with_its_devices_and_fabric(working: Working) -> None:
    resources = trainer(working, working.on_pool.name)["resources"]
    assert resources["limits"] == {"aws.amazon.com/neuron": "16", "vpc.amazonaws.com/efa": "8"}
    assert resources["requests"]["cpu"] == "127"


def test_huge_pages_are_asked_for_where_the_machines_are_not_karpenters(working: Working) -> None:
    """Karpenter does not know of them, and would never start a machine for such a pod."""
    assert trainer(working, working.on_group.name)["resources"]["limits"]["hugepages-2Mi"] == "5120Mi"
    assert "hugepages-2Mi" not in trainer(working, working.on_pool.name)["resources"]["limits"]


def test_every_core_has_a_process_and_workers_know_their_rank_and_the_first_of_them(working: Working) -> None:
    name = working.on_pool.name
    command = trainer(working, name)["command"]
    assert command[:4] == ["torchrun", "--nnodes=4", "--nproc-per-node=32", "--node-rank=$(JOB_COMPLETION_INDEX)"]
    assert f"--rdzv-endpoint={name}-0.{name}.default.svc:29400" in command
    # The dynamic rendezvous ignores --node-rank and deals ranks out itself (torch.distributed.run, config_from_args)
    assert "--rdzv-backend=static" in command
    assert "--rdzv-conf=timeout=3600" in command
    assert command[-3:] == ["train.py", "--epochs", "3"]
    assert working.on_pool.processes == 128


def test_a_service_without_an_address_names_the_workers(working: Working) -> None:
    name = working.on_pool.name
    [service] = [each for each in of_kind(working.stack, "Service") if each["metadata"]["name"] == name]
    assert (service["spec"]["clusterIP"], service["spec"]["publishNotReadyAddresses"]) == ("None", True)
    assert job(working, name)["template"]["spec"]["subdomain"] == name
    assert service["spec"]["selector"] == job(working, name)["template"]["metadata"]["labels"]


def test_a_job_ends_and_is_not_moved_to_save_money(working: Working) -> None:
    spec = job(working, working.on_pool.name)
    assert spec["activeDeadlineSeconds"] == 12 * 3600
    assert (spec["completionMode"], spec["completions"], spec["parallelism"]) == ("Indexed", 4, 4)
    assert spec["template"]["metadata"]["annotations"]["karpenter.sh/do-not-disrupt"] == "true"


@pytest.fixture(scope="module")
def cluster() -> AcceleratedCluster:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-2"))
    return AcceleratedCluster(stack, "Cluster")


def train(cluster: AcceleratedCluster, instance_type: str = "trn1.32xlarge", **changes: Any) -> TorchrunTrainingJob:
    scope = Construct(Stack.of(cluster), f"Try{len(Stack.of(cluster).node.children)}")
    nodes = changes.pop("nodes", None) or NeuronNodeGroup(
        scope,
        "Nodes",
        cluster=cluster,
        instance_type=instance_type,
        maximum=4,
        workload=changes.pop("workload", TRAINING),
        options=changes.pop("group_options", None),
    )
    if "named" in changes:
        changes["instance_type"] = changes.pop("named")
    settings = {"image": TRAINING_IMAGE, "command": ["train.py"], "time_limit": Duration.hours(1), **changes}
    return TorchrunTrainingJob(scope, scope.node.id, cluster=cluster, nodes=nodes, **settings)


def test_a_job_with_other_settings_has_another_name() -> None:
    names = []
    for argument in ("--a", "--a", "--b"):
        stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-2"))
        made = train(AcceleratedCluster(stack, "Cluster"), command=["train.py", argument], name="same")
        names.append(made.name)
    assert names[0] == names[1] != names[2]
    assert all(name.startswith("same-") for name in names)


def test_evidence_and_acknowledgments_stand_where_the_rules_read_them() -> None:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-2"))
    made = train(AcceleratedCluster(stack, "Cluster"))
    made.add_evidence(EvaluationRecord(Rung.RAG, "s3://bucket/rag.json", 0.71, 0.85, date(2026, 10, 1)))
    made.acknowledge("UTL004", "the reservation is paid for whether it is used or not")
    Template.from_stack(stack).has_resource(
        "Custom::AWSCDK-EKS-KubernetesResource",
        {"Metadata": {"LeanSilicon": Match.object_like({"Evidence": [Match.object_like({"Rung": "rag"})]})}},
    )


def test_one_worker_asks_for_no_fabric(cluster: AcceleratedCluster) -> None:
    small = Workload(task=Task.PEFT, parameters=1_000_000_000, precision=CHAT.precision, interruptible=True)
    made = train(cluster, "trn1.2xlarge", workload=small)
    [spec] = [each for each in of_kind(Stack.of(cluster), "Job") if each["metadata"]["name"] == made.name]
    [container] = spec["spec"]["template"]["spec"]["containers"]
    assert container["resources"]["limits"] == {"aws.amazon.com/neuron": "1"}
    assert container["env"] == []


def test_more_workers_than_the_group_ever_has_are_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(
        InvalidValueError, match=r"workers is 5, each with 16 accelerators, .* maximum leaves room for 4"
    ):
        train(cluster, workers=5)


def test_nodes_of_another_cluster_are_refused(cluster: AcceleratedCluster) -> None:
    other = AcceleratedCluster(Stack.of(cluster), "Other")
    nodes = NeuronNodeGroup(other, "Nodes", cluster=other, instance_type="trn1.32xlarge", maximum=4, workload=TRAINING)
    with pytest.raises(InvalidValueError, match="Test/Other/Nodes belong to Test/Other, and the work to Test/Cluster"):
        train(cluster, nodes=nodes)


def test_several_workers_without_efa_are_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"trn1\.2xlarge has no EFA, over which 2 workers"):
        train(cluster, "trn1.2xlarge", workers=2)


def test_several_workers_on_a_group_that_attaches_no_efa_are_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"attaches no EFA; give it NodeGroupOptions\(efa=True\)"):
        train(cluster, workers=2, group_options=NodeGroupOptions(efa=False))


def test_a_run_that_the_machines_do_not_hold_is_refused_with_the_numbers(cluster: AcceleratedCluster) -> None:
    huge = replace(TRAINING, parameters=400_000_000_000)
    with pytest.raises(InvalidValueError, match=r"does for 2 workers.*does not fit.*Give more workers"):
        train(cluster, workload=huge, workers=2)


def test_a_type_that_the_nodes_are_not_is_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"instance_type is trn2\.48xlarge, and the nodes are trn1\.32xlarge"):
        train(cluster, named="trn2.48xlarge")


@pytest.mark.parametrize(("changes", "said"), [({"workers": 0}, "workers is 0"), ({"command": []}, "command is empty")])
def test_a_job_of_nothing_is_refused(cluster: AcceleratedCluster, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        train(cluster, **changes)


def test_nodes_without_accelerators_are_refused(cluster: AcceleratedCluster) -> None:
    karpenter = Karpenter(Stack.of(cluster), "Karpenter", cluster=cluster)
    pool = EfficientNodePool(
        Stack.of(cluster),
        "Data",
        karpenter=karpenter,
        workload=Workload(task=Task.PROCESSING),
        limits=PoolLimits(vcpus=64),
    )
    with pytest.raises(InvalidValueError, match="the nodes have no accelerators"):
        train(cluster, nodes=pool)


@pytest.mark.parametrize("name", ["attempts", "restarts"])
def test_fewer_than_no_attempts_are_refused(name: str) -> None:
    wrong: dict[str, Any] = {name: -1}
    with pytest.raises(InvalidValueError, match=f"{name} is -1"):
        TrainingOptions(**wrong)

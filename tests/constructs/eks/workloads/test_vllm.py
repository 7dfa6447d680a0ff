"""vLLM on Neuron as Kubernetes gets it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import kubernetes_validate
import pytest
from aws_cdk import App, Duration, Environment, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk.assertions import Template
from constructs import Construct
from eks_documents import check_manifest, manifests, of_kind
from eks_pools import CHAT
from eks_workloads import MODEL, Working

from lean_silicon.catalog import load_catalog
from lean_silicon.eks import AcceleratedCluster, GpuNodeGroup, NeuronNodeGroup
from lean_silicon.eks.addons import Keda
from lean_silicon.eks.karpenter import EfficientNodePool, Karpenter, PoolLimits
from lean_silicon.eks.workloads import ScaleToZero, ServingOptions, VllmNeuronDeployment
from lean_silicon.eks.workloads.replica import plan_replica
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload


def deployment(working: Working, name: str) -> dict[str, Any]:
    [found] = [each for each in of_kind(working.stack, "Deployment") if each["metadata"]["name"] == name]
    return dict(found["spec"])


def container(working: Working, name: str) -> dict[str, Any]:
    [found] = deployment(working, name)["template"]["spec"]["containers"]
    return dict(found)


def argument(working: Working, name: str, option: str) -> str:
    arguments = container(working, name)["command"]
    return str(arguments[arguments.index(option) + 1])


def test_every_object_is_valid_where_it_is_read(working: Working) -> None:
    found = manifests(working.stack)
    assert {"Deployment", "Service", "PodDisruptionBudget", "ScaledObject", "TriggerAuthentication", "Job"} <= {
        each["kind"] for each in found
    }
    for manifest in found:
        check_manifest(manifest)


def test_the_schema_refuses_what_kubernetes_does_not_know(working: Working) -> None:
    [service, *_] = of_kind(working.stack, "Service")
    with pytest.raises(kubernetes_validate.ValidationError):
        check_manifest({**service, "spec": {**service["spec"], "target": "http"}})


def test_a_replica_asks_for_the_devices_that_hold_it_and_its_share_of_the_machine(working: Working) -> None:
    resources = container(working, "chat")["resources"]
    assert resources["limits"] == {"aws.amazon.com/neuron": "1"}
    assert resources["requests"]["aws.amazon.com/neuron"] == "1"
    # Of six devices, 96 vCPUs and 384 GiB (inf2.24xlarge) and twelve of 192 and 768 (inf2.48xlarge) alike
    assert (resources["requests"]["cpu"], resources["requests"]["memory"]) == ("15", "54Gi")


def test_requests_at_once_are_shared_by_the_replicas_and_compiled_in(working: Working) -> None:
    assert (working.chat.replica.requests, working.queued.replica.requests) == (4, 8)
    assert argument(working, "chat", "--max-num-seqs") == argument(working, "chat", "--num-gpu-blocks-override") == "4"
    assert argument(working, "chat", "--max-model-len") == "8192"
    assert argument(working, "chat", "--tensor-parallel-size") == "2"


def test_other_settings_have_a_folder_of_compiled_artifacts_of_their_own(working: Working) -> None:
    folders = {
        variable["value"]
        for name in ("chat", "queued")
        for variable in container(working, name)["env"]
        if variable["name"] == "NEURON_COMPILED_ARTIFACTS"
    }
    assert len(folders) == 2


def test_nothing_is_asked_of_a_replica_before_it_is_compiled(working: Working) -> None:
    probe = container(working, "chat")["startupProbe"]
    assert probe["failureThreshold"] * probe["periodSeconds"] == 90 * 60
    assert deployment(working, "chat")["progressDeadlineSeconds"] > 90 * 60


def test_pods_go_to_the_pool_on_machines_whose_host_memory_takes_the_weights(working: Working) -> None:
    pod = deployment(working, "chat")["template"]["spec"]
    [term] = pod["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    [types] = term["matchExpressions"]
    assert types["values"] == list(working.chat.instance_types)
    assert "inf2.xlarge" not in types["values"]
    assert pod["nodeSelector"] == {"karpenter.sh/nodepool": "chat"}
    assert pod["tolerations"] == [{"key": "aws.amazon.com/neuron", "operator": "Exists", "effect": "NoSchedule"}]


def test_the_service_is_where_the_url_says(working: Working) -> None:
    assert working.chat.url == "http://chat.default.svc/v1"
    [service] = [each for each in of_kind(working.stack, "Service") if each["metadata"]["name"] == "chat"]
    assert service["spec"]["selector"] == deployment(working, "chat")["selector"]["matchLabels"]


def test_a_deployment_that_scales_is_none_while_nothing_waits(working: Working) -> None:
    assert "replicas" not in deployment(working, "queued")
    assert deployment(working, "chat")["replicas"] == 2
    [scaled] = of_kind(working.stack, "ScaledObject")
    assert (scaled["spec"]["minReplicaCount"], scaled["spec"]["maxReplicaCount"]) == (0, 4)
    [trigger] = scaled["spec"]["triggers"]
    assert (trigger["type"], trigger["metadata"]["queueLength"]) == ("aws-sqs-queue", "8")


def test_keda_may_look_at_the_queue_and_nothing_else(working: Working) -> None:
    [statements] = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for name, each in Template.from_stack(working.stack).find_resources("AWS::IAM::Policy").items()
        if "KedaRole" in name
    ]
    assert [each["Action"] for each in statements] == ["sqs:GetQueueAttributes"]


def test_weights_artifacts_and_tokens_come_from_where_the_options_say(working: Working) -> None:
    pod = deployment(working, "queued")["template"]["spec"]
    claims = {each["name"]: each.get("persistentVolumeClaim") for each in pod["volumes"]}
    assert claims["models"] == {"claimName": "models", "readOnly": True}
    assert claims["artifacts"] == {"claimName": "artifacts"}
    [token] = [each for each in container(working, "queued")["env"] if each["name"] == "HF_TOKEN"]
    assert token["valueFrom"]["secretKeyRef"] == {"name": "hub", "key": "token"}


@pytest.fixture(scope="module")
def cluster() -> AcceleratedCluster:
    stack = Stack(App(analytics_reporting=False), "Test", env=Environment(region="us-east-2"))
    return AcceleratedCluster(stack, "Cluster")


def serve(cluster: AcceleratedCluster, instance_type: str, **changes: Any) -> VllmNeuronDeployment:
    scope = Construct(Stack.of(cluster), f"Try{len(Stack.of(cluster).node.children)}")
    workload = changes.pop("workload", CHAT)
    nodes = NeuronNodeGroup(scope, "Nodes", cluster=cluster, instance_type=instance_type, maximum=1, workload=workload)
    return VllmNeuronDeployment(scope, scope.node.id, cluster=cluster, nodes=nodes, model=MODEL, **changes)


def test_a_tensor_parallel_degree_that_leaves_devices_idle_is_refused_with_those_that_do_not(
    cluster: AcceleratedCluster,
) -> None:
    with pytest.raises(InvalidValueError, match=r"degree is 8, which takes 4.*inf2\.24xlarge has 6.*Use 2 or 4"):
        serve(cluster, "inf2.24xlarge", tensor_parallel=8)


def test_a_tensor_parallel_degree_that_the_software_does_not_know_is_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match="must be one of 1, 2, 4, 8, 24"):
        serve(cluster, "inf2.48xlarge", tensor_parallel=6)


def test_a_model_that_no_machine_holds_is_refused_with_the_numbers(cluster: AcceleratedCluster) -> None:
    huge = replace(CHAT, model=None, parameters=70_000_000_000)
    with pytest.raises(InvalidValueError, match=r"no machine of these nodes holds a replica.*32\.0 GiB"):
        serve(cluster, "inf2.8xlarge", workload=huge)


def test_a_host_without_the_memory_to_load_the_weights_is_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"inf2\.xlarge: its 16 GiB of host memory"):
        serve(cluster, "inf2.xlarge")


def test_what_is_compiled_into_the_model_must_be_declared(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match="context_tokens and concurrency"):
        serve(cluster, "inf2.8xlarge", workload=Workload(task=CHAT.task, parameters=8_000_000_000))


def test_inferentia_of_the_first_generation_is_refused() -> None:
    first = load_catalog().find("inf1.xlarge")
    assert first is not None
    with pytest.raises(InvalidValueError, match="vLLM does not run on Inferentia; use Inferentia2"):
        plan_replica(CHAT, (first,), replicas=1, degree=None)


def test_gpus_are_refused(cluster: AcceleratedCluster) -> None:
    scope = Construct(Stack.of(cluster), "Gpus")
    nodes = GpuNodeGroup(
        scope, "Nodes", cluster=cluster, instance_type="g6e.xlarge", maximum=1, reason="kernels for CUDA only"
    )
    with pytest.raises(InvalidValueError, match=r"g6e\.xlarge, which have no Neuron devices"):
        VllmNeuronDeployment(scope, "Gpus", cluster=cluster, nodes=nodes, model=MODEL, workload=CHAT)


def test_no_replica_is_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match="replicas is 0"):
        serve(cluster, "inf2.8xlarge", replicas=0)


def test_a_name_that_is_none_of_a_service_is_refused(cluster: AcceleratedCluster) -> None:
    with pytest.raises(InvalidValueError, match=r"'8b'.*begin with a letter"):
        serve(cluster, "inf2.8xlarge", name="8b")


def test_no_time_to_start_is_refused() -> None:
    with pytest.raises(InvalidValueError, match="give five minutes or more"):
        ServingOptions(startup=Duration.minutes(1))


def test_a_pool_of_another_cluster_is_refused(cluster: AcceleratedCluster) -> None:
    other = AcceleratedCluster(Stack(App(analytics_reporting=False), "Other", env=Environment(region="us-east-2")), "C")
    karpenter = Karpenter(Stack.of(other), "Karpenter", cluster=other)
    pool = EfficientNodePool(
        Stack.of(other), "Pool", karpenter=karpenter, workload=CHAT, limits=PoolLimits(accelerators=12)
    )
    with pytest.raises(InvalidValueError, match="give both the same cluster"):
        VllmNeuronDeployment(Stack.of(cluster), "Chat", cluster=cluster, nodes=pool, model=MODEL)


def test_a_deployment_scales_by_a_metric_too() -> None:
    stack = Stack(App(analytics_reporting=False), "Scaled", env=Environment(region="us-east-2"))
    cluster = AcceleratedCluster(stack, "Cluster")
    keda = Keda(stack, "Keda", cluster=cluster)
    nodes = NeuronNodeGroup(stack, "Nodes", cluster=cluster, instance_type="inf2.8xlarge", maximum=2, workload=CHAT)
    metric = cloudwatch.Metric(
        namespace="AWS/ApplicationELB",
        metric_name="RequestCount",
        dimensions_map={"LoadBalancer": "app/chat/1"},
        statistic="Sum",
        period=Duration.minutes(1),
    )
    VllmNeuronDeployment(
        stack,
        "Chat",
        cluster=cluster,
        nodes=nodes,
        model=MODEL,
        scaling=ScaleToZero.on_metric(keda, metric, most=2, each=60),
    )
    [scaled] = of_kind(stack, "ScaledObject")
    check_manifest(scaled)
    [trigger] = scaled["spec"]["triggers"]
    assert trigger["metadata"]["dimensionName"] == "LoadBalancer"
    assert (trigger["metadata"]["metricStatPeriod"], trigger["metadata"]["targetMetricValue"]) == ("60", "60")


@pytest.mark.parametrize(("most", "each"), [(0, 8), (4, 0)])
def test_scaling_by_nothing_is_refused(working: Working, most: int, each: int) -> None:
    with pytest.raises(InvalidValueError, match="must be a positive number"):
        ScaleToZero(working.keda, most, each)

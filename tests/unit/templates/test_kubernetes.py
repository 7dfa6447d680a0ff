"""Silicon in Kubernetes manifests and Helm values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from silicon_found import PROD, STAGE, found, found_in, only, resource

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task
from lean_silicon.templates import SiliconUse, read_app, silicon_uses

MANIFEST = "Custom::AWSCDK-EKS-KubernetesResource"
CHART = "Custom::AWSCDK-EKS-HelmChart"
TYPE_LABEL = "node.kubernetes.io/instance-type"


def manifest(*objects: Any) -> dict[str, Any]:
    return {"Manifest": json.dumps(objects)}


def pod(kind: str = "Deployment", name: str = "llm", **specification: Any) -> dict[str, Any]:
    inner = {"containers": [{"name": "a"}], **specification}
    return {"kind": kind, "metadata": {"name": name}, "spec": {"template": {"spec": inner}}}


def asking(**devices: Any) -> list[dict[str, Any]]:
    return [{"name": "a", "resources": {"limits": {key.replace("__", "/"): value for key, value in devices.items()}}}]


def pool(*requirements: Any, kind: str = "NodePool", labels: Any = None) -> dict[str, Any]:
    template = {"metadata": {"labels": labels or {}}, "spec": {"requirements": list(requirements)}}
    specification = {"template": template} if kind == "NodePool" else {"requirements": list(requirements)}
    return {"apiVersion": "karpenter.sh/v1", "kind": kind, "metadata": {"name": "gpu"}, "spec": specification}


def one_of(key: str, *values: str, operator: str = "In") -> dict[str, Any]:
    return {"key": key, "operator": operator, "values": list(values)}


def admitted(use: SiliconUse) -> set[str]:
    assert use.selection is not None
    return set(use.selection.admitted)


def test_a_pod_that_names_its_machine_is_a_use_of_that_type() -> None:
    use = only(MANIFEST, manifest({"kind": "ConfigMap"}, pod(nodeSelector={TYPE_LABEL: "inf2.xlarge"})))
    assert (use.instance_type, use.component, use.purpose) == ("inf2.xlarge", Component.EKS, None)
    assert use.property_path == f'Properties.Manifest[1].spec.template.spec.nodeSelector["{TYPE_LABEL}"]'


@pytest.mark.parametrize(
    "object_with_a_pod",
    [
        {"kind": "Pod", "spec": {"containers": [], "nodeSelector": {TYPE_LABEL: "g5.xlarge"}}},
        pod("Job", nodeSelector={"beta.kubernetes.io/instance-type": "g5.xlarge"}),
        {"kind": "CronJob", "spec": {"jobTemplate": pod("Job", nodeSelector={TYPE_LABEL: "g5.xlarge"})}},
        {
            "apiVersion": "kubeflow.org/v1",
            "kind": "PyTorchJob",
            "spec": {"pytorchReplicaSpecs": {"Worker": pod(nodeSelector={TYPE_LABEL: "g5.xlarge"})["spec"]}},
        },
        {"kind": "List", "items": [pod(nodeSelector={TYPE_LABEL: "g5.xlarge"})]},
    ],
)
def test_a_pod_is_found_in_whatever_object_holds_it(object_with_a_pod: dict[str, Any]) -> None:
    assert only(MANIFEST, manifest(object_with_a_pod)).instance_type == "g5.xlarge"


def test_a_manifest_with_functions_between_its_pieces_is_put_together() -> None:
    text = json.dumps([pod(nodeSelector={TYPE_LABEL: "TYPE"}, serviceAccountName="ACCOUNT")])
    before, _, rest = text.partition("TYPE")
    middle, _, after = rest.partition("ACCOUNT")
    pieces = [before, {"Fn::If": ["Prod", "p5.48xlarge", "g5.xlarge"]}, middle, {"Ref": "Account"}, after]
    properties = {"Manifest": {"Fn::Join": ["", pieces]}}
    uses = found_in(MANIFEST, properties, Conditions=PROD, Parameters=STAGE)
    assert [(use.instance_type, use.conditions) for use in uses] == [
        ("p5.48xlarge", (("Prod", True),)),
        ("g5.xlarge", (("Prod", False),)),
    ]


@pytest.mark.parametrize(
    ("devices", "includes", "excludes"),
    [
        ({"nvidia.com__gpu": 8}, {"p4d.24xlarge", "g5.48xlarge"}, {"g5.xlarge", "trn1.32xlarge"}),
        ({"nvidia.com__gpu": "1"}, {"g5.xlarge"}, {"inf2.xlarge", "m7g.large"}),
        ({"aws.amazon.com__neuron": 1}, {"inf2.xlarge", "trn1.2xlarge"}, {"g5.xlarge"}),
        ({"aws.amazon.com__neuroncore": 4}, {"inf1.xlarge", "inf2.24xlarge"}, {"inf2.xlarge", "trn1.2xlarge"}),
    ],
)
def test_a_pod_that_asks_for_devices_admits_the_types_that_have_them(
    devices: dict[str, Any], includes: set[str], excludes: set[str]
) -> None:
    types = admitted(only(MANIFEST, manifest(pod(containers=asking(**devices)))))
    assert includes <= types
    assert not excludes & types


def test_the_devices_of_all_containers_are_added() -> None:
    containers = [*asking(**{"nvidia.com__gpu": 4}), *asking(**{"nvidia.com__gpu": 4})]
    types = admitted(only(MANIFEST, manifest(pod(containers=containers))))
    assert "g5.48xlarge" in types
    assert "g5.12xlarge" not in types


def test_required_affinity_restricts_and_lists_of_names_are_taken_as_they_are_written() -> None:
    def affine(*expressions: Any) -> dict[str, Any]:
        terms = [{"matchExpressions": [expression]} for expression in expressions]
        required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
        return pod(affinity={"nodeAffinity": required})

    named = only(MANIFEST, manifest(affine(one_of(TYPE_LABEL, "g5.xlarge", "no.such"))))
    assert named.selection is not None
    assert named.selection.admitted == ("g5.xlarge", "no.such")
    family = one_of("karpenter.k8s.aws/instance-family", "inf2")
    either = admitted(only(MANIFEST, manifest(affine(family, one_of("karpenter.k8s.aws/instance-gpu-name", "l4")))))
    assert {"inf2.xlarge", "g6.xlarge"} <= either
    assert "g5.xlarge" not in either


@pytest.mark.parametrize(
    "silent",
    [
        pod(),
        pod(nodeSelector={"kubernetes.io/arch": "arm64", "team": "a"}),
        pod(containers=asking(cpu=1, **{"nvidia.com__gpu": 0})),
        pod("DaemonSet", nodeSelector={TYPE_LABEL: "g5.xlarge"}),
        {"apiVersion": "karpenter.k8s.aws/v1", "kind": "EC2NodeClass", "spec": {"amiFamily": "AL2023"}},
        {"kind": "Service", "spec": {"ports": []}},
        {},
    ],
)
def test_what_asks_for_no_machine_is_no_use(silent: dict[str, Any]) -> None:
    assert found_in(MANIFEST, manifest(silent)) == []


@pytest.mark.parametrize(
    ("specification", "sentence"),
    [
        ({"containers": asking(**{"nvidia.com__gpu": "many"})}, 'is the text "many", where a number is expected'),
        ({"containers": asking(**{"nvidia.com__gpu": {"a": 1}})}, "is an object, where a number is expected"),
        ({"nodeSelector": "g5.xlarge"}, "where an object is expected"),
        ({"nodeSelector": {TYPE_LABEL: 7}}, "is the number 7, where a text is expected"),
    ],
)
def test_a_demand_that_cannot_be_read_is_unknown(specification: dict[str, Any], sentence: str) -> None:
    assert sentence in str(only(MANIFEST, manifest(pod(**specification))).unknown)


def test_a_label_that_cannot_be_resolved_is_unknown() -> None:
    text = json.dumps([pod(nodeSelector={"karpenter.k8s.aws/instance-family": "${Stage}"})])
    use = only(MANIFEST, {"Manifest": {"Fn::Sub": text}}, Parameters=STAGE)
    assert "parameter Stage has no default" in str(use.unknown)


def test_a_selector_by_family_is_a_selection() -> None:
    use = only(MANIFEST, manifest(pod(nodeSelector={"karpenter.k8s.aws/instance-family": "g5", "team": "a"})))
    assert {name.partition(".")[0] for name in admitted(use)} == {"g5"}
    assert use.property_path == "Properties.Manifest[0].spec.template.spec.nodeSelector"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("[{", "is not valid JSON"),
        ("[7]", "is the number 7, where a manifest is expected"),
        ({"Ref": "Stage"}, "parameter Stage has no default"),
    ],
)
def test_a_manifest_that_cannot_be_read_is_unknown(document: Any, sentence: str) -> None:
    assert sentence in str(only(MANIFEST, {"Manifest": document}, Parameters=STAGE).unknown)


def test_a_node_pool_is_a_selection_and_may_be_interruptible() -> None:
    requirements = [
        one_of("karpenter.k8s.aws/instance-category", "g", "p"),
        one_of("karpenter.k8s.aws/instance-generation", "5", operator="Gt"),
        one_of("karpenter.sh/capacity-type", "spot", "on-demand"),
        one_of("topology.kubernetes.io/zone", "us-east-1a"),
    ]
    use = only(MANIFEST, manifest(pool(*requirements)))
    assert {"g6.xlarge"} <= admitted(use)
    assert not {"g5.xlarge", "m7g.large"} & admitted(use)
    assert use.spot is True
    assert use.selection is not None
    assert use.selection.requirements["karpenter.k8s.aws/instance-category"] == {"operator": "In", "values": ["g", "p"]}


@pytest.mark.parametrize(
    ("requirement", "includes", "excludes"),
    [
        (one_of(TYPE_LABEL, "g5.xlarge"), "g5.xlarge", "g5.2xlarge"),
        (one_of("kubernetes.io/arch", "arm64"), "m7g.large", "m7i.large"),
        (one_of("karpenter.k8s.aws/instance-family", "m7g", operator="NotIn"), "m7i.large", "m7g.large"),
        (one_of("karpenter.k8s.aws/instance-gpu-count", operator="Exists"), "g5.xlarge", "inf2.xlarge"),
        (one_of("karpenter.k8s.aws/instance-gpu-count", operator="DoesNotExist"), "inf2.xlarge", "g5.xlarge"),
        (one_of("karpenter.k8s.aws/instance-gpu-name", "a10g"), "g5.xlarge", "g6.xlarge"),
        (one_of("karpenter.k8s.aws/instance-gpu-manufacturer", "nvidia"), "g5.xlarge", "g4ad.xlarge"),
        (one_of("karpenter.k8s.aws/instance-gpu-memory", "30000", operator="Gt"), "g6e.xlarge", "g5.xlarge"),
        (one_of("karpenter.k8s.aws/instance-accelerator-name", "inferentia2"), "inf2.xlarge", "inf1.xlarge"),
        (one_of("karpenter.k8s.aws/instance-accelerator-manufacturer", "aws"), "trn1.2xlarge", "g5.xlarge"),
        (one_of("karpenter.k8s.aws/instance-accelerator-count", "1", operator="Gt"), "trn1.32xlarge", "trn1.2xlarge"),
        (one_of("karpenter.k8s.aws/instance-cpu", "9", operator="Lt"), "m7g.2xlarge", "m7g.4xlarge"),
        (one_of("karpenter.k8s.aws/instance-cpu", "8", operator="Lte"), "m7g.2xlarge", "m7g.4xlarge"),
        (one_of("karpenter.k8s.aws/instance-memory", "131072", operator="Gte"), "m7g.8xlarge", "m7g.4xlarge"),
        (one_of("karpenter.k8s.aws/instance-size", "metal", operator="NotIn"), "m7g.large", "m7g.metal"),
        (one_of("karpenter.k8s.aws/instance-cpu-manufacturer", "aws"), "m7g.large", "m7i.large"),
        (one_of("karpenter.k8s.aws/instance-local-nvme", "100", operator="Gt"), "m7gd.xlarge", "m7g.xlarge"),
        (one_of("eks.amazonaws.com/instance-category", "trn"), "trn1.2xlarge", "g5.xlarge"),
    ],
)
def test_every_label_and_operator_of_karpenter_is_understood(
    requirement: dict[str, Any], includes: str, excludes: str
) -> None:
    use = only(MANIFEST, manifest(pool(requirement)))
    assert includes in admitted(use)
    assert excludes not in admitted(use)
    assert use.spot is False


def test_a_provisioner_and_labels_of_the_template_count_too() -> None:
    old = admitted(
        only(MANIFEST, manifest(pool(one_of("karpenter.k8s.aws/instance-family", "g5"), kind="Provisioner")))
    )
    assert old == {name for name in old if name.startswith("g5.")}
    labelled = admitted(only(MANIFEST, manifest(pool(labels={"karpenter.k8s.aws/instance-family": "trn1"}))))
    assert labelled == {name for name in labelled if name.startswith("trn1.")}


def test_a_node_pool_without_requirements_admits_every_type() -> None:
    bare = {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "spec": {"template": {"spec": {}}}}
    assert {"g5.xlarge", "m7g.large", "inf2.xlarge"} <= admitted(only(MANIFEST, manifest(bare)))


@pytest.mark.parametrize("wrong", [7, {"a": 1}])
def test_requirements_of_the_wrong_kind_are_unknown(wrong: Any) -> None:
    bare = {
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "spec": {"template": {"spec": {"requirements": wrong}}},
    }
    assert "where a list is expected" in str(only(MANIFEST, manifest(bare)).unknown)


def test_affinity_that_cannot_be_resolved_is_unknown() -> None:
    terms = [{"matchExpressions": [one_of(TYPE_LABEL, "${Stage}")]}]
    required = {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": terms}}
    text = json.dumps([pod(affinity={"nodeAffinity": required})])
    use = only(MANIFEST, {"Manifest": {"Fn::Sub": text}}, Parameters=STAGE)
    assert "parameter Stage has no default" in str(use.unknown)


def test_requirements_that_cannot_be_resolved_are_unknown() -> None:
    text = json.dumps([pool(one_of(TYPE_LABEL, "${Stage}"))])
    use = only(MANIFEST, {"Manifest": {"Fn::Sub": text}}, Parameters=STAGE)
    assert "parameter Stage has no default" in str(use.unknown)


def test_the_objects_of_a_manifest_may_declare_their_workloads_by_name() -> None:
    block = {"Workloads": {"llm": {"Task": "inference"}}}
    objects = [
        pod(name="llm", nodeSelector={TYPE_LABEL: "g5.xlarge"}),
        pod(name="x", nodeSelector={TYPE_LABEL: "g6.xlarge"}),
    ]
    uses = found({"It": resource(MANIFEST, manifest(*objects), Metadata={"LeanSilicon": block})})
    assert [use.task for use in uses] == [Task.INFERENCE, None]


@pytest.mark.parametrize(
    ("values", "path"),
    [
        ({"nodeSelector": {TYPE_LABEL: "g5.xlarge"}}, f'nodeSelector["{TYPE_LABEL}"]'),
        ({"server": {"nodeSelector": {TYPE_LABEL: "g5.xlarge"}}}, f'server.nodeSelector["{TYPE_LABEL}"]'),
        ({"workers": [{"nodeSelector": {TYPE_LABEL: "g5.xlarge"}}]}, f'workers[0].nodeSelector["{TYPE_LABEL}"]'),
        (
            {"extraObjects": [{"apiVersion": "apps/v1", **pod(nodeSelector={TYPE_LABEL: "g5.xlarge"})}]},
            f'extraObjects[0].spec.template.spec.nodeSelector["{TYPE_LABEL}"]',
        ),
    ],
)
def test_values_of_a_chart_are_read_by_convention(values: dict[str, Any], path: str) -> None:
    use = only(CHART, {"Chart": "vllm", "Values": json.dumps(values)})
    assert (use.instance_type, use.property_path) == ("g5.xlarge", f"Properties.Values.{path}")


def test_devices_in_the_values_of_a_chart_are_a_selection() -> None:
    use = only(CHART, {"Chart": "vllm", "Values": json.dumps({"resources": {"limits": {"nvidia.com/gpu": 1}}})})
    assert "g5.xlarge" in admitted(use)


@pytest.mark.parametrize("chart", ["nvidia-device-plugin", "aws-efa-k8s-device-plugin", "gpu-operator"])
def test_the_chart_of_a_device_plugin_asks_for_no_machines(chart: str) -> None:
    values = json.dumps({"nodeSelector": {TYPE_LABEL: "g5.xlarge"}})
    assert found_in(CHART, {"Chart": chart, "Values": values}) == []


@pytest.mark.parametrize("values", ["{}", "[]", '{"replicas": 2}', '{"resources": 7, "nodeSelector": null}'])
def test_values_without_a_word_on_machines_are_no_use(values: str) -> None:
    assert found_in(CHART, {"Chart": "x", "Values": values}) == []


def test_the_manifests_of_the_cdk_are_read(root: Path) -> None:
    app = read_app([root / "tests" / "data" / "templates" / name for name in ("eks.json", "eks_v2.json")])
    uses = [
        use for template in app.templates for use in silicon_uses(template) if use.resource.type.startswith("Custom::")
    ]
    assert [(use.resource.type.rpartition("-")[2], use.instance_type, use.origin) for use in uses] == [
        ("KubernetesResource", None, None),
        ("KubernetesResource", "inf2.xlarge", None),
        ("KubernetesResource", "g6.xlarge", "default of parameter NotebookType"),
        ("HelmChart", "g6.xlarge", None),
        ("KubernetesResource", None, None),
    ]
    assert {name.partition(".")[0] for name in admitted(uses[0])} == {"g5", "inf2"}
    assert "p4d.24xlarge" in admitted(uses[4])

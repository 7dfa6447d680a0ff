"""No JSON value at any place of the table makes finding silicon fail."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lean_silicon.templates import SiliconUse, read_template, silicon_uses
from lean_silicon.templates.locations import parse_path
from lean_silicon.templates.places import SAME_AS_RESOURCE, DocumentPlace, Place, places_by_key
from lean_silicon.templates.places.place import AnyOf, DefaultArchitecture, DefaultType, Figure, Reference, Spot, Unsaid

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=True),
    st.text(max_size=8),
    st.sampled_from(
        [
            "ml.p4d.24xlarge",
            "g5.xlarge",
            "p3",
            "optimal",
            "system",
            "db.serverless",
            "arm64",
            "FARGATE",
            "WINDOWS_CONTAINER",
            "spot",
            "units",
        ]
    ),
    st.sampled_from(["1", "-1", "1e999", "nan", "{", "[[", "${Text}", "{% $x %}", "\ue0000\ue001", '{"States": {}}']),
)
FUNCTIONS = st.sampled_from(
    [
        {"Ref": "Text"},
        {"Ref": "List"},
        {"Ref": "Allowed"},
        {"Ref": "Template"},
        {"Ref": "AWS::NoValue"},
        {"Ref": ["nonsense"]},
        {"Fn::GetAtt": ["Template", "LatestVersionNumber"]},
        {"Fn::GetAtt": "Template.Id"},
        {"Fn::Sub": "${Text}-${Template.Id}-${!x}"},
        {"Fn::Sub": ["${a}", {"a": {"Ref": "Text"}}]},
        {"Fn::Sub": [7]},
        {"Fn::Join": ["", ['{"States": {"A": ', {"Ref": "Text"}, "}}"]]},
        {"Fn::Join": 7},
        {"Fn::FindInMap": ["Sizes", "prod", "Types"]},
        {"Fn::Select": [0, {"Ref": "List"}]},
        {"Fn::Transform": {"Name": "Unheard::Of"}},
        {"Fn::ImportValue": "x"},
        {"Fn::ToJsonString": {"States": {"A": {"Type": "Task"}}}},
    ]
).map(deepcopy)  # what is put into a tree may be changed there
KEYS = st.one_of(
    st.text(max_size=4),
    st.sampled_from(
        [
            "States",
            "Type",
            "Resource",
            "Parameters",
            "Arguments",
            "Branches",
            "Iterator",
            "Steps",
            "Get",
            "Std:Join",
            "Name",
            "DefaultValue",
            "kind",
            "apiVersion",
            "metadata",
            "spec",
            "template",
            "containers",
            "nodeSelector",
            "affinity",
            "resources",
            "requirements",
            "key",
            "operator",
            "values",
            "limits",
            "nvidia.com/gpu",
            "items",
            "node.kubernetes.io/instance-type",
            "service",
            "action",
            "parameters",
            "InstanceType",
            "InstanceRequirements",
            "VCpuCount",
            "Min",
            "Fn::Transform",
        ]
    ),
)


def chosen(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.tuples(values, values).map(lambda pair: {"Fn::If": ["Prod", *pair]})


JSON = st.recursive(
    SCALARS | FUNCTIONS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(KEYS, inner, max_size=4)
        | chosen(inner)
        | inner.map(lambda value: json.dumps(value))
    ),
    max_leaves=12,
)


def paths_of_ask(ask: Any) -> list[str]:
    if isinstance(ask, (DefaultType, DefaultArchitecture, Unsaid)):
        return []
    if isinstance(ask, AnyOf):
        return [f"{ask.path}[]", *(f"{ask.path}[].{path}" for inner in ask.asks for path in paths_of_ask(inner))]
    if isinstance(ask, Reference):
        return [ask.path, *(f"{ask.path}.{key}" for key in ask.by)]
    return [ask.path]


def paths_of(entry: Place | DocumentPlace) -> list[str]:
    if isinstance(entry, DocumentPlace):
        return [*entry.paths, *entry.elsewhere, *([entry.substitutions] if entry.substitutions else [])]
    found = [path for ask in entry.asks for path in paths_of_ask(ask)]
    found += [
        figures if isinstance(figures, str) else figures.path
        for figures in entry.counts
        if isinstance(figures, (str, Figure))
    ]
    found += [entry.name] if entry.name else []
    found += [entry.spot.path] if isinstance(entry.spot, Spot) else []
    found += [when.path for when in entry.when]
    return [path[1:] if path.startswith("/") else f"{entry.item}.{path}" for path in found]


RESOURCE_TYPES = sorted(key for key in places_by_key() if "::" in key)
ACTIONS = sorted([key for key in places_by_key() if "::" not in key] + list(SAME_AS_RESOURCE))
SECTIONS: dict[str, Any] = {
    "Parameters": {
        "Text": {"Type": "String"},
        "List": {"Type": "CommaDelimitedList", "Default": "g5.xlarge,g6.xlarge"},
        "Allowed": {"Type": "String", "AllowedValues": ["g5.xlarge", "inf2.xlarge"]},
        "Stage": {"Type": "String"},
    },
    "Conditions": {"Prod": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}},
    "Mappings": {"Sizes": {"prod": {"Types": ["g5.xlarge"]}}},
}


def placed(tree: dict[str, Any], path: str, value: Any) -> None:
    """Put a value at a path, making objects and lists on the way where something else does not stand there."""
    steps = parse_path(path)
    here: Any = tree
    for index, step in enumerate(steps):
        last = index == len(steps) - 1
        below: Any = value if last else ([] if steps[index + 1].key is None and not steps[index + 1].every_key else {})
        if step.key is None and isinstance(here, list):
            if last or not here:
                here.append(below)
            here = here[-1]
        elif isinstance(here, dict):
            key = step.key or "a"
            here[key] = below if last else here.get(key, below)
            here = here[key]
        else:
            return


@st.composite
def properties(draw: st.DrawFn, key: str) -> dict[str, Any]:
    """Properties with some of the places of a type filled with anything."""
    entries = places_by_key()[SAME_AS_RESOURCE.get(key, key)]
    paths = sorted({path for entry in entries for path in paths_of(entry)})
    tree: dict[str, Any] = {}
    for path in draw(st.lists(st.sampled_from(paths), max_size=5)) if paths else []:
        placed(tree, path, draw(JSON))
    return tree


@st.composite
def resources(draw: st.DrawFn) -> dict[str, Any]:
    """A resource of any type of the table, or a document with a request of any action of the table."""
    if draw(st.booleans()):
        resource_type = draw(st.sampled_from(RESOURCE_TYPES))
        return {"Type": resource_type, "Properties": draw(properties(resource_type))}
    service, action = draw(st.sampled_from(ACTIONS)).split(":")
    request = draw(properties(f"{service}:{action}"))
    if draw(st.booleans()):
        call = {"service": service, "action": action, "parameters": request}
        return {"Type": "Custom::AWS", "Properties": {"Create": draw(st.sampled_from([call, json.dumps(call)]))}}
    state = {"Type": "Task", "Resource": f"arn:aws:states:::aws-sdk:{service}:{action}", "Parameters": request}
    machine = {"StartAt": "A", "States": {"A": state, "B": draw(JSON)}}
    text = draw(st.sampled_from([machine, json.dumps(machine), json.dumps(machine)[:-3]]))
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": text}}


LABEL = "node.kubernetes.io/instance-type"
CONTAINER = {
    "name": "a",
    "resources": {"limits": {"nvidia.com/gpu": 1}, "requests": {"aws.amazon.com/neuroncore": "2"}},
}
TERM = {"matchExpressions": [{"key": "karpenter.k8s.aws/instance-family", "operator": "In", "values": ["g5"]}]}
POD = {
    "nodeSelector": {LABEL: "g5.xlarge", "kubernetes.io/arch": "amd64"},
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [TERM]}}},
    "containers": [CONTAINER],
}
POOL = {
    "metadata": {"labels": {"karpenter.k8s.aws/instance-generation": "5"}},
    "spec": {
        "requirements": [
            {"key": "karpenter.k8s.aws/instance-cpu", "operator": "Gt", "values": ["4"]},
            {"key": "karpenter.sh/capacity-type", "operator": "In", "values": ["spot"]},
        ]
    },
}
MANIFESTS = [
    {"apiVersion": "karpenter.sh/v1", "kind": "NodePool", "metadata": {"name": "a"}, "spec": {"template": POOL}},
    {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "b"}, "spec": {"template": {"spec": POD}}},
    {"kind": "List", "items": [{"kind": "Pod", "spec": POD}]},
]
ATTRIBUTES = {
    "VCpuCount": {"Min": 4, "Max": 8},
    "MemoryMiB": {"Min": 1024},
    "AcceleratorCount": {"Min": 1},
    "AcceleratorNames": ["a10g"],
    "AllowedInstanceTypes": ["g5*"],
    "BareMetal": "excluded",
}
TRAINING = {"ResourceConfig": {"InstanceType": "ml.g5.xlarge", "InstanceCount": 1}, "EnableManagedSpotTraining": True}
TASK = {"Type": "Task", "Resource": "arn:aws:states:::sagemaker:createTrainingJob.sync", "Parameters": TRAINING}
COMPUTED = {
    "Type": "Task",
    "Resource": "arn:aws:states:::aws-sdk:sagemaker:createTrainingJob",
    "Arguments": {"ResourceConfig.$": "$.a"},
}
MACHINE = {"States": {"A": TASK, "B": {"Type": "Map", "ItemProcessor": {"States": {"C": TASK, "D": COMPUTED}}}}}
STEP = {
    "Name": "Train",
    "Type": "Training",
    "Arguments": {"ResourceConfig": {"InstanceType": {"Get": "Parameters.Type"}}},
}
JOINED = {"Std:Join": {"On": ".", "Values": ["ml", {"Get": "Parameters.Other"}]}}
PIPELINE = {
    "Parameters": [{"Name": "Type", "DefaultValue": "ml.g5.xlarge"}, {"Name": "Other", "EnumValues": ["ml.g6.xlarge"]}],
    "Steps": [
        STEP,
        {"Name": "If", "Type": "Condition", "Arguments": {"IfSteps": [STEP], "ElseSteps": []}},
        {
            "Name": "Join",
            "Type": "Transform",
            "Arguments": {"TransformResources": {"InstanceType": {"Std:Join": {"On": ".", "Values": ["a"]}}}},
        },
    ],
}
OVERRIDES = [
    {"InstanceType": "g5.xlarge", "WeightedCapacity": "2"},
    {"InstanceRequirements": ATTRIBUTES},
    {"LaunchTemplateSpecification": {"LaunchTemplateId": {"Ref": "Template"}}},
]
MIXED = {
    "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": 50},
    "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateName": "gpu"}, "Overrides": OVERRIDES},
}
SEEDS: list[tuple[str, dict[str, Any]]] = [
    ("Custom::AWSCDK-EKS-KubernetesResource", {"Manifest": MANIFESTS}),
    ("Custom::AWSCDK-EKS-HelmChart", {"Chart": "vllm", "Values": {"worker": [POD], "extra": MANIFESTS, **POD}}),
    (
        "AWS::StepFunctions::StateMachine",
        {"DefinitionString": MACHINE, "DefinitionSubstitutions": {"Text": {"Ref": "Text"}}},
    ),
    ("AWS::SageMaker::Pipeline", {"PipelineDefinition": {"PipelineDefinitionBody": PIPELINE}}),
    (
        "Custom::AWS",
        {"Create": {"service": "EC2", "action": "runInstances", "parameters": {"InstanceType": "g5.xlarge"}}},
    ),
    (
        "AWS::AutoScaling::AutoScalingGroup",
        {"MinSize": 1, "MaxSize": 2, "DesiredCapacityType": "units", "MixedInstancesPolicy": MIXED},
    ),
    ("AWS::AutoScaling::AutoScalingGroup", {"MinSize": 1, "LaunchTemplate": {"LaunchTemplateId": {"Ref": "Template"}}}),
    (
        "AWS::EKS::Nodegroup",
        {"InstanceTypes": ["g5.xlarge", "g6.xlarge"], "CapacityType": "SPOT", "ScalingConfig": {"MinSize": 0}},
    ),
    ("AWS::Batch::ComputeEnvironment", {"ComputeResources": {"InstanceTypes": ["p3", "optimal"], "MinvCpus": 0}}),
    (
        "AWS::Batch::JobDefinition",
        {"PlatformCapabilities": ["FARGATE"], "ContainerProperties": {"RuntimePlatform": {"CpuArchitecture": "ARM64"}}},
    ),
    ("AWS::EC2::LaunchTemplate", {"LaunchTemplateData": {"InstanceRequirements": ATTRIBUTES}}),
    (
        "AWS::SageMaker::InferenceComponent",
        {"Specification": {"ComputeResourceRequirements": {"NumberOfAcceleratorDevicesRequired": 1}}},
    ),
    (
        "AWS::SageMaker::EndpointConfig",
        {"ProductionVariants": [{"InstancePools": [{"InstanceType": "ml.g5.xlarge"}], "ServerlessConfig": {}}]},
    ),
    (
        "AWS::ElastiCache::ReplicationGroup",
        {"CacheNodeType": "cache.m5.large", "NumNodeGroups": 2, "ReplicasPerNodeGroup": 1},
    ),
    ("AWS::RDS::DBInstance", {"DBInstanceClass": "db.m5.large", "MultiAZ": True}),
    (
        "AWS::ECS::TaskDefinition",
        {"RequiresCompatibilities": ["FARGATE"], "RuntimePlatform": {"OperatingSystemFamily": "LINUX"}},
    ),
]


def places_inside(value: Any) -> list[tuple[Any, Any]]:
    """Every container inside a value, with every key or index that it has."""
    found: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting:
        here = waiting.pop()
        children = here.items() if isinstance(here, dict) else enumerate(here) if isinstance(here, list) else ()
        for key, child in children:
            found.append((here, key))
            waiting.append(child)
    return found


@st.composite
def damaged(draw: st.DrawFn) -> dict[str, Any]:
    """A resource that was right before some of its values were replaced by anything, its documents as objects or texts."""
    resource_type, seed = draw(st.sampled_from(SEEDS))
    tree = json.loads(json.dumps(seed))
    for _ in range(draw(st.integers(0, 4))):
        places = places_inside(tree)
        if places:
            holder, key = draw(st.sampled_from(places))
            holder[key] = draw(JSON)
    if draw(st.booleans()):
        holder = tree.get("PipelineDefinition", tree)
        for key, value in holder.items() if isinstance(holder, dict) else ():
            holder[key] = json.dumps(value)
    return {"Type": resource_type, "Properties": tree}


def sound(use: SiliconUse) -> bool:
    """Whether a use says one thing, and says it whole."""
    said = [use.instance_type, use.selection, use.architecture, use.unknown]
    numbers = [number for number in use.count if number is not None]
    return (
        sum(part is not None for part in said) <= 1
        and use.property_path.startswith("Properties")
        and all(isinstance(number, int) and number >= 0 for number in numbers)
        and all(isinstance(name, str) and isinstance(holds, bool) for name, holds in use.conditions)
        and (use.selection is None or all(isinstance(name, str) for name in use.selection.admitted))
        and use.instance_type != ""
    )


@settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(resources() | damaged(), JSON)
def test_finding_silicon_never_fails_and_every_use_is_sound(resource: dict[str, Any], anything: Any) -> None:
    template = resource | {"Condition": "Prod"} if resource["Type"].endswith("Group") else resource
    other = {"Type": "AWS::EC2::LaunchTemplate", "Properties": {"LaunchTemplateData": anything}}
    body = {**SECTIONS, "Resources": {"It": template, "Template": other}}
    uses = list(silicon_uses(read_template(body, path="template.json")))
    assert [use for use in uses if not sound(use)] == []


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(RESOURCE_TYPES), JSON)
def test_properties_that_are_anything_at_all_are_survived(resource_type: str, anything: Any) -> None:
    body = {**SECTIONS, "Resources": {"It": {"Type": resource_type, "Properties": anything}}}
    assert all(sound(use) for use in silicon_uses(read_template(body, path="template.json")))

"""The cluster: private, encrypted, logged, with Graviton under its own pods, and ways to add to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_eks_v2 as eks
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from lean_silicon.eks import (
    AcceleratedCluster,
    AccessLevel,
    ClusterAccess,
    EndpointAccess,
    NeuronNodeGroup,
    SystemNodes,
)
from lean_silicon.eks.addons import NeuronDevicePlugin
from lean_silicon.eks.karpenter import Karpenter
from lean_silicon.exceptions import InvalidValueError

OHIO = Environment(account="111122223333", region="us-east-2")
ROLE_ARN = "arn:aws:iam::111122223333:role/Researchers"
CHART: dict[str, Any] = {"chart": "queue", "version": "1.2.3", "namespace": "queues", "values": {"replicas": 2}}


def new_stack(env: Environment | None = OHIO) -> Stack:
    return Stack(App(analytics_reporting=False), "Eks", env=env)


def of_type(template: Mapping[str, Any], kind: str) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in template["Resources"].items() if each["Type"] == kind}


def only(template: Mapping[str, Any], kind: str) -> dict[str, Any]:
    [resource] = of_type(template, kind).values()
    properties: dict[str, Any] = resource["Properties"]
    return properties


class Made:
    """A cluster with everything that can be added to it, synthesized once."""

    def __init__(self) -> None:
        stack = new_stack()
        people = iam.Role.from_role_arn(stack, "People", ROLE_ARN)
        self.cluster = AcceleratedCluster(
            stack, "Cluster", access=[ClusterAccess(people, AccessLevel.EDIT, ("research-*",))]
        )
        self.cluster.grant_access("Auditors", people, AccessLevel.VIEW)
        role = self.cluster.pod_role("QueueRole", description="Reads the queue")
        self.cluster.pod_identity("QueueIdentity", "queues", "queue", role)
        self.cluster.add_managed_addon(
            "Metrics", "metrics-server", "v0.8.0-eksbuild.1", {"replicas": 1}, role, "metrics-server"
        )
        self.cluster.add_manifest(
            "Namespace", {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "queues"}}
        )
        self.cluster.add_chart("Queue", repository="https://charts.example.com", **CHART)
        self.cluster.add_chart("Registry", repository="oci://public.ecr.aws/charts/queue", release="mine", **CHART)
        eks.HelmChart(
            stack,
            "Theirs",
            cluster=self.cluster.cluster,
            chart="queue",
            repository="oci://public.ecr.aws/charts/queue",
            release="theirs",
        )
        self.template: Mapping[str, Any] = Template.from_stack(stack).to_json()

    def addon(self, name: str) -> dict[str, Any]:
        """An add-on as the template has it."""
        [found] = [
            each
            for each in of_type(self.template, "AWS::EKS::Addon").values()
            if each["Properties"]["AddonName"] == name
        ]
        return found

    def charts(self) -> dict[str, dict[str, Any]]:
        """Charts by their release."""
        found = of_type(self.template, "Custom::AWSCDK-EKS-HelmChart").values()
        return {each["Properties"]["Release"]: each for each in found}


@pytest.fixture(scope="module")
def made() -> Made:
    return Made()


def test_the_api_is_reached_from_the_vpc_only(made: Made) -> None:
    network = only(made.template, "AWS::EKS::Cluster")["ResourcesVpcConfig"]
    assert (network["EndpointPrivateAccess"], network["EndpointPublicAccess"]) == (True, False)


def test_secrets_are_encrypted_with_a_key_that_rotates_and_stays(made: Made) -> None:
    [(name, key)] = of_type(made.template, "AWS::KMS::Key").items()
    [encryption] = only(made.template, "AWS::EKS::Cluster")["EncryptionConfig"]
    assert encryption == {"Provider": {"KeyArn": {"Fn::GetAtt": [name, "Arn"]}}}
    assert key["Properties"]["EnableKeyRotation"] is True
    assert key["DeletionPolicy"] == "Retain"


def test_machines_of_this_account_may_use_the_key_through_ec2_and_nobody_else(made: Made) -> None:
    statements = only(made.template, "AWS::KMS::Key")["KeyPolicy"]["Statement"]
    [volumes] = [each for each in statements if each.get("Sid") == "VolumesOfThisAccount"]
    equal = volumes["Condition"]["StringEquals"]
    assert equal["kms:CallerAccount"] == "111122223333"
    assert "ec2.us-east-2." in json.dumps(equal["kms:ViaService"])


def test_every_kind_of_log_is_kept(made: Made) -> None:
    logging = only(made.template, "AWS::EKS::Cluster")["Logging"]["ClusterLogging"]["EnabledTypes"]
    assert {each["Type"] for each in logging} == {"api", "audit", "authenticator", "controllerManager", "scheduler"}


def test_whoever_creates_the_cluster_is_no_administrator_by_that(made: Made) -> None:
    access = only(made.template, "AWS::EKS::Cluster")["AccessConfig"]
    assert access == {"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": False}


def test_people_have_the_access_that_they_were_given(made: Made) -> None:
    entries = of_type(made.template, "AWS::EKS::AccessEntry").values()
    [(edit,), (view,)] = [
        each["Properties"]["AccessPolicies"] for each in entries if each["Properties"]["PrincipalArn"] == ROLE_ARN
    ]
    assert edit["AccessScope"] == {"Type": "namespace", "Namespaces": ["research-*"]}
    assert view["AccessScope"] == {"Type": "cluster"}
    assert "cluster-access-policy/AmazonEKSEditPolicy" in json.dumps(edit["PolicyArn"])


def test_the_systems_nodes_are_graviton_in_every_zone(made: Made) -> None:
    group = only(made.template, "AWS::EKS::Nodegroup")
    assert group["AmiType"] == "AL2023_ARM_64_STANDARD"
    assert group["InstanceTypes"] == ["m8g.large"]
    assert group["ScalingConfig"] == {"MinSize": 2, "DesiredSize": 2, "MaxSize": 4}
    assert len(group["Subnets"]) == len(made.cluster.node_subnets)


def test_what_nodes_need_is_there_before_them_and_dns_after(made: Made) -> None:
    [nodes] = of_type(made.template, "AWS::EKS::Nodegroup").values()
    before = {made.template["Resources"][name]["Properties"].get("AddonName") for name in nodes["DependsOn"]}
    assert {"vpc-cni", "kube-proxy", "eks-pod-identity-agent", "eks-node-monitoring-agent"} <= before
    [after] = made.addon("coredns")["DependsOn"]
    assert made.template["Resources"][after]["Type"] == "AWS::EKS::Nodegroup"


def test_the_pods_network_has_a_role_of_its_own(made: Made) -> None:
    [identity] = made.addon("vpc-cni")["Properties"]["PodIdentityAssociations"]
    assert identity["ServiceAccount"] == "aws-node"
    role = made.template["Resources"][identity["RoleArn"]["Fn::GetAtt"][0]]["Properties"]
    trusted = role["AssumeRolePolicyDocument"]["Statement"]
    assert {action for each in trusted for action in each["Action"]} == {"sts:AssumeRole", "sts:TagSession"}
    assert {each["Principal"]["Service"] for each in trusted} == {"pods.eks.amazonaws.com"}


def test_core_add_ons_are_pinned_for_the_version_of_kubernetes(made: Made) -> None:
    versions = {
        each["Properties"]["AddonName"]: each["Properties"].get("AddonVersion")
        for each in of_type(made.template, "AWS::EKS::Addon").values()
    }
    assert versions["kube-proxy"] == "v1.35.0-eksbuild.2"
    assert all(versions[name] for name in ("vpc-cni", "coredns", "eks-pod-identity-agent"))


def test_add_ons_of_others_wait_for_the_cluster_and_get_their_role(made: Made) -> None:
    addon = made.addon("metrics-server")
    assert json.loads(addon["Properties"]["ConfigurationValues"]) == {"replicas": 1}
    assert addon["Properties"]["PodIdentityAssociations"][0]["ServiceAccount"] == "metrics-server"
    kinds = {made.template["Resources"][name]["Type"] for name in addon["DependsOn"]}
    assert {"AWS::EKS::Addon", "AWS::EKS::Nodegroup", "AWS::IAM::Role"} <= kinds


def test_pods_get_roles_by_their_service_account(made: Made) -> None:
    association = only(made.template, "AWS::EKS::PodIdentityAssociation")
    assert (association["Namespace"], association["ServiceAccount"]) == ("queues", "queue")


def test_charts_are_pinned_and_wait_for_the_systems_nodes(made: Made) -> None:
    chart = made.charts()["queue"]
    assert chart["Properties"]["Version"] == "1.2.3"
    assert chart["Properties"]["Repository"] == "https://charts.example.com"
    assert json.loads(chart["Properties"]["Values"]) == {"replicas": 2}
    kinds = {made.template["Resources"][name]["Type"] for name in chart["DependsOn"]}
    assert "AWS::EKS::Nodegroup" in kinds


def test_a_chart_in_a_registry_is_named_as_helm_pulls_it_and_as_the_cdks_own_chart_names_it(made: Made) -> None:
    found, theirs = (made.charts()[release]["Properties"] for release in ("mine", "theirs"))
    assert (found["Chart"], found["Repository"]) == ("queue", "oci://public.ecr.aws/charts/queue")
    assert (theirs["Chart"], theirs["Repository"]) == (found["Chart"], found["Repository"])


@pytest.mark.parametrize(
    ("repository", "correct"),
    [
        ("oci://public.ecr.aws/charts", "oci://public.ecr.aws/charts/queue"),
        # Who publishes may have the chart's name
        ("oci://public.ecr.aws/queue", "oci://public.ecr.aws/queue/queue"),
        (
            "oci://111122223333.dkr.ecr.us-east-2.amazonaws.com/",
            "oci://111122223333.dkr.ecr.us-east-2.amazonaws.com/queue",
        ),
    ],
)
def test_fails_for_a_registry_that_does_not_name_the_chart(repository: str, correct: str) -> None:
    cluster = AcceleratedCluster(new_stack(), "Cluster")
    with pytest.raises(InvalidValueError, match=f"does not name the chart; .* Write {correct}$"):
        cluster.add_chart("Queue", repository=repository, **CHART)


def test_a_private_registry_may_have_the_chart_at_its_root() -> None:
    stack = new_stack()
    repository = "oci://111122223333.dkr.ecr.us-east-2.amazonaws.com/queue"
    AcceleratedCluster(stack, "Cluster").add_chart("Queue", repository=repository, **CHART)
    assert only(Template.from_stack(stack).to_json(), "Custom::AWSCDK-EKS-HelmChart")["Repository"] == repository


def test_fails_for_what_the_cluster_has_already() -> None:
    cluster = AcceleratedCluster(new_stack(), "Cluster")
    NeuronDevicePlugin(cluster, "First", cluster=cluster)
    with pytest.raises(
        InvalidValueError, match=r"'Eks/Cluster' has 'NeuronHealthRole' already; add-ons, .* once in a cluster"
    ):
        NeuronDevicePlugin(cluster, "Second", cluster=cluster)


def test_fails_for_a_version_that_is_text() -> None:
    with pytest.raises(InvalidValueError, match=r"version is '1\.35'; it must be a version of aws_eks_v2"):
        AcceleratedCluster(new_stack(), "Cluster", version="1.35")  # type: ignore[arg-type]


def test_fails_for_the_cdks_own_endpoint_access() -> None:
    with pytest.raises(InvalidValueError, match=r"EndpointAccess; it must be lean_silicon\.eks\.EndpointAccess"):
        AcceleratedCluster(new_stack(), "Cluster", endpoint_access=eks.EndpointAccess.PUBLIC)  # type: ignore[arg-type]


def test_kubectl_runs_within_the_vpc_where_the_api_is(made: Made) -> None:
    [handler] = [
        each["Properties"]
        for each in of_type(made.template, "AWS::Lambda::Function").values()
        if "kubectl" in each["Properties"].get("Description", "") and "Layers" in each["Properties"]
    ]
    assert len(handler["VpcConfig"]["SubnetIds"]) == len(made.cluster.node_subnets)
    [group] = handler["VpcConfig"]["SecurityGroupIds"]
    assert group["Fn::GetAtt"][1] == "ClusterSecurityGroupId"


def test_nodes_reach_s3_without_the_way_to_the_internet(made: Made) -> None:
    assert only(made.template, "AWS::EC2::VPCEndpoint")["VpcEndpointType"] == "Gateway"
    assert len(of_type(made.template, "AWS::EC2::NatGateway")) == 1


def test_what_the_systems_nodes_cost_has_a_band(made: Made) -> None:
    found = made.cluster.footprint()
    assert found["minimum"].cost is not None
    assert found["maximum"].cost is not None
    assert found["maximum"].cost.likely == pytest.approx(2 * found["minimum"].cost.likely)


def test_the_api_can_be_opened_to_some_with_a_reason() -> None:
    stack = new_stack()
    reason = "Build machines outside of AWS apply manifests"
    AcceleratedCluster(stack, "Cluster", endpoint_access=EndpointAccess.public("203.0.113.0/24", reason=reason))
    network = only(Template.from_stack(stack).to_json(), "AWS::EKS::Cluster")["ResourcesVpcConfig"]
    assert network["EndpointPublicAccess"] is True
    assert network["PublicAccessCidrs"] == ["203.0.113.0/24"]


def test_your_own_network_key_version_and_logs_are_used() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Network")
    key = kms.Key.from_key_arn(
        stack, "Key", "arn:aws:kms:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    )
    layer = lambda_.LayerVersion.from_layer_version_arn(
        stack, "Kubectl", "arn:aws:lambda:us-east-2:111122223333:layer:kubectl:1"
    )
    cluster = AcceleratedCluster(
        stack,
        "Cluster",
        vpc=vpc,
        encryption_key=key,
        version=eks.KubernetesVersion.of("1.37"),
        kubectl_layer=layer,
        log_types=[eks.ClusterLoggingTypes.AUDIT],
        cluster_name="research",
        system_nodes=SystemNodes("m7g.xlarge", minimum=1, maximum=3),
    )
    template = Template.from_stack(stack).to_json()
    found = only(template, "AWS::EKS::Cluster")
    assert (found["Version"], found["Name"]) == ("1.37", "research")
    assert found["Logging"]["ClusterLogging"]["EnabledTypes"] == [{"Type": "audit"}]
    assert only(template, "AWS::EKS::Nodegroup")["InstanceTypes"] == ["m7g.xlarge"]
    assert not of_type(template, "AWS::KMS::Key")
    assert cluster.vpc.node.path == vpc.node.path
    # EKS knows which versions fit a cluster that this library has no table for
    assert all("AddonVersion" not in each["Properties"] for each in of_type(template, "AWS::EKS::Addon").values())


def test_nodes_join_a_cluster_that_exists() -> None:
    stack = new_stack()
    vpc = ec2.Vpc(stack, "Network")
    existing = eks.Cluster.from_cluster_attributes(
        stack, "Existing", cluster_name="research", vpc=vpc, cluster_security_group_id="sg-0123456789abcdef0"
    )
    cluster = AcceleratedCluster.from_cluster(stack, "Research", existing)
    NeuronNodeGroup(stack, "Nodes", cluster=cluster, instance_type="trn1.32xlarge", maximum=2)
    template = Template.from_stack(stack).to_json()
    group, launch = only(template, "AWS::EKS::Nodegroup"), only(template, "AWS::EC2::LaunchTemplate")
    assert group["ClusterName"] == "research"
    assert launch["LaunchTemplateData"]["NetworkInterfaces"][0]["Groups"] == ["sg-0123456789abcdef0"]
    assert "KmsKeyId" not in launch["LaunchTemplateData"]["BlockDeviceMappings"][0]["Ebs"]


def test_fails_to_apply_a_manifest_to_a_cluster_without_kubectl() -> None:
    stack = new_stack()
    existing = eks.Cluster.from_cluster_attributes(stack, "Existing", cluster_name="research", vpc=ec2.Vpc(stack, "V"))
    cluster = AcceleratedCluster.from_cluster(stack, "Research", existing)
    with pytest.raises(InvalidValueError, match="'Chart' is to be applied to a cluster without a kubectl provider"):
        cluster.add_chart("Chart", repository="https://charts.example.com", **CHART)


def test_fails_to_wrap_a_cluster_whose_network_is_not_known() -> None:
    stack = new_stack()
    nowhere = eks.Cluster.from_cluster_attributes(stack, "Nowhere", cluster_name="research")
    with pytest.raises(InvalidValueError, match=r"imported without its VPC; nodes need it. Give vpc="):
        AcceleratedCluster.from_cluster(stack, "Research", nowhere)
    open_network = eks.Cluster.from_cluster_attributes(stack, "Open", cluster_name="research", vpc=ec2.Vpc(stack, "V"))
    cluster = AcceleratedCluster.from_cluster(stack, "Wrapped", open_network)
    with pytest.raises(InvalidValueError, match="imported without its security group, in which nodes with EFA must be"):
        NeuronNodeGroup(stack, "Nodes", cluster=cluster, instance_type="trn1.32xlarge", maximum=2)
    # Without EFA nodes have the interface that EKS gives them
    NeuronNodeGroup(stack, "Small", cluster=cluster, instance_type="inf2.xlarge", maximum=2)


def test_fails_for_a_cluster_that_is_not_wrapped() -> None:
    stack = new_stack()
    theirs = eks.Cluster.from_cluster_attributes(stack, "Theirs", cluster_name="research", vpc=ec2.Vpc(stack, "V"))
    with pytest.raises(InvalidValueError, match=r"no AcceleratedCluster; wrap .* AcceleratedCluster\.from_cluster"):
        NeuronNodeGroup(stack, "Nodes", cluster=theirs, instance_type="inf2.xlarge", maximum=2)  # type: ignore[arg-type]
    with pytest.raises(InvalidValueError, match="no AcceleratedCluster"):
        Karpenter(stack, "Karpenter", cluster=theirs)  # type: ignore[arg-type]


def test_fails_for_a_role_without_its_service_account() -> None:
    cluster = AcceleratedCluster(new_stack(), "Cluster")
    role = cluster.pod_role("Role", description="Nothing")
    with pytest.raises(InvalidValueError, match="'metrics-server' has no service_account; Pod Identity joins"):
        cluster.add_managed_addon("Metrics", "metrics-server", None, role=role)


def test_fails_for_a_version_that_kubectl_does_not_serve() -> None:
    with pytest.raises(InvalidValueError, match=r"Kubernetes is 1\.31; the kubectl .* serves 1\.34, 1\.35, 1\.36"):
        AcceleratedCluster(new_stack(), "Cluster", version=eks.KubernetesVersion.V1_31)


@pytest.mark.parametrize(
    ("zones", "kind", "said"),
    [
        (1, ec2.SubnetType.PRIVATE_WITH_EGRESS, "private subnets in 1 availability zone; EKS wants them in 2"),
        (2, ec2.SubnetType.PUBLIC, "has no private subnets; nodes start in private subnets only"),
    ],
)
def test_fails_for_a_network_in_which_eks_cannot_be(zones: int, kind: ec2.SubnetType, said: str) -> None:
    stack = new_stack()
    subnets = [ec2.SubnetConfiguration(name="Public", subnet_type=ec2.SubnetType.PUBLIC)]
    if kind is not ec2.SubnetType.PUBLIC:
        subnets.append(ec2.SubnetConfiguration(name="Other", subnet_type=kind))
    vpc = ec2.Vpc(stack, "Network", max_azs=zones, subnet_configuration=subnets)
    with pytest.raises(InvalidValueError, match=said):
        AcceleratedCluster(stack, "Cluster", vpc=vpc)

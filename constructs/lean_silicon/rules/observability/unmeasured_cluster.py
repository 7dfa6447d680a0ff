"""OBS003: an accelerated EKS cluster without the CloudWatch observability add-on."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import asked_for, is_accelerated
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.observability._cluster_monitoring import CLUSTERS, monitored
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource, SiliconUse

_NODES = ("AWS::EKS::Nodegroup", "AWS::SageMaker::Cluster", "Custom::AWSCDK-EKS-KubernetesResource")


class UnmeasuredCluster(ResourceRule):
    """Nodes of an EKS cluster have accelerators, and nothing in the cluster measures how busy these are.

    Neither EC2 nor EKS publishes the utilisation of accelerators by itself. The add-on
    ``amazon-cloudwatch-observability`` does, for NVIDIA GPUs and for Neuron, by node, pod and container; without it
    nobody can tell a busy node from one that is merely on.

    The rule looks at clusters of the template with an accelerated node group, an accelerated Karpenter pool, or a
    HyperPod cluster on them, and for the add-on in everything that is judged together. Other collectors count too (the
    HyperPod observability add-on, ADOT, a Prometheus, DCGM, Datadog, Dynatrace, New Relic or Grafana chart or
    manifest). What is installed otherwise is not seen: acknowledge.

    Bad
    ---
    ```yaml
    Resources:
      Cluster:
        Type: AWS::EKS::Cluster
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/cluster
          ResourcesVpcConfig: {SubnetIds: [subnet-1, subnet-2]}
      Nodes:
        Type: AWS::EKS::Nodegroup
        Properties:
          ClusterName: !Ref Cluster
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-1]
          AmiType: AL2023_x86_64_NEURON
          InstanceTypes: [inf2.xlarge]
    ```

    Good
    ----
    ```yaml
    Resources:
      Cluster:
        Type: AWS::EKS::Cluster
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/cluster
          ResourcesVpcConfig: {SubnetIds: [subnet-1, subnet-2]}
      Observability:
        Type: AWS::EKS::Addon
        Properties: {ClusterName: !Ref Cluster, AddonName: amazon-cloudwatch-observability}
      Nodes:
        Type: AWS::EKS::Nodegroup
        Metadata:
          LeanSilicon:
            Workload: {Task: inference, Parameters: 3000000000, Precision: bf16}
        Properties:
          ClusterName: !Ref Cluster
          NodeRole: arn:aws:iam::111122223333:role/node
          Subnets: [subnet-1]
          AmiType: AL2023_x86_64_NEURON
          InstanceTypes: [inf2.xlarge]
    ```
    """

    id = "OBS003"
    title = "Accelerated EKS cluster without the CloudWatch observability add-on"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Measure utilisation, drift, bias, harm"
    sources = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/deploy-container-insights-EKS.html",
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-metrics-enhanced-EKS.html",
    )
    resource_types = frozenset(CLUSTERS)

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A cluster with accelerated nodes that nothing of the app measures."""
        use = next(_accelerated(resource, context), None)
        if use is None or context.of_app("monitored", monitored).covers(resource):
            return
        yield self.found_at(
            resource,
            f"{asked_for(use, context)} joins this cluster (through {use.resource.logical_id}), and nothing in the "
            f"{len(context.app.templates)} template(s) read measures how busy its accelerators are.",
            instance_type=use.instance_type,
            suggestion=Suggestion(
                "Add an AWS::EKS::Addon with AddonName: amazon-cloudwatch-observability for this cluster."
            ),
        )


def _accelerated(cluster: Resource, context: Context) -> Iterator[SiliconUse]:
    """The accelerated uses of the nodes of a cluster."""
    view = context.view(cluster.template)
    for nodes in view.related(cluster, *_NODES, reach=1):
        for use in view.uses_by_resource.get(nodes.logical_id, ()):
            if not use.admitted_only and is_accelerated(use, context):
                yield use

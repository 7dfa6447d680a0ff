"""UTL007: a HyperPod cluster that neither replaces faulty nodes nor looks for them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import is_accelerated
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.rules.wording import when
from lean_silicon.templates import Resource, TemplateView

_GROUP = re.compile(r"Properties\.((?:Restricted)?InstanceGroups\[\d+\])\.")


class ClusterWithoutRecovery(ResourceRule):
    """A HyperPod cluster does not ask for automatic node recovery, or its accelerated groups for deep health checks.

    One faulty accelerator stops a training job on all the others, and they are paid while somebody looks for it.
    ``NodeRecovery: Automatic`` reboots or replaces a faulty node; ``OnStartDeepHealthChecks`` stress accelerators and
    links before a node takes work. AWS documents no default for either, so the template should say what it wants. Both
    exist with EKS and with Slurm. Groups without accelerators (controller, login) are left alone.

    Bad
    ---
    ```yaml
    Resources:
      Cluster:
        Type: AWS::SageMaker::Cluster
        Metadata:
          LeanSilicon:
            Workload: {Task: pre-training, Parameters: 8000000000, Precision: bf16}
        Properties:
          Orchestrator: {Eks: {ClusterArn: "arn:aws:eks:us-east-1:111122223333:cluster/training"}}
          NodeRecovery: None
          InstanceGroups:
            - InstanceGroupName: workers
              InstanceType: ml.trn1.32xlarge
              InstanceCount: 4
              ExecutionRole: "arn:aws:iam::111122223333:role/hyperpod"
              LifeCycleConfig: {SourceS3Uri: "s3://sagemaker-amzn-s3-demo-bucket/lifecycle", OnCreate: on_create.sh}
    ```

    Good
    ----
    ```yaml
    Resources:
      Cluster:
        Type: AWS::SageMaker::Cluster
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 8000000000, Precision: bf16, Adapter: lora}
        Properties:
          Orchestrator: {Eks: {ClusterArn: "arn:aws:eks:us-east-1:111122223333:cluster/training"}}
          NodeRecovery: Automatic
          InstanceGroups:
            - InstanceGroupName: workers
              InstanceType: ml.trn1.2xlarge
              InstanceCount: 1
              ExecutionRole: "arn:aws:iam::111122223333:role/hyperpod"
              LifeCycleConfig: {SourceS3Uri: "s3://sagemaker-amzn-s3-demo-bucket/lifecycle", OnCreate: on_create.sh}
              OnStartDeepHealthChecks: [InstanceStress, InstanceConnectivity]
    ```
    """

    id = "UTL007"
    title = "HyperPod without automatic recovery and deep health checks"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Busy or off: no accelerator waits for a repair"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateCluster.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-eks-resiliency-deep-health-checks.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-resiliency-slurm-deep-health-checks.html",
    )
    resource_types = frozenset({"AWS::SageMaker::Cluster"})

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A cluster with accelerated groups that lacks either."""
        view = context.view(resource.template)
        groups = _accelerated_groups(resource, context, view)
        if not groups:
            return
        lacking = list(_recovery(resource, view))
        unchecked = [
            (_name(resource, group, view), group)
            for group in groups
            if view.is_set(resource, f"{group}.OnStartDeepHealthChecks") is False
        ]
        if unchecked:
            names = ", ".join(name for name, _ in unchecked[:4]) + (" and more" if len(unchecked) > 4 else "")
            lacking.append(
                (f"no OnStartDeepHealthChecks in {names}", f"Properties.{unchecked[0][1]}.OnStartDeepHealthChecks")
            )
        if lacking:
            yield self.found_at(
                resource,
                f"The cluster has {' and '.join(reason for reason, _ in lacking)}: a faulty accelerator stops a job until it is noticed.",
                property_path=lacking[0][1],
                suggestion=Suggestion(
                    "Set NodeRecovery: Automatic, and OnStartDeepHealthChecks: [InstanceStress, InstanceConnectivity] in every accelerated "
                    "instance group."
                ),
            )


def _accelerated_groups(resource: Resource, context: Context, view: TemplateView) -> list[str]:
    """The paths of the accelerated instance groups, each once."""
    found: dict[str, None] = {}
    for use in view.uses_by_resource.get(resource.logical_id, ()):
        group = _GROUP.match(use.property_path)
        if group is not None and is_accelerated(use, context):
            found[group[1]] = None
    return list(found)


def _recovery(resource: Resource, view: TemplateView) -> Iterator[tuple[str, str]]:
    """What the cluster says of recovery, where that is not `Automatic`; once."""
    for at in view.walk(resource, "NodeRecovery"):
        if at.absent:
            yield f"no NodeRecovery{when(at.assumed)}", at.path
            return
        if at.value == "None" and at.unknown is None:
            yield f"NodeRecovery None{when(at.assumed)}", at.path
            return


def _name(resource: Resource, group: str, view: TemplateView) -> str:
    names = [name for name in view.known(resource, f"{group}.InstanceGroupName") if isinstance(name, str)]
    return names[0] if names else group

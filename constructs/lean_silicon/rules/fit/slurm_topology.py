"""FIT005: a HyperPod cluster with Slurm that the service refuses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.fit._slurm_cluster import Group, SlurmCluster, slurm_cluster
from lean_silicon.rules.fit._slurm_scripts import unreadable_scripts
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.rules.wording import when
from lean_silicon.templates import Resource, TemplateView

_GROUPS = "Properties.InstanceGroups"


class Refused(NamedTuple):
    """A limit that is broken: the sentence, where, and the fix."""

    message: str
    path: str
    fix: str


class SlurmTopology(ResourceRule):
    """A HyperPod cluster with Slurm breaks a limit of the service, so that its deployment fails or its nodes cannot start.

    With Slurm's configuration in the API (``Orchestrator.Slurm``, ``SlurmConfig``) a cluster has exactly one Controller group and
    at most one Login group; ``PartitionNames`` is required for Compute groups, forbidden for the others, and names one partition.
    A file system (FSx for Lustre or OpenZFS) needs ``VpcConfig``. An accounting database needs ``NodeProvisioningMode: Continuous``.

    The name of the bucket with the lifecycle scripts begins with ``sagemaker-``, since the managed policy of the nodes reads no
    other. This is an **error** where the execution role of the template has that policy alone, a **warning** where the role lies
    elsewhere, and nothing where the role has other policies too. Everything else is an **error**.

    Clusters on EKS, and clusters that leave Slurm's configuration to ``provisioning_parameters.json``, are not judged by their groups.

    Bad
    ---
    ```yaml
    Resources:
      Cluster:
        Type: AWS::SageMaker::Cluster
        Properties:
          Orchestrator: {Slurm: {SlurmConfigStrategy: Managed}}
          InstanceGroups:
            - InstanceGroupName: head
              InstanceType: ml.m8g.xlarge
              InstanceCount: 1
              ExecutionRole: arn:aws:iam::111122223333:role/hyperpod
              SlurmConfig: {NodeType: Controller}
            - InstanceGroupName: workers
              InstanceType: ml.trn1.32xlarge
              InstanceCount: 2
              ExecutionRole: arn:aws:iam::111122223333:role/hyperpod
              SlurmConfig: {NodeType: Compute}
    ```

    Good
    ----
    ```yaml
    Resources:
      Cluster:
        Type: AWS::SageMaker::Cluster
        Properties:
          Orchestrator: {Slurm: {SlurmConfigStrategy: Managed}}
          InstanceGroups:
            - InstanceGroupName: head
              InstanceType: ml.m8g.xlarge
              InstanceCount: 1
              ExecutionRole: arn:aws:iam::111122223333:role/hyperpod
              SlurmConfig: {NodeType: Controller}
            - InstanceGroupName: workers
              InstanceType: ml.trn1.32xlarge
              InstanceCount: 2
              ExecutionRole: arn:aws:iam::111122223333:role/hyperpod
              SlurmConfig: {NodeType: Compute, PartitionNames: [train]}
    ```
    """

    id = "FIT005"
    title = "A Slurm topology that HyperPod refuses"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Software that matches the silicon: Slurm topology"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-ref.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-slurm-api-config-migration.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/sagemaker-hyperpod-external-accounting-db-slurm.html",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ClusterLifeCycleConfig.html",
    )
    resource_types = frozenset({"AWS::SageMaker::Cluster"})

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each limit that a cluster with Slurm breaks."""
        view = context.view(resource.template)
        cluster = slurm_cluster(resource, view)
        if cluster is None:
            return
        for check in _CHECKS:
            for refused in check(cluster, view):
                yield self.found_at(
                    resource, f"{refused.message}.", property_path=refused.path, suggestion=Suggestion(refused.fix)
                )
        scripts = unreadable_scripts(cluster, view)
        if scripts is not None:
            yield self.found_at(
                resource,
                f"{scripts.message}.",
                property_path=scripts.path,
                severity=Severity.ERROR if scripts.certain else Severity.WARNING,
                suggestion=Suggestion(
                    "Put the scripts into a bucket whose name begins with sagemaker-, or allow the execution role to read this one."
                ),
            )


def _one_controller(cluster: SlurmCluster, _: TemplateView) -> Iterator[Refused]:
    certain, possible = cluster.of_type("Controller"), cluster.possible("Controller")
    if len(certain) > 1:
        yield Refused(
            f"The cluster has {len(certain)} Controller groups ({_names(certain)}); HyperPod takes exactly one",
            certain[1].node_type_path,
            "Keep one group with NodeType: Controller.",
        )
    elif cluster.is_in_api and cluster.complete and not possible:
        yield Refused(
            "The cluster has no Controller group; HyperPod takes exactly one",
            _GROUPS,
            "Add a group of one instance with SlurmConfig: {NodeType: Controller}.",
        )


def _at_most_one_login(cluster: SlurmCluster, _: TemplateView) -> Iterator[Refused]:
    certain = cluster.of_type("Login")
    if len(certain) > 1:
        yield Refused(
            f"The cluster has {len(certain)} Login groups ({_names(certain)}); HyperPod takes at most one",
            certain[1].node_type_path,
            "Keep one group with NodeType: Login and raise its InstanceCount.",
        )


def _partitions(cluster: SlurmCluster, _: TemplateView) -> Iterator[Refused]:
    for group in cluster.groups:
        count = group.partitions
        if group.node_type is None or count is None:
            continue
        who = f"{group.node_type} group {group.name}"
        stated = when(group.assumed)
        if group.node_type == "Compute" and count == 0:
            yield Refused(
                f"{who} has no PartitionNames, which Compute groups must have{stated}",
                f"{group.path}.SlurmConfig",
                "Name its partition: PartitionNames: [train].",
            )
        elif group.node_type in ("Controller", "Login") and count > 0:
            yield Refused(
                f"{who} has PartitionNames, which only Compute groups may have{stated}",
                f"{group.path}.SlurmConfig.PartitionNames",
                "Remove PartitionNames there.",
            )
        elif count > 1:
            yield Refused(
                f"{who} is in {count} partitions; HyperPod takes one partition per group{stated}",
                f"{group.path}.SlurmConfig.PartitionNames",
                "Split the group, or add the second partition in Slurm yourself with SlurmConfigStrategy: Merge.",
            )


def _file_systems(cluster: SlurmCluster, view: TemplateView) -> Iterator[Refused]:
    if view.is_set(cluster.resource, "VpcConfig") is not False:
        return
    for group in cluster.groups:
        if group.file_system is not None and not group.may_have_network:
            yield Refused(
                f"Group {group.name} mounts Amazon FSx, which needs VpcConfig, and the cluster has none{when(group.assumed)}",
                group.file_system,
                "Add VpcConfig with subnets and security groups that reach the file system.",
            )
            return


def _accounting(cluster: SlurmCluster, view: TemplateView) -> Iterator[Refused]:
    path = "Orchestrator.Slurm.AccountingDatabase"
    modes = list(view.walk(cluster.resource, "NodeProvisioningMode"))
    if view.is_set(cluster.resource, path) is not True:
        return
    if all(at.absent or (at.unknown is None and at.value != "Continuous") for at in modes):
        yield Refused(
            "The cluster has an AccountingDatabase, which HyperPod takes only with NodeProvisioningMode: Continuous",
            f"Properties.{path}",
            "Set NodeProvisioningMode: Continuous, or leave AccountingDatabase out: Slurm then keeps its accounts on the controller.",
        )


_CHECKS: tuple[Callable[[SlurmCluster, TemplateView], Iterator[Refused]], ...] = (
    _one_controller,
    _at_most_one_login,
    _partitions,
    _file_systems,
    _accounting,
)


def _names(groups: tuple[Group, ...]) -> str:
    return ", ".join(group.name for group in groups)

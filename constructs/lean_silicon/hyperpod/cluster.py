"""`SlurmCluster`: a HyperPod cluster with Slurm as one construct."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jsii
from aws_cdk import Annotations, Names, RemovalPolicy, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.catalog import Component
from lean_silicon.declaring import Declaration
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import UTILISATION, Footprint, hourly_footprint
from lean_silicon.hyperpod.accounting import AccountingDatabase, AccountingSite, Accounts, make_accounting
from lean_silicon.hyperpod.address_space import addresses_needed
from lean_silicon.hyperpod.cluster_base import ImportedSlurmCluster, SlurmClusterBase
from lean_silicon.hyperpod.cluster_resource import make_resource
from lean_silicon.hyperpod.head_node import HeadNode
from lean_silicon.hyperpod.instance_groups import Surroundings, head_group, worker_group
from lean_silicon.hyperpod.lifecycle import Lifecycle, bucket_name_of, node_settings, publish_scripts
from lean_silicon.hyperpod.limits import check_name, check_plan
from lean_silicon.hyperpod.network import make_network, network_readiness
from lean_silicon.hyperpod.operations import Operations
from lean_silicon.hyperpod.quotas import Quota, quotas_of
from lean_silicon.hyperpod.roles import NodeRoles
from lean_silicon.hyperpod.software import Software
from lean_silicon.hyperpod.storage import SharedStorage, StorageSite, make_storage
from lean_silicon.hyperpod.topology import ClusterPlan, NodeType, Partition, ProvisioningMode
from lean_silicon.hyperpod.worker_group import WorkerGroup


@jsii.implements(ec2.IConnectable)
class SlurmCluster(SlurmClusterBase):
    """A SageMaker HyperPod cluster with Slurm, on the service's own configuration of Slurm: no custom resource manages it.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    workers
        Groups of nodes that run jobs: Trainium, or GPUs with a reason.
    vpc
        Your own VPC, with private subnets that reach S3, CloudWatch, Systems Manager and SageMaker. Default: a new one without a
        way to the internet, with
        endpoints for what nodes call.
    availability_zone
        Where the accelerators are. Default: the first zone of the VPC.
    controller, login
        The nodes that run no jobs. Default: the smallest controller, and no login node (people submit jobs from the controller).
    storage
        What nodes share. Default: FSx for Lustre, sized from the workers' accelerator memory.
    accounting
        A database for Slurm's accounts. Default: on the controller, where it is lost with its volume.
    software
        People, containers, metrics, a hook of your own.
    operations
        How the service runs the cluster: provisioning, recovery, idle alarms.
    cluster_name
        Default: made from the construct's path. A cluster cannot be renamed.
    encryption_key
        For volumes, file systems and the database. Default: a new key that rotates; with provisioning all at once the service
        takes none for volumes.
    removal_policy
        Of what holds data. Default: retain.

    Raises
    ------
    InvalidValueError
        If the service would refuse the cluster; see `lean_silicon.hyperpod.limits`.

    Examples
    --------
    >>> from aws_cdk import App, Environment, Stack
    >>> stack = Stack(App(), "Training", env=Environment(account="111122223333", region="us-east-2"))
    >>> cluster = SlurmCluster(stack, "Cluster", workers=[WorkerGroup.trainium2(count=4)])
    >>> cluster.partitions[0].generic_resource
    'neuron:16'
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        workers: Sequence[WorkerGroup],
        vpc: ec2.IVpc | None = None,
        availability_zone: str | None = None,
        controller: HeadNode | None = None,
        login: HeadNode | None = None,
        storage: SharedStorage | None = None,
        accounting: AccountingDatabase | None = None,
        software: Software | None = None,
        operations: Operations | None = None,
        cluster_name: str | None = None,
        encryption_key: kms.IKey | None = None,
        removal_policy: RemovalPolicy = RemovalPolicy.RETAIN,
    ) -> None:
        super().__init__(scope, construct_id)
        self._workers = tuple(workers)
        self._heads = {NodeType.CONTROLLER: controller or HeadNode()}
        if login is not None:
            self._heads[NodeType.LOGIN] = login
        self._operations = operations or Operations()
        self._software = software or Software()
        shared = storage or SharedStorage.lustre()
        self._name = cluster_name or Names.unique_resource_name(self, max_length=63, separator="-").strip("-")
        _check_cluster_name(self._name)
        self.plan = self._plan(shared, accounting is not None, encryption_key is not None)
        check_plan(self.plan)

        addresses = addresses_needed((group.instance_types, group.count) for group in self.plan.groups)
        network = make_network(self, vpc, availability_zone, addresses)
        self.vpc = network.vpc
        self._security_group = network.security_group
        self._connections = ec2.Connections(security_groups=[network.security_group])
        self.encryption_key = encryption_key or self._new_key(removal_policy)
        site = StorageSite(network.vpc, network.subnet, network.security_group, self.encryption_key, removal_policy)
        mounts = make_storage(self, shared, self._workers, site)
        settings = node_settings(self.cluster_name, self.plan, self._workers, self._software, mounts)
        lifecycle = publish_scripts(self, self._software, settings, removal_policy)
        self.lifecycle_bucket = lifecycle.bucket
        roles = NodeRoles(self, self.cluster_name, lifecycle.bucket, self._volume_key)
        self.execution_roles: tuple[iam.IRole, ...] = (roles.controller, roles.other)
        accounts = self._accounts(accounting, network.vpc, removal_policy)
        if accounts is not None:
            accounts.database.secret.grant_read(roles.controller)
        groups = self._instance_groups(Surroundings(lifecycle, mounts, self._volume_key), roles)
        self._resource = make_resource(self, self._name, groups, self._operations, accounts, network)
        self._arn = self._resource.attr_cluster_arn
        self._order(lifecycle, roles, accounts)
        self._declaration = self._declare()
        self.idle_alarms = self._make_idle_alarms()
        self._say(lifecycle)

    @classmethod
    def from_cluster_attributes(
        cls, scope: Construct, construct_id: str, *, cluster_arn: str, cluster_name: str
    ) -> SlurmClusterBase:
        """A cluster of another stack, to give access to it or watch it."""
        return ImportedSlurmCluster(scope, construct_id, cluster_arn=cluster_arn, cluster_name=cluster_name)

    @property
    def connections(self) -> ec2.Connections:
        """The network of the nodes, to open other things to them."""
        return self._connections

    @property
    def partitions(self) -> tuple[Partition, ...]:
        """Slurm's partitions, one for each group of workers."""
        return tuple(worker.slurm_partition() for worker in self._workers)

    @property
    def quotas(self) -> tuple[Quota, ...]:
        """Service quotas to ask for before the first deployment."""
        return quotas_of(self.plan, self._workers)

    def footprint(self, utilisation: float = UTILISATION) -> dict[str, Footprint]:
        """What an hour of each instance group costs, by its name: money (on demand), power, energy, carbon, water, with bands.

        `utilisation` is how busy the nodes are, from 0 to 1. Of a group with several types the first is counted, which the service tries
        first. What cannot be known at synth (a number that is a parameter, the region's factors where the stack has none) is unknown,
        never zero. Storage, network and accounting are not in it.
        """
        region = None if Token.is_unresolved(self.stack.region) else self.stack.region
        return {
            group.name: Footprint(assumptions=("the number of nodes is not known at synth",))
            if Token.is_unresolved(group.count)
            else hourly_footprint(
                group.instance_types[0],
                Component.SAGEMAKER_HYPERPOD,
                region,
                count=group.count,
                utilisation=utilisation,
            )
            for group in self.plan.groups
        }

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, object]) -> None:
        """Declare that cheaper ways of adapting a model fell short, which the rules ask of fine-tuning and pre-training.

        For instance ``EvaluationRecord(Rung.RAG, "s3://evaluations/rag.json", 0.51, 0.85, date(2026, 10, 1))``, or an entry as it stands in
        a template's ``Metadata: LeanSilicon: Evidence:``.
        """
        self._declaration.add_evidence(*records)

    @property
    def _volume_key(self) -> kms.IKey | None:
        """The key for the nodes' volumes: the service takes one only with Continuous provisioning."""
        continuous = self._operations.provisioning is ProvisioningMode.CONTINUOUS
        return self.encryption_key if continuous else None

    def _plan(self, storage: SharedStorage, has_accounting: bool, has_key: bool) -> ClusterPlan:
        mounts = storage.mounts_anything
        return ClusterPlan(
            groups=(
                *(head.plan(node_type, mounts_fsx=mounts) for node_type, head in self._heads.items()),
                *(worker.plan(mounts_fsx=mounts) for worker in self._workers),
            ),
            provisioning=self._operations.provisioning,
            has_accounting_database=has_accounting,
            has_customer_key=has_key,
            lifecycle_bucket=bucket_name_of(self._software),
        )

    def _new_key(self, removal_policy: RemovalPolicy) -> kms.Key:
        return kms.Key(
            self,
            "Key",
            description=f"Volumes, file systems and accounts of {self.cluster_name}",
            enable_key_rotation=True,
            removal_policy=removal_policy,
        )

    def _accounts(
        self, accounting: AccountingDatabase | None, vpc: ec2.IVpc, removal_policy: RemovalPolicy
    ) -> Accounts | None:
        if accounting is None:
            return None
        site = AccountingSite(vpc, self._security_group, self.encryption_key, removal_policy)
        return make_accounting(self, accounting, site)

    def _instance_groups(
        self, around: Surroundings, roles: NodeRoles
    ) -> list[sagemaker.CfnCluster.ClusterInstanceGroupProperty]:
        heads = [head_group(head, kind, roles.of(kind), around) for kind, head in self._heads.items()]
        return [*heads, *(worker_group(worker, roles.other, around) for worker in self._workers)]

    def _order(self, lifecycle: Lifecycle, roles: NodeRoles, accounts: Accounts | None) -> None:
        """Nodes read scripts and secrets, and call endpoints, as soon as they start."""
        self._resource.node.add_dependency(
            lifecycle.deployment, *roles.policies, *network_readiness(self), *(accounts.readiness if accounts else ())
        )

    def _declare(self) -> Declaration:
        """Say what each group is for, so that the rules can judge it."""
        heads = {head.plan(kind, mounts_fsx=False).name: head.workload for kind, head in self._heads.items()}
        return Declaration(
            self._resource, workloads={**heads, **{worker.name: worker.workload for worker in self._workers}}
        )

    def _make_idle_alarms(self) -> tuple[cloudwatch.Alarm, ...]:
        idle = self._operations.idle_alarm
        if idle is None:
            return ()
        return tuple(
            idle.make(self, self.metric_accelerator_utilization(worker.name), worker.name, self.cluster_arn)
            for worker in self._workers
            if worker.accelerator_kind is not None
        )

    def _say(self, lifecycle: Lifecycle) -> None:
        """Quotas to ask for, and what nobody could look up."""
        asked = "; ".join(str(quota) for quota in self.quotas)
        Annotations.of(self).add_info(f"Quotas to ask for before deploying {self.cluster_name}: {asked}")
        self.lifecycle_version = lifecycle.version
        if any(head.is_arm64 for head in self._heads.values()):
            Annotations.of(self).add_warning_v2(
                "lean-silicon:hyperpod-graviton-head-node",
                "HyperPod takes Graviton types, but no public document says that its Slurm image exists for arm64. Try it in "
                "your account first",
            )


def _check_cluster_name(name: str) -> None:
    if Token.is_unresolved(name):
        raise InvalidValueError(
            "cluster_name is known only at deployment, but the scripts of the nodes carry it; give a literal name, "
            "or none for one made from the path"
        )
    check_name("cluster_name", name)

"""The cluster as CloudFormation writes it."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon.hyperpod.accounting import Accounts
from lean_silicon.hyperpod.network import Network
from lean_silicon.hyperpod.operations import Operations
from lean_silicon.hyperpod.topology import ProvisioningMode


def make_resource(
    scope: Construct,
    name: str,
    groups: Sequence[sagemaker.CfnCluster.ClusterInstanceGroupProperty],
    operations: Operations,
    accounts: Accounts | None,
    network: Network,
) -> sagemaker.CfnCluster:
    """The ``AWS::SageMaker::Cluster``."""
    continuous = operations.provisioning is ProvisioningMode.CONTINUOUS
    return sagemaker.CfnCluster(
        scope,
        "Resource",
        cluster_name=name,
        instance_groups=list(groups),
        node_recovery="Automatic" if operations.automatic_recovery else "None",
        node_provisioning_mode=ProvisioningMode.CONTINUOUS.value if continuous else None,
        orchestrator=sagemaker.CfnCluster.OrchestratorProperty(
            slurm=sagemaker.CfnCluster.ClusterOrchestratorSlurmConfigProperty(
                slurm_config_strategy=operations.slurm_config.value, accounting_database=_database(accounts)
            )
        ),
        tiered_storage_config=_tiers(operations),
        vpc_config=sagemaker.CfnCluster.VpcConfigProperty(
            security_group_ids=[network.security_group.security_group_id], subnets=[network.subnet.subnet_id]
        ),
    )


def _tiers(operations: Operations) -> sagemaker.CfnCluster.TieredStorageConfigProperty | None:
    percent = operations.tiered_checkpoint_percent
    if percent is None:
        return None
    return sagemaker.CfnCluster.TieredStorageConfigProperty(
        mode="Enable", instance_memory_allocation_percentage=percent
    )


def _database(accounts: Accounts | None) -> sagemaker.CfnCluster.ClusterAccountingDatabaseProperty | None:
    if accounts is None:
        return None
    database = accounts.database
    return sagemaker.CfnCluster.ClusterAccountingDatabaseProperty(
        endpoint=database.endpoint, port=database.port, name=database.schema, secret_arn=database.secret.secret_arn
    )

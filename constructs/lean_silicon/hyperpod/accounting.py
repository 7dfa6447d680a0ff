"""Where Slurm keeps its accounts: job history, users, fair shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, cast

from aws_cdk import CfnResource, Duration, RemovalPolicy, Token
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct, IConstruct

from lean_silicon.acceptance import accept
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod import acknowledgments

_SCHEMA = "slurm_acct_db"
_USER = "slurm"
_PORT = 3307
"""Not MySQL's own port, which AwsSolutions-RDS11 asks for."""
_BACKUP_DAYS = 14


@dataclass(frozen=True)
class ServerlessDatabase:
    """A new Aurora Serverless v2 MySQL database, in capacity units of 2 GiB memory each."""

    minimum_units: float = 0.5
    maximum_units: float = 2

    def __post_init__(self) -> None:
        if not 0.5 <= self.minimum_units <= self.maximum_units <= 256:
            raise InvalidValueError(
                f"the database has {self.minimum_units} to {self.maximum_units} capacity units; they must lie between 0.5 and "
                "256, the lower first. "
                "0 would pause it, but slurmdbd keeps a connection open, so it never would be paused"
            )


@dataclass(frozen=True)
class ExistingDatabase:
    """Your own MySQL-compatible database."""

    endpoint: str
    secret: secretsmanager.ISecret
    port: int = 3306
    schema: str = _SCHEMA
    connections: ec2.Connections | None = None


@dataclass(frozen=True)
class AccountingDatabase:
    """A database outside of the controller, so that accounts survive it.

    The service needs Continuous provisioning for it, an image released after 2026-08-30, and never goes back to the controller's
    own database (SageMaker
    Developer Guide, "Using an external accounting database").
    """

    database: ServerlessDatabase | ExistingDatabase

    @classmethod
    def serverless(cls, *, minimum_units: float = 0.5, maximum_units: float = 2) -> AccountingDatabase:
        """A new Aurora Serverless v2 database with a generated secret, encrypted, in private subnets."""
        return cls(ServerlessDatabase(minimum_units, maximum_units))

    @classmethod
    def existing(
        cls,
        *,
        endpoint: str,
        secret: secretsmanager.ISecret,
        port: int = 3306,
        schema: str = _SCHEMA,
        connections: ec2.Connections | None = None,
    ) -> AccountingDatabase:
        """Your own database; the secret holds ``username`` and ``password``. Its `connections` are opened to the cluster where given."""
        if not Token.is_unresolved(port) and not 1 <= port <= 65535:
            raise InvalidValueError(f"port is {port}; it must be 1 to 65535. MySQL's own is 3306")
        return cls(ExistingDatabase(endpoint, secret, port, schema, connections))


class AccountingSite(NamedTuple):
    """Where a new database is made."""

    vpc: ec2.IVpc
    nodes: ec2.ISecurityGroup
    key: kms.IKey
    removal_policy: RemovalPolicy


class Accounts(NamedTuple):
    """The database as CloudFormation needs it."""

    database: ExistingDatabase
    readiness: tuple[IConstruct, ...] = ()
    """What must be there before the controller can connect."""


def make_accounting(scope: Construct, accounting: AccountingDatabase, site: AccountingSite) -> Accounts:
    """Create the database or take the given one, and open it to the nodes."""
    asked = accounting.database
    if isinstance(asked, ExistingDatabase):
        if asked.connections is not None:
            asked.connections.allow_from(site.nodes, ec2.Port.tcp(asked.port), "Slurm accounting")
        return Accounts(asked)
    cluster = _aurora(scope, asked, site)
    secret = cluster.secret
    if secret is None:
        raise InvalidValueError("the accounting database has no secret; keep its generated credentials")
    _letters_and_digits_only(cluster)
    accept(cluster, acknowledgments.DATABASE)
    accept(cluster.node.find_child("Secret"), acknowledgments.SECRET)
    cluster.connections.allow_from(site.nodes, ec2.Port.tcp(_PORT), "Slurm accounting")
    return Accounts(
        ExistingDatabase(cluster.cluster_endpoint.hostname, secret, _PORT, _SCHEMA),
        (cluster.node.find_child("Writer"),),
    )


def _aurora(scope: Construct, asked: ServerlessDatabase, site: AccountingSite) -> rds.DatabaseCluster:
    return rds.DatabaseCluster(
        scope,
        "Accounting",
        engine=rds.DatabaseClusterEngine.aurora_mysql(version=rds.AuroraMysqlEngineVersion.VER_3_10_0),
        writer=rds.ClusterInstance.serverless_v2("Writer"),
        serverless_v2_min_capacity=asked.minimum_units,
        serverless_v2_max_capacity=asked.maximum_units,
        credentials=rds.Credentials.from_generated_secret(
            # slurmdbd.conf takes the password up to a space or '#'; letters and digits are safe in any file
            _USER,
            encryption_key=site.key,
            exclude_characters=" %+~`#$&*()|[]{}:;<>?!'/@\"\\^=,.-_",
        ),
        default_database_name=_SCHEMA,
        port=_PORT,
        vpc=site.vpc,
        vpc_subnets=_subnets(site.vpc),
        storage_encrypted=True,
        storage_encryption_key=site.key,
        backup=rds.BackupProps(retention=Duration.days(_BACKUP_DAYS)),
        cloudwatch_logs_exports=["audit", "error", "general", "slowquery"],
        # What Slurm asks of InnoDB (Slurm documentation, "Accounting and Resource Limits")
        parameters={"innodb_lock_wait_timeout": "900"},
        deletion_protection=site.removal_policy is not RemovalPolicy.DESTROY,
        removal_policy=site.removal_policy,
    )


def _letters_and_digits_only(cluster: rds.DatabaseCluster) -> None:
    """Say that the password has no punctuation: one character of every included kind is required, and all of this kind are excluded."""
    secret = cluster.node.find_child("Secret").node.default_child
    cast(CfnResource, secret).add_property_override("GenerateSecretString.ExcludePunctuation", True)


def _subnets(vpc: ec2.IVpc) -> ec2.SubnetSelection:
    """Isolated subnets of two zones where there are any, else private ones."""
    kind = ec2.SubnetType.PRIVATE_ISOLATED if vpc.isolated_subnets else ec2.SubnetType.PRIVATE_WITH_EGRESS
    return ec2.SubnetSelection(subnet_type=kind, one_per_az=True)

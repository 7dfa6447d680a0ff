"""A SageMaker training job on Trainium, run by Step Functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aws_cdk import Acknowledgment, Duration, Names, RemovalPolicy, Size, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Requirement, Task, Workload
from lean_silicon.training import permissions
from lean_silicon.training.capacity_retry import CapacityRetry
from lean_silicon.training.channels import Channel, require_channels
from lean_silicon.training.containers import BoundContainer, TrainingContainer
from lean_silicon.training.distribution import Distribution
from lean_silicon.training.hardware import TrainingHardware
from lean_silicon.training.hyperparameters import encode_hyperparameters
from lean_silicon.training.network import training_network
from lean_silicon.training.request import (
    CHECKPOINT_PREFIX,
    LONGEST_PREFIX,
    OUTPUT_PREFIX,
    TrainingRequest,
    require_environment,
    require_job_name_prefix,
    require_metric_definitions,
)
from lean_silicon.training.time_limits import TimeLimits
from lean_silicon.training.training_code import CODE_CHANNEL, BoundCode, TrainingCode
from lean_silicon.training.training_job_base import TrainingJobBase
from lean_silicon.training.training_role import grant_network, grant_read, grant_volume, grant_write, training_role
from lean_silicon.training.workflow import training_workflow

_GPU_TRAINING = "SIL001"
# Types without disks of their own get an EBS volume; the toolkit, the code and a model of a few billion weights fit into this.
_VOLUME = 100
_OWN_ENVIRONMENT_VARIABLES = 1


class TrainiumTrainingJob(TrainingJobBase):
    """A training job that is started by an execution of a state machine, on Trainium.

    By default: one ml.trn1.2xlarge, AWS's Neuron container of the region, managed spot capacity with checkpoints in S3, a limit of 24
    hours, a VPC without a way to the internet, no network at all inside the container, everything encrypted with a key of its own, and
    roles that may do what the job does and nothing else. Lack of capacity is waited out; a failure of the training code is not tried again.

    Parameters
    ----------
    code
        The script to run. Needed with AWS's containers; without it, your own image runs its ``train`` program.
    inputs
        Data by channel name; mounted at ``/opt/ml/input/data/<name>``.
    hardware
        Instances. Default: one ml.trn1.2xlarge.
    distribution
        What starts the script on every accelerator. Default: the script is started once on each instance.
    hyperparameters
        Handed to the script as ``--name value``. A value may come from the execution's input: ``sfn.JsonPath.string_at("$.epochs")``.
    workload
        What is trained, for the checks: task, parameters, precision. Default: training, of a size not declared.
    time_limit
        The longest that the job may run, at most 28 days. Default: 24 hours.
    container
        The image. Default: AWS's PyTorch container for the silicon.
    spot
        Whether to use spare capacity, which SageMaker may take back and later continue from the last checkpoint in ``/opt/ml/checkpoints``.
        Default: yes, where EC2 sells the type so.
    max_wait
        With spot, the longest from start to end, interruptions included. Default: twice `time_limit`, at most 28 days.
    metric_definitions
        Metric name to the pattern that finds its value in the log; SageMaker publishes them to CloudWatch.
    environment
        Environment variables of the container.
    schedule
        When to start runs by themselves. Default: never.
    vpc, vpc_subnets, security_groups
        Your network; its subnets need a gateway endpoint for S3. Default: a VPC of its own with nothing else in it.
    network_isolation
        Whether the container has no network but to its peers, and no AWS credentials. Default: yes. Without it the script may reach what
        the VPC reaches.
    encrypt_inter_container_traffic
        Whether instances encrypt what they send each other, which slows down communication; without effect on a single one. Default: yes.
    output_bucket
        Where models go (``output/``) and checkpoints (``checkpoints/``). Default: a bucket of its own, retained.
    encryption_key
        Encrypts models, checkpoints and volumes. Default: the key of `output_bucket`, else one of its own, retained.
    volume_size
        EBS volume of each instance, for types without disks of their own. Default: 100 GiB.
    capacity_retry
        What to do when there are no instances. Default: up to 10 further attempts over about eight hours.
    job_name_prefix
        The start of the jobs' names; a UUID follows. Default: from the construct's path.
    job_tags
        Tags of the jobs.

    Raises
    ------
    InvalidValueError
        If SageMaker would refuse the job, or the parts do not fit each other.

    Examples
    --------
    .. code-block:: python

        job = TrainiumTrainingJob(
            self,
            "FineTune",
            code=TrainingCode.from_asset("training", entry_point="train.py"),
            inputs={"train": Channel.s3(bucket, "tokens/")},
            hardware=TrainingHardware.trainium("ml.trn1.32xlarge", count=2),
            distribution=Distribution.torchrun(),
            hyperparameters={"learning_rate": 1e-4},
            workload=Workload(task=Task.FINE_TUNING, parameters=8_000_000_000, precision=Precision.BF16),
            time_limit=Duration.hours(8),
        )
        job.grant_start(team)
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: TrainingCode | None = None,
        inputs: Mapping[str, Channel] | None = None,
        hardware: TrainingHardware | None = None,
        distribution: Distribution | None = None,
        hyperparameters: Mapping[str, Any] | None = None,
        workload: Workload | None = None,
        time_limit: Duration | None = None,
        container: TrainingContainer | None = None,
        spot: bool | None = None,
        max_wait: Duration | None = None,
        metric_definitions: Mapping[str, str] | None = None,
        environment: Mapping[str, str] | None = None,
        schedule: scheduler.ScheduleExpression | None = None,
        vpc: ec2.IVpc | None = None,
        vpc_subnets: ec2.SubnetSelection | None = None,
        security_groups: Sequence[ec2.ISecurityGroup] | None = None,
        network_isolation: bool = True,
        encrypt_inter_container_traffic: bool = True,
        output_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | None = None,
        volume_size: Size | None = None,
        capacity_retry: CapacityRetry | None = None,
        job_name_prefix: str | None = None,
        job_tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._hardware = hardware or TrainingHardware.trainium()
        self._spot = _spot(self._hardware, spot)
        self._workload = _declared(workload or Workload(), self._hardware, interruptible=self._spot)
        image = _container(container, self._hardware, code, distribution)
        time_limits = TimeLimits.of(time_limit or Duration.hours(24), max_wait, spot=self._spot)
        require_metric_definitions(metric_definitions or {})
        prefix = require_job_name_prefix(job_name_prefix or self._default_prefix())
        variables = {**self._hardware.environment, **(distribution.environment(code.entry_point) if distribution and code else {})}
        require_environment(environment or {}, len(variables) + _OWN_ENVIRONMENT_VARIABLES)

        bound = code.bind(self, distribution) if code else None
        channels = _channels(inputs or {}, bound)
        encoded = encode_hyperparameters(hyperparameters or {}, reserved=_toolkit_settings(bound, distribution))

        self._role = training_role(self)
        resolved = image.bind(self, self._role)
        _require_launcher(resolved, distribution)
        self._network = training_network(self, vpc, vpc_subnets, security_groups)
        grant_network(self._role, self._network.vpc, self._network.subnets, self._network.security_groups)
        self._connections = ec2.Connections(security_groups=list(self._network.security_groups))

        self._encryption_key = encryption_key or (output_bucket.encryption_key if output_bucket else None) or self._own_key()
        self._output_bucket = output_bucket or self._own_bucket()
        grant_read(self._role, channels.values())
        grant_write(self._role, self._output_bucket, (OUTPUT_PREFIX, CHECKPOINT_PREFIX), self._output_key())
        has_volume = self._hardware.has_local_storage is False
        if has_volume:
            grant_volume(self._role, self._encryption_key)

        request = TrainingRequest(
            job_name_prefix=prefix,
            image_uri=resolved.image_uri,
            role_arn=self._role.role_arn,
            hardware=self._hardware,
            inputs=channels,
            hyperparameters=encoded,
            environment={**variables, **(environment or {})},
            metric_definitions=metric_definitions or {},
            tags=job_tags or {},
            bucket_name=self._output_bucket.bucket_name,
            output_key_arn=self._output_key().key_arn,
            volume_key_arn=self._encryption_key.key_arn if has_volume else None,
            volume_gib=_volume_gib(self._hardware, volume_size),
            time_limits=time_limits,
            spot=self._spot,
            network=self._network.to_request(),
            network_isolation=network_isolation,
            encrypt_traffic=encrypt_inter_container_traffic,
        )

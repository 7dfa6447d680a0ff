"""A SageMaker training job on Trainium, run by Step Functions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from aws_cdk import Duration, Size, Token
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as scheduler_targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.catalog import Component
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.footprint import UTILISATION, Footprint, hourly_footprint
from lean_silicon.runtime.accelerator_metrics.interval import UTILIZATION
from lean_silicon.sizing import Workload
from lean_silicon.training.accelerator_metrics import DIMENSION, NAMESPACE
from lean_silicon.training.capacity_retry import CapacityRetry
from lean_silicon.training.channels import Channel
from lean_silicon.training.containers import TrainingContainer
from lean_silicon.training.declaration import declare_job, declared_workload
from lean_silicon.training.distribution import Distribution
from lean_silicon.training.hardware import TrainingHardware
from lean_silicon.training.network import training_network
from lean_silicon.training.program import TrainingProgram
from lean_silicon.training.request import TrainingRequest
from lean_silicon.training.state_machine import training_state_machine
from lean_silicon.training.storage import training_storage
from lean_silicon.training.time_limits import TimeLimits
from lean_silicon.training.training_code import TrainingCode
from lean_silicon.training.training_job_base import ImportedTrainingJob, TrainingJobBase
from lean_silicon.training.training_role import grant_read, training_role
from lean_silicon.training.validation import (
    LONGEST_JOB_NAME_PREFIX,
    require_job_name_prefix,
    require_metric_definitions,
    require_tags,
)

_DEFAULT_TIME_LIMIT_HOURS = 24


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
        Metric name to the pattern that finds its value in the log; SageMaker publishes them to CloudWatch. `TrainingMetrics` has patterns
        for what training code usually prints.
    accelerator_metrics
        Whether the metrics publisher travels with the code: a folder ``lean_silicon_accelerator_metrics``, whose ``start()`` the code calls
        (Accelerate's and DeepSpeed's launch script calls it by itself), see docs/publishers.md. Default: yes; not with code in S3.
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
        What to do when there are no instances. Default: up to 10 further attempts within some seven hours.
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
            workload=Workload(task=Task.PEFT, parameters=8_000_000_000, precision=Precision.BF16),
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
        accelerator_metrics: bool = True,
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
        self._spot = self._hardware.spot_chosen(spot)
        self._workload = declared_workload(workload, self._hardware, interruptible=self._spot)
        limits = TimeLimits.of(time_limit or Duration.hours(_DEFAULT_TIME_LIMIT_HOURS), max_wait, spot=self._spot)
        prefix = require_job_name_prefix(job_name_prefix or self._default_prefix())
        require_metric_definitions(metric_definitions or {})
        require_tags(job_tags or {})

        self._role = training_role(self)
        program = TrainingProgram(
            hardware=self._hardware,
            code=code,
            inputs=inputs or {},
            container=container or TrainingContainer.for_silicon(gpu=self._hardware.is_gpu),
            distribution=distribution,
            hyperparameters=hyperparameters or {},
            environment=environment or {},
            measured_as=prefix if accelerator_metrics else None,
        ).bind(self, self._role)
        grant_read(self._role, program.inputs.values())
        self._network = training_network(self, self._role, vpc, vpc_subnets, security_groups)
        self._storage = training_storage(self, self._role, self._hardware, output_bucket, encryption_key, volume_size)
        request = TrainingRequest(
            job_name_prefix=prefix,
            role_arn=self._role.role_arn,
            hardware=self._hardware,
            program=program,
            metric_definitions=metric_definitions or {},
            tags=job_tags or {},
            storage=self._storage,
            time_limits=limits,
            spot=self._spot,
            network=self._network,
            network_isolation=network_isolation,
            encrypt_traffic=encrypt_inter_container_traffic,
        )
        machine = training_state_machine(self, request, capacity_retry or CapacityRetry(), self._role)
        self._state_machine = machine
        self._job_name_prefix = prefix
        self._connections = ec2.Connections(security_groups=list(self._network.security_groups))
        resource = cast("sfn.CfnStateMachine", machine.node.default_child)
        self._declaration = declare_job(resource, self._workload, self._hardware.cuda_reason)
        if schedule is not None:
            target = scheduler_targets.StepFunctionsStartExecution(machine)
            scheduler.Schedule(self, "Schedule", schedule=schedule, target=target)

    @classmethod
    def from_state_machine_arn(cls, scope: Construct, construct_id: str, state_machine_arn: str) -> TrainingJobBase:
        """A training job of another stack, to start it or watch it."""
        return ImportedTrainingJob(scope, construct_id, state_machine_arn)

    @property
    def hardware(self) -> TrainingHardware:
        """The instances."""
        return self._hardware

    @property
    def workload(self) -> Workload:
        """What the job declares about itself in the template."""
        return self._workload

    @property
    def training_role(self) -> iam.IRole:
        """The role that the job runs with."""
        return self._role

    @property
    def grant_principal(self) -> iam.IPrincipal:
        """The job, as the one to grant permissions to: ``table.grant_read_data(job)``. Of use without network isolation only."""
        return self._role.grant_principal

    @property
    def output_bucket(self) -> s3.IBucket:
        """Where models and checkpoints go."""
        return self._storage.bucket

    @property
    def encryption_key(self) -> kms.IKey:
        """The key that encrypts models and checkpoints."""
        return self._storage.output_key

    @property
    def vpc(self) -> ec2.IVpc:
        """The network of the instances."""
        return self._network.vpc

    @property
    def connections(self) -> ec2.Connections:
        """What the instances may connect to, for example a file system."""
        return self._connections

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare that cheaper ways of adapting a model fell short, which the rules ask of fine-tuning and pre-training.

        For instance ``EvaluationRecord(Rung.RAG, "s3://evaluations/rag.json", 0.51, 0.85, date(2026, 10, 1))``, or an entry as it stands in
        a template's ``Metadata: LeanSilicon: Evidence:``.
        """
        self._declaration.add_evidence(*records)

    def metric_accelerator(self, metric_name: str = UTILIZATION, **options: Any) -> cloudwatch.Metric:
        """What the metrics publisher tells of the job's accelerators, averaged over its instances and runs.

        `metric_name` is ``AcceleratorUtilization`` (percent, idle devices counted), ``AcceleratorMemoryUsed`` (bytes of an instance),
        ``AcceleratorPower`` (W of an instance, GPUs) or ``EstimatedAcceleratorPower``, ``...Low``, ``...High`` (W, Trainium); `options` are
        those of ``cloudwatch.MetricOptions``.
        """
        return cloudwatch.Metric(
            namespace=NAMESPACE, metric_name=metric_name, dimensions_map={DIMENSION: self._job_name_prefix}, **options
        )

    def footprint(self, utilisation: float = UTILISATION) -> Footprint:
        """What an hour of the job costs while it runs: money (on demand; spot costs less), power, energy, carbon, water, with bands.

        `utilisation` is how busy the instances are, from 0 to 1. What cannot be known at synth (the instance type or their number as a
        parameter, the region's factors where the stack has none) is unknown, never zero.
        """
        if Token.is_unresolved(self._hardware.count):
            return Footprint(assumptions=("the number of instances is not known at synth",))
        region = None if Token.is_unresolved(self.stack.region) else self.stack.region
        name, count = self._hardware.instance_type, self._hardware.count
        return hourly_footprint(name, Component.SAGEMAKER_TRAINING, region, count=count, utilisation=utilisation)

    def _default_prefix(self) -> str:
        """The construct's id and the end of its address: telling, and different for each construct of an account's apps."""
        address = self.node.addr[-8:]
        words = re.sub(r"[^a-z0-9]+", "-", self.node.id.lower())[: LONGEST_JOB_NAME_PREFIX - len(address) - 1]
        return f"{words}-{address}".strip("-")

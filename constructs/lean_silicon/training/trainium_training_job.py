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

"""Prompts answered in a batch: half price, no hardware that waits."""

from __future__ import annotations

import re

from aws_cdk import Aws, Duration, Resource, Token
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.bedrock import batch_permissions as permissions
from lean_silicon.bedrock.job_resources import (
    PASSED_TO_BEDROCK,
    every,
    grant_objects,
    job_name_prefix,
    results_bucket,
    service_role,
)
from lean_silicon.bedrock.job_workflow import INVOCATION, job_workflow
from lean_silicon.bedrock.model_choice_base import ModelChoiceBase, known_region
from lean_silicon.catalog import load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Consumption, bedrock_tokens, site_of
from lean_silicon.least_privilege import acknowledge_wildcards, allow
from lean_silicon.logged_state_machine import logged_state_machine

_SHORTEST_HOURS, _LONGEST_HOURS = 24, 168  # CreateModelInvocationJob, timeoutDurationInHours
_ANSWERS = "answers"
_JOBS = "model-invocation-job"
_KEY = re.compile(r"[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*/?")


class BatchInference(Resource):
    """A state machine whose executions have Bedrock answer every prompt in a folder, on a schedule or when started.

    Bedrock answers within a day or so, for half the price of an answer at once where it names a price for batches. A job needs at least
    100 prompts for most models (a quota); each line of the input is ``{"recordId": ..., "modelInput": ...}``.

    Parameters
    ----------
    model
        The model, chosen in the same region.
    prompts
        The bucket of the prompts: files of JSON Lines.
    prefix
        The folder, or one file, in it.
    output_bucket
        Where answers go, under ``answers/``. Default: a bucket of its own, retained.
    schedule
        When to start by itself. Default: never.
    time_limit
        When Bedrock gives up, 24 to 168 hours. Default: 24.

    Raises
    ------
    InvalidValueError
        If the folder or the time limit is one that Bedrock does not take, or the model was chosen in another region.

    Examples
    --------
    .. code-block:: python

        nightly = BatchInference(
            self, "Summaries", model=choice, prompts=bucket, prefix="prompts/",
            schedule=scheduler.ScheduleExpression.cron(hour="2", minute="0"),
        )
        print(nightly.footprint(read_tokens=50_000_000, written_tokens=5_000_000))
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ModelChoiceBase,
        prompts: s3.IBucket,
        prefix: str,
        output_bucket: s3.IBucket | None = None,
        schedule: scheduler.ScheduleExpression | None = None,
        time_limit: Duration | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        model.require_region_of(self.stack)
        self._model = model
        hours = _checked_hours(time_limit)
        self._output_bucket = output_bucket or results_bucket(self)
        self._role = self._job_role(prompts, _checked_prefix(prefix))
        request = {
            "ModelId": model.inference_profile_arn,
            "RoleArn": self._role.role_arn,
            "InputDataConfig": {"S3InputDataConfig": {"S3Uri": prompts.s3_url_for_object(prefix)}},
            "OutputDataConfig": {
                "S3OutputDataConfig": {"S3Uri": self._output_bucket.s3_url_for_object(f"{_ANSWERS}/")}
            },
            "TimeoutDurationInHours": hours,
        }
        machine = logged_state_machine(self, job_workflow(Aws.PARTITION, INVOCATION, job_name_prefix(self), request))
        self._state_machine = machine
        self._allow_running(machine.role)
        if schedule is not None:
            target = targets.StepFunctionsStartExecution(machine)
            scheduler.Schedule(self, "Schedule", schedule=schedule, target=target)

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine; each execution of it is a batch."""
        return self._state_machine

    @property
    def output_bucket(self) -> s3.IBucket:
        """Where answers go."""
        return self._output_bucket

    @property
    def role(self) -> iam.IRole:
        """The role that Bedrock reads prompts and writes answers with."""
        return self._role

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start a batch."""
        return self._state_machine.grant_start_execution(grantee)

    def footprint(self, read_tokens: float, written_tokens: float) -> Consumption:
        """What a batch of so many tokens costs. The price is unknown where the catalogue has none for batches of the model."""
        region = known_region(self.stack)
        price = self._model.model.price(region)
        if price is None:
            return Consumption()
        return bedrock_tokens(price, read_tokens, written_tokens, site_of(region, load_catalog()), batch=True)

    def _job_role(self, prompts: s3.IBucket, prefix: str) -> iam.Role:
        role = service_role(self, _JOBS, "What Bedrock may do for the batch")
        asked, answered = prompts.arn_for_objects(f"{prefix}*"), self._output_bucket.arn_for_objects(f"{_ANSWERS}/*")
        grant_objects(role, prompts, permissions.READ_OBJECTS, [asked], key_actions=permissions.DECRYPT)
        grant_objects(role, self._output_bucket, permissions.WRITE_OBJECTS, [answered], key_actions=permissions.ENCRYPT)
        acknowledge_wildcards(role, [asked, answered], "Prompts and answers are all keys below their folders")
        self._model.grant_invoke(role)
        return role

    def _allow_running(self, role: iam.IRole) -> None:
        why = "Bedrock gives jobs their ids when it makes them"
        jobs = every(self, _JOBS)
        allow(role, permissions.START_BATCH, [*self._model.invocation_arns, jobs], why=why)
        allow(role, permissions.FOLLOW_BATCH, [jobs], why=why)
        allow(role, permissions.PASS_ROLE, [self._role.role_arn], conditions=PASSED_TO_BEDROCK)


def _checked_hours(limit: Duration | None) -> int:
    if limit is None:
        return _SHORTEST_HOURS
    hours = limit.to_hours()
    if not Token.is_unresolved(hours) and not _SHORTEST_HOURS <= hours <= _LONGEST_HOURS:
        raise InvalidValueError(
            f"time_limit is {hours:g} hours; Bedrock takes {_SHORTEST_HOURS} to {_LONGEST_HOURS} for a batch"
        )
    return int(hours)


def _checked_prefix(prefix: str) -> str:
    if not Token.is_unresolved(prefix) and not _KEY.fullmatch(prefix):
        raise InvalidValueError(
            f"prefix {prefix!r} is not one that Bedrock reads: letters, digits and -!_*'(). between slashes, not beginning with one"
        )
    return prefix

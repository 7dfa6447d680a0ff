"""What every evaluation is made of: results, the jobs' role, the comparison, the state machine."""

from __future__ import annotations

import re
from typing import Any

from aws_cdk import Annotations, Aws, Duration, Resource, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ssm as ssm
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.bedrock import permissions
from lean_silicon.bedrock.evaluation.candidates import in_order
from lean_silicon.bedrock.evaluation.comparison import comparison_function, verdict_parameter
from lean_silicon.bedrock.evaluation.human import Human
from lean_silicon.bedrock.evaluation.job_role import (
    evaluation_job_role,
    grant_knowledge_base,
    grant_models,
    grant_prompts,
    grant_results,
    grant_review,
)
from lean_silicon.bedrock.evaluation.plan import EvaluationPlan
from lean_silicon.bedrock.evaluation.reach import Reach
from lean_silicon.bedrock.evaluation.request import shared_request
from lean_silicon.bedrock.evaluation.results import own_bucket
from lean_silicon.bedrock.evaluation.technique import Subject
from lean_silicon.bedrock.evaluation.workflow import Patience, evaluation_workflow
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.footprint import Total, total
from lean_silicon.least_privilege import acknowledge_wildcards, allow
from lean_silicon.logged_state_machine import logged_state_machine

_RESULTS = "jobs/"
_VERDICTS = "verdicts/"
_LONGEST_NAME = 63 - 1 - 36
"""Bedrock's limit for a job's name, less a hyphen and a UUID."""


class EvaluationBase(Resource):
    """A state machine that evaluates candidates and writes a verdict."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        plan: EvaluationPlan,
        results_bucket: s3.IBucket | None,
        parameter_name: str | None,
        time_limit: Duration,
        concurrency: int,
    ) -> None:
        super().__init__(scope, construct_id)
        if concurrency < 1:
            raise InvalidValueError(f"concurrency is {concurrency}; at least one job must run")
        self._plan = plan
        self._candidates = in_order(plan.candidates)
        self._warn_of_unknown_prices()
        self._bucket = results_bucket or own_bucket(self, for_raters=isinstance(plan.technique, Human))
        self._role = self._job_role()
        self._parameter = verdict_parameter(self, parameter_name)
        function = comparison_function(self, self._bucket, _RESULTS, _VERDICTS, self._parameter)
        definition = evaluation_workflow(
            partition=Aws.PARTITION,
            request=self._request(),
            inference={each.name: each.inference for each in self._candidates},
            prefix=_job_prefix(self),
            output=self._bucket.s3_url_for_object(_RESULTS),
            evaluation=plan.comparison(self.node.path, self._candidates),
            comparison_arn=function.function_arn,
            patience=Patience.of(time_limit.to_seconds(), len(self._candidates)),
            concurrency=concurrency,
        )
        self._machine = logged_state_machine(self, definition)
        self._grant_run(self._machine, function.function_arn)

    @property
    def state_machine(self) -> sfn.StateMachine:
        """The state machine; each execution of it is an evaluation and needs no input."""
        return self._machine

    @property
    def results_bucket(self) -> s3.IBucket:
        """Where jobs write (``jobs/``) and verdicts are (``verdicts/``)."""
        return self._bucket

    @property
    def verdict_parameter(self) -> ssm.StringParameter:
        """The SSM parameter that says what was chosen last, and where the verdict is."""
        return self._parameter

    @property
    def job_role(self) -> iam.Role:
        """The role that the jobs run with."""
        return self._role

    @property
    def candidates(self) -> tuple[str, ...]:
        """The candidates' names in the order of preference: the first that meets the target is chosen."""
        return tuple(each.name for each in self._candidates)

    @property
    def target(self) -> float:
        """What the weakest metric must reach, from 0 to 1."""
        return self._plan.target

    def footprint(self, prompts: int) -> Total:
        """What the candidates' answers to so many prompts take, all candidates together: money, energy, carbon, with bands.

        A prompt counts as a usual request of the plan's traffic. What the judge reads and writes, and what people take, is not in it: AWS
        does not state how long its instructions to judges are. What is not known of a candidate is counted under ``unknown``.
        """
        return total(each.of_requests(prompts) for each in self._candidates)

    def grant_start(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` start evaluations (``states:StartExecution``)."""
        return self._machine.grant_start_execution(grantee)

    def grant_read_verdict(self, grantee: iam.IGrantable) -> iam.Grant:
        """Let `grantee` read what was chosen, and the verdicts."""
        verdicts = self._bucket.arn_for_objects(f"{_VERDICTS}*")
        told = iam.Grant.add_to_principal(
            grantee=grantee,
            actions=[*permissions.READ_PARAMETER],
            resource_arns=[self._parameter.parameter_arn],
        )
        stored = iam.Grant.add_to_principal_or_resource(
            grantee=grantee, actions=[*permissions.READ_VERDICT], resource_arns=[verdicts], resource=self._bucket
        )
        if isinstance(grantee, Construct):
            acknowledge_wildcards(grantee, [verdicts], "Verdicts are named after executions")
        if self._bucket.encryption_key is not None:
            self._bucket.encryption_key.grant_decrypt(grantee)
        return told.combine(stored)

    def metric_succeeded(self, **options: Any) -> cloudwatch.Metric:
        """Evaluations that ended with a verdict; `options` are those of ``cloudwatch.MetricOptions``."""
        return self._machine.metric_succeeded(**options)

    def metric_failed(self, **options: Any) -> cloudwatch.Metric:
        """Evaluations in which no candidate has a score."""
        return self._machine.metric_failed(**options)

    def _warn_of_unknown_prices(self) -> None:
        unknown = [each.name for each in self._candidates if each.model is not None and each.consumption.cost is None]
        if unknown and len(self._candidates) > 1:
            Annotations.of(self).add_warning_v2(
                "lean-silicon:unknown-price",
                f"What {', '.join(unknown)} cost from the stack's region is not known, so the verdict prefers every other candidate; of "
                "these, the one with fewer parameters, where they are published. Give the stack a region, or name models by profile.",
            )

    def _job_role(self) -> iam.Role:
        role = evaluation_job_role(self)
        stack = Stack.of(self)
        judge = self._plan.technique.judge
        models = [each.model for each in self._candidates if each.model is not None]
        if judge is not None:
            if judge.model_id in {model.model_id for model in models}:
                Annotations.of(self).add_warning_v2(
                    "lean-silicon:judge-is-candidate",
                    f"{judge} judges itself among others; models favour their own answers (arXiv:2404.13076). Take another judge.",
                )
            models.append(judge)
        grant_models(role, [Reach.of(stack, model) for model in models])
        grant_prompts(role, self._plan.prompts)
        grant_results(role, self._bucket, _RESULTS)
        if self._plan.knowledge_base_id is not None:
            generates = self._plan.subject is Subject.GROUNDED_ANSWERS
            grant_knowledge_base(role, self._plan.knowledge_base_id, generates=generates)
        if isinstance(self._plan.technique, Human):
            grant_review(role, self._plan.technique.flow_definition_arn)
        return role

    def _request(self) -> dict[str, Any]:
        judge = self._plan.technique.judge
        judging = None if judge is None else Reach.of(Stack.of(self), judge).identifier
        dataset = self._plan.prompts.to_dataset()
        return shared_request(
            self._plan.technique.configuration(self._plan.subject, dataset, judging),
            subject=self._plan.subject,
            role_arn=self._role.role_arn,
            output=self._bucket.s3_url_for_object(_RESULTS),
        )

    def _grant_run(self, machine: sfn.StateMachine, function_arn: str) -> None:
        stack = Stack.of(self)
        jobs = stack.format_arn(service="bedrock", resource="evaluation-job", resource_name="*")
        allow(
            machine.role,
            permissions.START_EVALUATION,
            ["*"],
            why="CreateEvaluationJob knows models as resources, but neither inference profiles nor knowledge bases; what the job may do, "
            "its role says, and no other can be passed",
        )
        allow(machine.role, permissions.FOLLOW_EVALUATION, [jobs], why="A job's id is drawn when it starts")
        passed_to = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
        allow(machine.role, permissions.PASS_ROLE, [self._role.role_arn], conditions=passed_to)
        allow(machine.role, permissions.COMPARE, [function_arn])


def _job_prefix(evaluation: Resource) -> str:
    """The construct's id and the end of its address: telling, and different for each construct of an account's apps."""
    address = evaluation.node.addr[-8:]
    words = re.sub(r"[^a-z0-9]+", "-", evaluation.node.id.lower())[: _LONGEST_NAME - len(address) - 1].strip("-")
    return f"{words}-{address}".strip("-")

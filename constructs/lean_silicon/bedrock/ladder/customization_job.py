"""A customization job of Amazon Bedrock, run by a state machine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from aws_cdk import Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.bedrock.job_resources import (
    PASSED_TO_BEDROCK,
    every,
    grant_objects,
    job_name_prefix,
    results_bucket,
    service_role,
)
from lean_silicon.bedrock.job_workflow import CUSTOMIZATION, job_workflow
from lean_silicon.bedrock.ladder import permissions
from lean_silicon.bedrock.ladder.recipes import BedrockRecipe
from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.least_privilege import acknowledge_wildcards, allow
from lean_silicon.logged_state_machine import logged_state_machine

_JOBS, _RESULTS = "model-customization-job", "customization"


class CustomizationJob(Construct):
    """The state machine whose executions are jobs, the role of the jobs, and their bucket.

    Parameters
    ----------
    recipe
        Data and hyperparameters.
    model
        The model that is customized.
    customization_type
        ``FINE_TUNING``, ``CONTINUED_PRE_TRAINING`` or ``DISTILLATION``.
    configuration
        ``CustomizationConfig``, for a distillation.
    teacher_arns
        Models and profiles that the job asks.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        recipe: BedrockRecipe,
        model: str,
        customization_type: str,
        configuration: Mapping[str, Any] | None = None,
        teacher_arns: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.output_bucket = recipe.output_bucket or results_bucket(self)
        self.role = self._job_role(recipe, teacher_arns)
        base_model = recipe.base_model(model)
        request = self._request(recipe, base_model, customization_type, configuration)
        self.state_machine = logged_state_machine(
            self, job_workflow(Aws.PARTITION, CUSTOMIZATION, job_name_prefix(scope), request)
        )
        self._allow_running(base_model, BedrockModel.of(model).model_id)

    @property
    def resource(self) -> sfn.CfnStateMachine:
        """The state machine's resource, where evidence is declared."""
        return cast("sfn.CfnStateMachine", self.state_machine.node.default_child)

    def _request(
        self,
        recipe: BedrockRecipe,
        base_model: str,
        customization_type: str,
        configuration: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        data = recipe.bucket.s3_url_for_object
        request: dict[str, Any] = {
            "RoleArn": self.role.role_arn,
            "BaseModelIdentifier": base_model,
            "CustomizationType": customization_type,
            "CustomModelName.$": "$.Name",
            "TrainingDataConfig": {"S3Uri": data(recipe.training_key)},
            "OutputDataConfig": {"S3Uri": self.output_bucket.s3_url_for_object(_RESULTS)},
        }
        if recipe.validation_key is not None:
            request["ValidationDataConfig"] = {"Validators": [{"S3Uri": data(recipe.validation_key)}]}
        if recipe.hyperparameters:
            request["HyperParameters"] = {name: str(value) for name, value in recipe.hyperparameters.items()}
        if configuration is not None:
            request["CustomizationConfig"] = dict(configuration)
        return request

    def _job_role(self, recipe: BedrockRecipe, teacher_arns: Sequence[str]) -> iam.Role:
        role = service_role(self, _JOBS, "What Bedrock may do for the customization job")
        data = [recipe.bucket.arn_for_objects(key) for key in recipe.keys]
        grant_objects(role, recipe.bucket, permissions.READ_OBJECTS, data, key_actions=permissions.DECRYPT)
        results = self.output_bucket.arn_for_objects(f"{_RESULTS}/*")
        writing = permissions.READ_OBJECTS + permissions.WRITE_OBJECTS
        grant_objects(role, self.output_bucket, writing, [results], key_actions=permissions.ENCRYPT)
        acknowledge_wildcards(role, [results], "Bedrock names the results after the job, which exists only then")
        if teacher_arns:
            allow(role, permissions.INVOKE_TEACHER, teacher_arns)
            allow(role, permissions.FIND_TEACHER, [arn for arn in teacher_arns if "inference-profile/" in arn])
        return role

    def _allow_running(self, base_model: str, plain_model: str) -> None:
        stack, role = Stack.of(self), self.state_machine.role
        models = [
            stack.format_arn(service="bedrock", account="", resource="foundation-model", resource_name=name)
            # IAM may be asked about the name with the length of its context, or about the model itself.
            for name in dict.fromkeys((base_model, plain_model))
        ]
        jobs = every(self, _JOBS)
        why = "Bedrock gives jobs and custom models their ids when it makes them"
        allow(role, permissions.START_CUSTOMIZATION, [*models, every(self, "custom-model"), jobs], why=why)
        allow(role, permissions.FOLLOW_CUSTOMIZATION, [jobs], why=why)
        allow(role, permissions.PASS_ROLE, [self.role.role_arn], conditions=PASSED_TO_BEDROCK)

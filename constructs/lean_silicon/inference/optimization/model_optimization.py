"""Quantise, compile, shard a model, or train a draft for it, by a SageMaker optimization job that Step Functions runs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, cast

from aws_cdk import Aws, CfnOutput, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.declaring import Declaration
from lean_silicon.deep_learning_containers import DeepLearningContainer, published_image
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.inference.batch_transform_storage import job_bucket
from lean_silicon.inference.job_role import grant_pull, grant_read, grant_write, job_role
from lean_silicon.inference.job_state_machine import name_prefix_of
from lean_silicon.inference.optimization import permissions
from lean_silicon.inference.optimization.memory import compilation_settings, optimized_memory
from lean_silicon.inference.optimization.model_optimization_base import ImportedModelOptimization, ModelOptimizationBase
from lean_silicon.inference.optimization.requirements import limit_seconds, served_on, source_of
from lean_silicon.inference.optimization.target import OptimizationTarget
from lean_silicon.inference.optimization.techniques import Compilation, SpeculativeDecoding, Technique
from lean_silicon.inference.optimization.workflow import Looks, optimization_workflow
from lean_silicon.inference.served_model import ServedModel
from lean_silicon.inference.serving_container import ServingContainer
from lean_silicon.inference.serving_hardware import ServingHardware
from lean_silicon.least_privilege import allow
from lean_silicon.logged_state_machine import logged_state_machine
from lean_silicon.quantity import Quantity
from lean_silicon.sizing import Workload

_DEFAULT_HOURS = 8

_GPU_INFERENCE = "SIL002"
"""The rule against answering on GPUs where Inferentia or a processor serves."""


class ModelOptimization(ModelOptimizationBase):
    """Makes a model smaller or faster for the silicon that it will run on, and says what that changes in memory.

    Start an execution, wait for it, then deploy the endpoint with `optimized_model()`. The artefact's place follows from what the job
    does: another technique, target or source is another place, so a deployed endpoint is never changed under its feet.

    SageMaker chooses the machines of the job itself and bills them; which, and so at what cost, it does not say beforehand.

    Parameters
    ----------
    model
        The files of the model, a prefix in S3: ``ServedModel.from_bucket(bucket, "llama-3.1-8b/")``.
    techniques
        What to do: `Quantization`, `Compilation`, `ModelSharding`, `SpeculativeDecoding`.
    target
        What will serve it: ``ServingHardware.neuron("ml.inf2.xlarge")``, or a GPU with its reason.
    workload
        What it will serve, in the precision that it has now. Compiling for Neuron takes length and batch from it.
    time_limit
        After which the job is stopped, the wait for its machines included; at most 28 days. Default: 8 hours.
    container
        The Large Model Inference container that does it. Default: AWS's for the silicon and the techniques.
    accept_eula
        Whether you accept the model's licence, where it has one to accept. Default: not said.
    output_bucket
        Where the artefact goes, under ``optimized/``. Default: a bucket of its own, retained.
    encryption_key
        Encrypts the artefact. Default: the key of `output_bucket`, else one of its own, retained.
    job_name_prefix
        The start of the jobs' names; a UUID follows. Default: from the construct's path.

    Raises
    ------
    InvalidValueError
        If the service would refuse the job, the silicon has no arithmetic for a technique, or the model would still not fit.

    Examples
    --------
    .. code-block:: python

        compiled = ModelOptimization(
            self,
            "Compile",
            model=ServedModel.from_bucket(models, "llama-3.1-8b/"),
            techniques=[Compilation()],
            target=ServingHardware.neuron("ml.inf2.xlarge"),
            workload=Workload(
                task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=4
            ),
        )
        compiled.optimized_model()  # for an endpoint, once a job has ended
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        model: ServedModel,
        techniques: Sequence[Technique],
        target: ServingHardware,
        workload: Workload,
        time_limit: Duration | None = None,
        container: DeepLearningContainer | None = None,
        accept_eula: bool | None = None,
        output_bucket: s3.IBucket | None = None,
        encryption_key: kms.IKey | None = None,
        job_name_prefix: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._techniques = tuple(techniques)
        self._target = OptimizationTarget(target)
        self._target.require(self._techniques)
        self._memory = optimized_memory(served_on(workload, target), self._techniques, self._target)
        seconds = limit_seconds(time_limit or Duration.hours(_DEFAULT_HOURS))
        self._container = container or self._target.container_for(self._techniques)
        source_bucket, source_prefix = source_of(model)

        bucket_key = output_bucket.encryption_key if output_bucket is not None else None
        self._key = (
            encryption_key
            or bucket_key
            or kms.Key(self, "Key", enable_key_rotation=True, description="The artefact of a model optimization")
        )
        self._bucket = output_bucket or job_bucket(self, "Artefacts", self._key)
        image = published_image(self, self._container, "container=DeepLearningContainer(..., registries={...})")
        self._role = self._job_role(source_bucket, source_prefix, image.repository_arn)
        request = self._request(f"s3://{source_bucket.bucket_name}/{source_prefix}", image.uri, seconds, accept_eula)
        self._prefix = self._versioned(source_prefix)
        request["OutputConfig"] = {"S3OutputLocation": self.artifact, "KmsKeyId": self._key.key_arn}
        prefix = name_prefix_of(self, job_name_prefix)
        machine = logged_state_machine(
            self,
            optimization_workflow(Aws.PARTITION, request, name_prefix=prefix, looks=Looks.within(seconds)),
        )
        self._grant_run(machine, prefix)
        self._state_machine = machine
        # The rules judge what will serve the model, in the form that it has then.
        resource = cast("sfn.CfnStateMachine", machine.node.default_child)
        self._declaration = Declaration(resource, workload=self._memory.after)
        if target.cuda_reason is not None:
            self._declaration.acknowledge(_GPU_INFERENCE, target.cuda_reason)
        self._tell_memory()

    @classmethod
    def from_state_machine_arn(
        cls, scope: Construct, construct_id: str, state_machine_arn: str
    ) -> ModelOptimizationBase:
        """An optimization of another stack, to start it or watch it."""
        return ImportedModelOptimization(scope, construct_id, state_machine_arn)

    @property
    def artifact(self) -> str:
        """The S3 URI, a prefix, under which the optimized model is, once a job has ended."""
        return f"s3://{self._bucket.bucket_name}/{self._prefix}"

    @property
    def output_bucket(self) -> s3.IBucket:
        """The bucket of the artefact."""
        return self._bucket

    @property
    def encryption_key(self) -> kms.IKey:
        """The key that encrypts it."""
        return self._key

    @property
    def target(self) -> ServingHardware:
        """What it was made for."""
        return self._target.hardware

    @property
    def role(self) -> iam.IRole:
        """The role that the jobs run with."""
        return self._role

    @property
    def workload(self) -> Workload:
        """What the optimized model serves, for the endpoint: the declared workload in the precision that the weights have then."""
        return self._memory.after

    @property
    def memory_before(self) -> Quantity | None:
        """GiB that one copy of the model needs on the target as it is declared, with its band; `None` where that is not known."""
        return self._memory.memory_before

    @property
    def memory_after(self) -> Quantity | None:
        """The same once it is optimized. Compiling and sharding leave it as it is; a draft head is not counted."""
        return self._memory.memory_after

    def optimized_model(self) -> ServedModel:
        """The artefact with the container that serves it, for an endpoint on `target`."""
        return ServedModel.from_bucket(
            self._bucket,
            self._prefix,
            container=ServingContainer.deep_learning_container(self._container),
            compiled=any(isinstance(each, Compilation) for each in self._techniques),
        )

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare what an evaluation found of the model, before or after: quantising loses a little, and the task decides how much."""
        self._declaration.add_evidence(*records)

    def _job_role(self, source: s3.IBucket, prefix: str, repository_arn: str) -> iam.Role:
        role = job_role(
            self,
            "JobRole",
            log_group=permissions.LOG_GROUPS,
            description="What SageMaker may do for the model optimization",
        )
        grant_pull(role, repository_arn)
        grant_read(role, source, prefix)
        for each in self._techniques:
            if isinstance(each, SpeculativeDecoding):
                grant_read(role, each.bucket, each.prefix)
        grant_write(role, self._bucket, "optimized/", self._key)
        return role

    def _request(self, source: str, image: str, seconds: float, accept_eula: bool | None) -> dict[str, Any]:
        """CreateOptimizationJob without name and output."""
        place: dict[str, Any] = {"S3Uri": source}
        if accept_eula is not None:
            place["ModelAccessConfig"] = {"AcceptEula": accept_eula}
        return {
            "RoleArn": self._role.role_arn,
            "ModelSource": {"S3": place},
            "DeploymentInstanceType": self._target.instance_type,
            "OptimizationConfigs": [self._config(each, image) for each in self._techniques],
            "StoppingCondition": {"MaxRuntimeInSeconds": int(seconds)},
        }

    def _config(self, technique: Technique, image: str) -> dict[str, Any]:
        if isinstance(technique, SpeculativeDecoding):
            return technique.to_request()
        if isinstance(technique, Compilation):
            return technique.to_request(image, compilation_settings(technique, self._memory, self._target))
        return technique.to_request(image)

    def _versioned(self, source_prefix: str) -> str:
        """The artefact's prefix: the same for the same work, another for any other."""
        configs = [self._config(each, self._container.name) for each in self._techniques]
        work = [self.node.path, source_prefix, self._target.instance_type, self._container.name]
        text = json.dumps([*work, *(self.stack.resolve(each) for each in configs)], sort_keys=True)
        return f"optimized/{hashlib.sha256(text.encode()).hexdigest()[:16]}/"

    def _grant_run(self, machine: sfn.StateMachine, prefix: str) -> None:
        jobs = Stack.of(self).format_arn(service="sagemaker", resource="optimization-job", resource_name=f"{prefix}-*")
        allow(
            machine.role,
            permissions.RUN_OPTIMIZATION_JOB,
            [jobs],
            why="Each job has a name of its own: the prefix and a UUID",
        )
        passed_to = {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}
        allow(machine.role, permissions.PASS_ROLE, [self._role.role_arn], conditions=passed_to)

    def _tell_memory(self) -> None:
        unknown = "unknown: the workload does not declare enough"
        for name, memory in (("MemoryBefore", self.memory_before), ("MemoryAfter", self.memory_after)):
            told = unknown if memory is None else f"{memory} on {self._target.instance_type}"
            CfnOutput(self, name, value=told, description="Memory of one copy of the model, likely (low-high)")

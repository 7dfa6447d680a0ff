"""How a rung trains: a script of your own on Trainium, or a job of Amazon Bedrock."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from aws_cdk import Duration, Token
from aws_cdk import aws_s3 as s3

from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import Workload
from lean_silicon.training import Channel, Distribution, TrainingCode, TrainingHardware

# Amazon Bedrock user guide, "Supported models and Regions for fine-tuning and continued pre-training" and "... for Model Distillation"
# (read 2026-11): the names under which these models are customized carry the length of their context.
_CUSTOMIZABLE = MappingProxyType(
    {
        "amazon.nova-micro-v1:0": "amazon.nova-micro-v1:0:128k",
        "amazon.nova-lite-v1:0": "amazon.nova-lite-v1:0:300k",
        "amazon.nova-pro-v1:0": "amazon.nova-pro-v1:0:300k",
        "meta.llama3-1-8b-instruct-v1:0": "meta.llama3-1-8b-instruct-v1:0:128k",
        "meta.llama3-1-70b-instruct-v1:0": "meta.llama3-1-70b-instruct-v1:0:128k",
        "meta.llama3-3-70b-instruct-v1:0": "meta.llama3-3-70b-instruct-v1:0:128k",
    }
)
_KEY = re.compile(r"[-!_*'().a-z0-9A-Z]+(?:/[-!_*'().a-z0-9A-Z]+)*")


@dataclass(frozen=True)
class TrainiumRecipe:
    """A script that trains on Trainium, as a `lean_silicon.training.TrainiumTrainingJob`.

    Parameters
    ----------
    code
        The script.
    inputs
        Data by channel name.
    workload
        What is trained: the model or its parameters, precision, sequence length, batch, tokens. The rung adds the task.
    hardware
        Instances. Default: one ml.trn1.2xlarge.
    distribution
        What starts the script on every accelerator.
    hyperparameters
        Handed to the script.
    time_limit
        The longest that it may run. Default: 24 hours.
    metric_definitions
        Metric name to the pattern that finds it in the log.
    properties
        Further properties of `TrainiumTrainingJob`, by their names.
    """

    code: TrainingCode
    inputs: Mapping[str, Channel]
    workload: Workload = field(default_factory=Workload)
    hardware: TrainingHardware | None = None
    distribution: Distribution | None = None
    hyperparameters: Mapping[str, Any] = field(default_factory=dict)
    time_limit: Duration | None = None
    metric_definitions: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, Any] = field(default_factory=dict)

    def job_properties(self, workload: Workload) -> dict[str, Any]:
        """The properties of the job that trains `workload`."""
        return {
            "code": self.code,
            "inputs": self.inputs,
            "workload": workload,
            "hardware": self.hardware,
            "distribution": self.distribution,
            "hyperparameters": self.hyperparameters,
            "time_limit": self.time_limit,
            "metric_definitions": self.metric_definitions,
            **self.properties,
        }


@dataclass(frozen=True)
class BedrockRecipe:
    """A customization job of Amazon Bedrock, which picks the hardware and does not tell it.

    Parameters
    ----------
    bucket
        Where the data are.
    training_key
        The training data: a file of JSON Lines.
    validation_key
        Validation data of the same form. Default: none.
    hyperparameters
        As Bedrock lists them for the model, for instance ``{"epochCount": 2}``.
    output_bucket
        Where Bedrock writes losses and metrics. Default: a bucket of its own, retained.
    base_model_id
        The name under which Bedrock customizes the model. Default: known for models of Amazon Nova and Llama 3.

    Raises
    ------
    InvalidValueError
        If a key is one that Bedrock does not take.
    """

    bucket: s3.IBucket
    training_key: str
    validation_key: str | None = None
    hyperparameters: Mapping[str, str | int | float] = field(default_factory=dict)
    output_bucket: s3.IBucket | None = None
    base_model_id: str | None = None

    def __post_init__(self) -> None:
        for key in (self.training_key, self.validation_key):
            if key is not None and not Token.is_unresolved(key) and not _KEY.fullmatch(key):
                raise InvalidValueError(
                    f"key {key!r} is not one that Bedrock reads: letters, digits and -!_*'(). between slashes, not beginning with one"
                )

    def base_model(self, model: str) -> str:
        """The name under which Bedrock customizes the ladder's model.

        Raises
        ------
        InvalidValueError
            If it is not known.
        """
        if self.base_model_id is not None:
            return self.base_model_id
        plain = BedrockModel.of(model).model_id
        known = _CUSTOMIZABLE.get(plain)
        if known is None:
            raise InvalidValueError(
                f"it is not known under which name Bedrock customizes {plain}, or whether it does; known are "
                f'{", ".join(_CUSTOMIZABLE)}. If it does, give the name: base_model_id="..."'
            )
        return known

    @property
    def keys(self) -> tuple[str, ...]:
        """The objects that are read."""
        return (self.training_key,) if self.validation_key is None else (self.training_key, self.validation_key)


Recipe = TrainiumRecipe | BedrockRecipe

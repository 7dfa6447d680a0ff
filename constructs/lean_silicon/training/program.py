"""What runs on the instances: the image, the code, how it is launched and with what settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.training.accelerator_metrics import settings_of, shipped_files
from lean_silicon.training.channels import Channel, require_channels
from lean_silicon.training.containers import BoundContainer, TrainingContainer
from lean_silicon.training.distribution import Distribution
from lean_silicon.training.hardware import TrainingHardware
from lean_silicon.training.hyperparameters import encode_hyperparameters
from lean_silicon.training.training_code import CODE_CHANNEL, TrainingCode
from lean_silicon.training.validation import require_environment


@dataclass(frozen=True)
class TrainingProgram:
    """The program as the user describes it."""

    hardware: TrainingHardware
    code: TrainingCode | None
    inputs: Mapping[str, Channel]
    container: TrainingContainer
    distribution: Distribution | None
    hyperparameters: Mapping[str, Any]
    environment: Mapping[str, str]
    measured_as: str | None = None
    """Whose accelerators are measured, the start of the jobs' names; `None` where nobody measures them."""

    def bind(self, scope: Construct, role: iam.Role) -> BoundProgram:
        """Check that the parts fit each other, upload the code, resolve the image and let `role` pull it."""
        self._require_code()
        self._require_matching_silicon()
        own_environment = self._own_environment()
        require_environment(self.environment, own_environment)
        require_channels(self.inputs, (CODE_CHANNEL,) if self.code else ())
        image = self.container.bind(scope, role)
        self._require_launcher(image)

        inputs = dict(self.inputs)
        settings: dict[str, Any] = dict(self.distribution.hyperparameters) if self.distribution else {}
        if self.code is not None:
            bound = self.code.bind(scope, self.distribution, shipped_files() if self._is_measured else None)
            inputs[CODE_CHANNEL] = bound.channel
            settings |= bound.hyperparameters
        return BoundProgram(
            image.image_uri,
            inputs,
            encode_hyperparameters(self.hyperparameters, reserved=settings),
            {**own_environment, **self.environment},
        )

    def _own_environment(self) -> dict[str, str]:
        # The job's name does not tell the execution; this does, in the console too.
        execution = {"STATES_EXECUTION": sfn.JsonPath.string_at("$$.Execution.Id")}
        launch = self.distribution.environment(self.code.entry_point) if self.distribution and self.code else {}
        measured = (
            settings_of(self.measured_as, self.hardware.machine) if self.measured_as and self._is_measured else {}
        )
        return {**execution, **self.hardware.environment, **launch, **measured}

    @property
    def _is_measured(self) -> bool:
        return self.measured_as is not None and self.code is not None and self.code.can_be_added_to

    def _require_code(self) -> None:
        if self.code is not None:
            return
        if self.container.published is not None:
            raise InvalidValueError(
                f"AWS's container {self.container.published.repository} runs a script of yours, and there is no code; give "
                'code=TrainingCode.from_asset("training", entry_point="train.py"), or your own container'
            )
        if self.distribution is not None:
            raise InvalidValueError(
                f"distribution is {self.distribution.launcher}, but without code there is no script to launch; give code, or let your "
                "image start its processes"
            )

    def _require_matching_silicon(self) -> None:
        published = self.container.published
        if published is not None and published.neuron == self.hardware.is_gpu:
            silicon = "Trainium" if published.neuron else "GPUs"
            raise InvalidValueError(
                f"container {published.repository}:{published.tag} drives {silicon}, which {self.hardware.instance_type} does not have; "
                "leave the container out, and the one for the silicon is chosen"
            )

    def _require_launcher(self, image: BoundContainer) -> None:
        if self.distribution is None or image.launchers is None or str(self.distribution.launcher) in image.launchers:
            return
        raise InvalidValueError(
            f"AWS's container has no {self.distribution.launcher}; it has {', '.join(sorted(image.launchers))}. Use one of those, or "
            "bring an image that has it: TrainingContainer.from_ecr_repository(...)"
        )


@dataclass(frozen=True)
class BoundProgram:
    """The program with everything in its place."""

    image_uri: str
    inputs: Mapping[str, Channel]
    hyperparameters: Mapping[str, str]
    environment: Mapping[str, str]

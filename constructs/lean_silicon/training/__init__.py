"""Training jobs on the right silicon."""

import lean_silicon._needs_cdk  # noqa: F401 - first, so that it can say what is missing
from lean_silicon.training.capacity_retry import CapacityRetry
from lean_silicon.training.channels import Channel, DataDistribution, InputMode
from lean_silicon.training.containers import TrainingContainer
from lean_silicon.training.deep_learning_containers import (
    HUGGING_FACE_NEURON,
    PYTORCH_GPU,
    PYTORCH_NEURON,
    DeepLearningContainer,
)
from lean_silicon.training.distribution import Distribution, Launcher
from lean_silicon.training.hardware import TrainingHardware
from lean_silicon.training.metrics import MetricDefinition, TrainingMetrics, model_flops_utilization
from lean_silicon.training.training_code import TrainingCode
from lean_silicon.training.training_job_base import TrainingJobBase
from lean_silicon.training.trainium_training_job import TrainiumTrainingJob

__all__ = [
    "HUGGING_FACE_NEURON",
    "PYTORCH_GPU",
    "PYTORCH_NEURON",
    "CapacityRetry",
    "Channel",
    "DataDistribution",
    "DeepLearningContainer",
    "Distribution",
    "InputMode",
    "Launcher",
    "MetricDefinition",
    "TrainingCode",
    "TrainingContainer",
    "TrainingHardware",
    "TrainingJobBase",
    "TrainingMetrics",
    "TrainiumTrainingJob",
    "model_flops_utilization",
]

"""What runs on accelerated nodes: serving and training, with requests that match the silicon."""

from lean_silicon.eks.workloads.replica import Replica
from lean_silicon.eks.workloads.scaling import ScaleToZero
from lean_silicon.eks.workloads.serving_options import ServingOptions
from lean_silicon.eks.workloads.torchrun import TorchrunTrainingJob
from lean_silicon.eks.workloads.training_manifests import TrainingOptions
from lean_silicon.eks.workloads.vllm import VllmNeuronDeployment

__all__ = [
    "Replica",
    "ScaleToZero",
    "ServingOptions",
    "TorchrunTrainingJob",
    "TrainingOptions",
    "VllmNeuronDeployment",
]

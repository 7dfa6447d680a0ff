"""The app: the reference stacks, judged as they are synthesized."""

from __future__ import annotations

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks

from lean_silicon import LeanSiliconChecks
from stacks.hyperpod import HyperPodStack
from stacks.training import TrainingStack

app = App()
Validations.of(app).add_plugins(LeanSiliconChecks(), AwsSolutionsChecks())

TrainingStack(app, "LeanSiliconTraining", description="Train on Trainium, on spare capacity, in a closed network")
HyperPodStack(
    app,
    "LeanSiliconHyperPod",
    env=Environment(region="us-east-2"),
    description="A HyperPod cluster with Slurm on Trainium2",
)

app.synth()

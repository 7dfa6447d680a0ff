"""The app: the reference stacks, judged as they are synthesized."""

from __future__ import annotations

from aws_cdk import App, Validations
from cdk_nag import AwsSolutionsChecks

from lean_silicon import LeanSiliconChecks
from stacks.training import TrainingStack

app = App()
Validations.of(app).add_plugins(LeanSiliconChecks(), AwsSolutionsChecks())

TrainingStack(app, "LeanSiliconTraining", description="Train on Trainium, on spare capacity, in a closed network")

app.synth()

"""The checks in somebody else's app."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Environment, Validations
from stacks_of_ours import Training

from lean_silicon import LeanSiliconChecks, Policy

app = App()
stack = Training(app, "Training", env=Environment(region="us-east-2"))
Validations.of(app).add_plugins(LeanSiliconChecks(Policy("strict"), estimate=True))
Validations.of(stack.job).acknowledge(Acknowledgment(id="LeanSilicon::CAR001", reason="The data may not leave Ohio"))
app.synth()

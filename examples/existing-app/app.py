"""The app as it was, with the checks, a new stack, and what is accepted for now."""

from __future__ import annotations

from aws_cdk import Acknowledgment, App, Environment, Validations
from data_platform import DataPlatform
from fine_tuning import FineTuning

from lean_silicon import LeanSiliconChecks

app = App()
environment = Environment(region="us-east-1")

platform = DataPlatform(app, "DataPlatform", env=environment)
FineTuning(app, "FineTuning", platform=platform, env=environment)

Validations.of(app).add_plugins(LeanSiliconChecks())
if app.node.try_get_context("accept") != "false":
    Validations.of(platform.chat).acknowledge(
        Acknowledgment(id="LeanSilicon::SIL002", reason="CUDA-only kernels; the port is planned for Q2")
    )
app.synth()

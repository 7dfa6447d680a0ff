"""Research: a notebook, written without this library. What it is for stands in its metadata."""

from __future__ import annotations

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_sagemaker as sagemaker

app = App()
stack = Stack(app, "Research", env=Environment(account="444455556666", region="eu-west-1"))
notebook = sagemaker.CfnNotebookInstance(
    stack,
    "Notebook",
    instance_type="ml.g5.12xlarge",
    role_arn="arn:aws:iam::444455556666:role/notebook",
    lifecycle_config_name="stop-when-idle",
)
notebook.add_metadata("LeanSilicon", {"Workload": {"Task": "interactive"}})
app.synth()

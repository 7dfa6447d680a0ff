"""Search: embeddings for every query, on the silicon that the construct finds."""

from __future__ import annotations

from aws_cdk import App, Environment, Stack
from aws_cdk import aws_sagemaker as sagemaker

from lean_silicon import Precision, Task, Workload

EMBEDDING = Workload(
    task=Task.EMBEDDING, parameters=110_000_000, precision=Precision.BF16, context_tokens=512, concurrency=4
)

app = App()
stack = Stack(app, "Search", env=Environment(account="111122223333", region="eu-west-1"))
configuration = sagemaker.CfnEndpointConfig(
    stack,
    "Embeddings",
    production_variants=[
        sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            variant_name="main",
            model_name="embeddings",
            instance_type="ml.c8g.xlarge",
            initial_instance_count=2,
            initial_variant_weight=1,
        )
    ],
)
configuration.add_metadata("LeanSilicon", {"Workload": EMBEDDING.to_metadata()})
app.synth()

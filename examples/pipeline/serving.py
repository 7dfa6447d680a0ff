"""What the pipeline deploys: a chat model that says what it is for."""

from __future__ import annotations

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct

from lean_silicon import Precision, Task, Workload

CHAT = Workload(
    task=Task.INFERENCE, parameters=8_000_000_000, precision=Precision.BF16, context_tokens=4096, concurrency=4
)


class Serving(Stack):
    """An endpoint configuration and its endpoint."""

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        configuration = sagemaker.CfnEndpointConfig(
            self,
            "Configuration",
            production_variants=[
                sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                    variant_name="main",
                    model_name="chat-8b",
                    instance_type="ml.inf2.xlarge",
                    initial_instance_count=1,
                    initial_variant_weight=1,
                )
            ],
        )
        configuration.add_metadata("LeanSilicon", {"Workload": CHAT.to_metadata()})
        sagemaker.CfnEndpoint(self, "Endpoint", endpoint_config_name=configuration.attr_endpoint_config_name)

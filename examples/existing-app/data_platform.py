"""What the team had before: written without this library, and left as it is."""

from __future__ import annotations

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker
from constructs import Construct


class DataPlatform(Stack):
    """A closed network, the texts and their key, the people who train, and a chat model on GPUs."""

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            max_azs=2,
            nat_gateways=0,
            subnet_configuration=[
                ec2.SubnetConfiguration(name="closed", subnet_type=ec2.SubnetType.PRIVATE_ISOLATED, cidr_mask=24)
            ],
            gateway_endpoints={"S3": ec2.GatewayVpcEndpointOptions(service=ec2.GatewayVpcEndpointAwsService.S3)},
        )
        self.key = kms.Key(self, "Key", enable_key_rotation=True)
        self.texts = s3.Bucket(self, "Texts", encryption_key=self.key, enforce_ssl=True)
        self.scientists = iam.Role(self, "Scientists", role_name="scientists", assumed_by=iam.AccountRootPrincipal())
        self.chat = sagemaker.CfnEndpointConfig(
            self,
            "Chat",
            production_variants=[
                sagemaker.CfnEndpointConfig.ProductionVariantProperty(
                    variant_name="main",
                    model_name="chat-8b",
                    instance_type="ml.g5.48xlarge",
                    initial_instance_count=1,
                    initial_variant_weight=1,
                )
            ],
        )

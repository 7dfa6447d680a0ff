"""An app of 500 resources, synthesized once.

``python -m benchmarks.synth_app none|plugin|nagpack`` prints the seconds of the synth alone.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time

from aws_cdk import App, Environment, Stack, Validations
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sagemaker as sagemaker

RESOURCES = 500


def build(checks: str) -> App:
    """The app, with those checks registered."""
    app = App(outdir=os.environ.get("CDK_OUTDIR") or tempfile.mkdtemp(), analytics_reporting=False)
    stack = Stack(app, "Platform", env=Environment(account="111122223333", region="us-east-1"))
    for number in range(RESOURCES):
        _resource(stack, number)
    if checks == "plugin":
        from lean_silicon import LeanSiliconChecks, Policy

        Validations.of(app).add_plugins(LeanSiliconChecks(Policy("advisory")))
    elif checks == "nagpack":
        from lean_silicon import Policy
        from lean_silicon.nag import LeanSiliconNagPack

        Validations.of(app).add_plugins(LeanSiliconNagPack(Policy("advisory")))
    return app


def _resource(stack: Stack, number: int) -> None:
    """One in four asks for silicon: endpoints, some of them on GPUs, and machines, a few of them x86; the rest are buckets."""
    if number % 20 == 0:
        instance_type = "ml.p4d.24xlarge" if number % 100 == 0 else "ml.inf2.xlarge"
        variant = sagemaker.CfnEndpointConfig.ProductionVariantProperty(
            variant_name="main",
            model_name="chat",
            instance_type=instance_type,
            initial_instance_count=1,
            initial_variant_weight=1,
        )
        config = sagemaker.CfnEndpointConfig(stack, f"Endpoint{number}", production_variants=[variant])
        config.add_metadata("LeanSilicon", {"Workload": {"Task": "inference"}})
    elif number % 4 == 0:
        instance_type = "m5.xlarge" if number % 84 == 0 else "m7g.xlarge"
        ec2.CfnInstance(stack, f"Machine{number}", instance_type=instance_type, image_id="ami-0123456789abcdef0")
    else:
        s3.CfnBucket(stack, f"Bucket{number}")


if __name__ == "__main__":
    built = build(sys.argv[1])
    start = time.perf_counter()
    built.synth()
    print(time.perf_counter() - start)

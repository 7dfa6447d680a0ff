"""A pipeline that deploys what the checks let through."""

from __future__ import annotations

from typing import Any

from aws_cdk import App, Environment, Stack, Stage, pipelines
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_codepipeline as codepipeline
from constructs import Construct
from serving import Serving

ACCOUNT, REGION = "111122223333", "us-east-1"
CONNECTION = f"arn:aws:codeconnections:{REGION}:{ACCOUNT}:connection/00000000-0000-0000-0000-000000000000"
REPORT = "lean-silicon.xml"
ON_GRAVITON = codebuild.BuildEnvironment(build_image=codebuild.LinuxArmBuildImage.AMAZON_LINUX_2023_STANDARD_3_0)


class Production(Stage):
    """What is deployed together."""

    def __init__(self, scope: Construct, construct_id: str, **stage_properties: Any) -> None:
        super().__init__(scope, construct_id, **stage_properties)
        Serving(self, "Serving")


class Delivery(Stack):
    """The pipeline: source, synth with the gate, its own update, production."""

    def __init__(self, scope: Construct, construct_id: str, **stack_properties: Any) -> None:
        super().__init__(scope, construct_id, **stack_properties)
        synth = pipelines.CodeBuildStep(
            "Synth",
            input=pipelines.CodePipelineSource.connection(
                "your-organization/serving", "main", connection_arn=CONNECTION
            ),
            install_commands=["npm install --global aws-cdk@2.1148.1", "pip install -r requirements.txt"],
            commands=[
                "cdk synth --quiet",
                f"lean-silicon check cdk.out --format junit --output {REPORT} --fail-on never",  # for CodeBuild's test report
                "lean-silicon check cdk.out",  # the gate, and the text for who reads the log
            ],
            primary_output_directory="cdk.out",
            partial_build_spec=codebuild.BuildSpec.from_object(
                {"reports": {"lean-silicon": {"files": [REPORT], "file-format": "JUNITXML"}}}
            ),
        )
        pipeline = pipelines.CodePipeline(
            self,
            "Pipeline",
            synth=synth,
            pipeline_type=codepipeline.PipelineType.V2,
            code_build_defaults=pipelines.CodeBuildOptions(build_environment=ON_GRAVITON),
        )
        pipeline.add_stage(Production(self, "Production", env=Environment(account=ACCOUNT, region=REGION)))


app = App()
Delivery(app, "Delivery", env=Environment(account=ACCOUNT, region=REGION))
app.synth()

"""The app: the reference stacks, judged as they are synthesized."""

from __future__ import annotations

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks

from lean_silicon import LeanSiliconChecks
from stacks.agents import AgentsStack
from stacks.bedrock import BedrockStack
from stacks.eks import EksStack
from stacks.hyperpod import HyperPodStack
from stacks.inference import InferenceStack
from stacks.training import TrainingStack

US_EAST_1 = Environment(region="us-east-1")
US_EAST_2 = Environment(region="us-east-2")

app = App()
Validations.of(app).add_plugins(LeanSiliconChecks(), AwsSolutionsChecks())

TrainingStack(app, "LeanSiliconTraining", description="Train on Trainium, on spare capacity, in a closed network")
HyperPodStack(app, "LeanSiliconHyperPod", env=US_EAST_2, description="A HyperPod cluster with Slurm on Trainium2")
EksStack(app, "LeanSiliconEks", env=US_EAST_2, description="Trainium nodes and a served model on EKS")
InferenceStack(
    app,
    "LeanSiliconInference",
    env=US_EAST_1,
    description="Endpoints on Graviton and Inferentia2 that cost nothing while nobody asks",
)
BedrockStack(app, "LeanSiliconBedrock", env=US_EAST_1, description="The smallest adequate model, one rung at a time")
AgentsStack(
    app,
    "LeanSiliconAgents",
    env=US_EAST_1,
    description="A supervisor and a specialist on small models, with tools, memory and evaluation",
)

app.synth()

"""The app: the reference stacks, judged as they are synthesized, under one dashboard."""

from __future__ import annotations

from aws_cdk import App, Environment, Validations
from cdk_nag import AwsSolutionsChecks

from lean_silicon import LeanSiliconChecks
from stacks.agents import AgentsStack
from stacks.bedrock import BedrockStack
from stacks.eks import EksStack
from stacks.hyperpod import HyperPodStack
from stacks.inference import InferenceStack
from stacks.observability import ObservabilityStack
from stacks.training import TrainingStack

OHIO = Environment(region="us-east-2")
"""Where HyperPod offers Trainium2. The dashboard's alarms watch their own region only, so all stacks are in one."""

app = App()
Validations.of(app).add_plugins(LeanSiliconChecks(), AwsSolutionsChecks())

observed = [
    TrainingStack(
        app,
        "LeanSiliconTraining",
        env=OHIO,
        description="Train on Trainium, on spare capacity, in a closed network",
    ),
    HyperPodStack(app, "LeanSiliconHyperPod", env=OHIO, description="A HyperPod cluster with Slurm on Trainium2"),
    EksStack(app, "LeanSiliconEks", env=OHIO, description="Trainium nodes and a served model on EKS"),
    InferenceStack(
        app,
        "LeanSiliconInference",
        env=OHIO,
        description="Endpoints on Graviton and Inferentia2 that cost nothing while nobody asks",
    ),
    BedrockStack(app, "LeanSiliconBedrock", env=OHIO, description="The smallest adequate model, one rung at a time"),
    AgentsStack(
        app,
        "LeanSiliconAgents",
        env=OHIO,
        description="A supervisor and a specialist on small models, with tools, memory and evaluation",
    ),
]
ObservabilityStack(
    app,
    "LeanSiliconObservability",
    observed=observed,
    env=OHIO,
    description="What is on, how busy it is, what it costs and draws",
)

app.synth()

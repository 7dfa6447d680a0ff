"""A cluster with every add-on and three pools that serves and trains, synthesized once and judged."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from aws_cdk import Duration, Environment, Stack
from aws_cdk import aws_sqs as sqs
from eks_equipped import equip
from eks_pools import TRAINING, Pools, pools_of
from judging import judged_app

from lean_silicon.eks import AcceleratedCluster, Capacity, NeuronNodeGroup
from lean_silicon.eks.addons import Keda
from lean_silicon.eks.workloads import (
    ScaleToZero,
    ServingOptions,
    TorchrunTrainingJob,
    TrainingOptions,
    VllmNeuronDeployment,
)

MODEL = "meta-llama/Llama-3.1-8B-Instruct"
TRAINING_IMAGE = "111122223333.dkr.ecr.us-east-2.amazonaws.com/train:3"


class Working(NamedTuple):
    """The constructs, and where they were synthesized."""

    stack: Stack
    keda: Keda
    pools: Pools
    chat: VllmNeuronDeployment
    queued: VllmNeuronDeployment
    on_pool: TorchrunTrainingJob
    on_group: TorchrunTrainingJob
    assembly: Path


def synthesized_work(folder: Path) -> Working:
    """Serving that is always there, serving that scales to none, and training on a pool and on a node group."""
    app = judged_app(folder)
    stack = Stack(app, "Work", env=Environment(region="us-east-2"))
    cluster = AcceleratedCluster(stack, "Cluster")
    keda = equip(stack, cluster)
    pools = pools_of(stack, cluster)
    group = NeuronNodeGroup(
        stack,
        "Trainers",
        cluster=cluster,
        instance_type="trn1.32xlarge",
        maximum=4,
        workload=TRAINING,
        capacity=Capacity.spot(),
    )
    queue = sqs.Queue(
        stack,
        "Requests",
        enforce_ssl=True,
        dead_letter_queue=sqs.DeadLetterQueue(queue=sqs.Queue(stack, "Failed", enforce_ssl=True), max_receive_count=3),
    )
    options = TrainingOptions(checkpoints_claim="fsx")
    made = Working(
        stack=stack,
        keda=keda,
        pools=pools,
        chat=VllmNeuronDeployment(
            stack, "ChatModel", cluster=cluster, nodes=pools.chat, model=MODEL, replicas=2, name="chat"
        ),
        queued=VllmNeuronDeployment(
            stack,
            "Queued",
            cluster=cluster,
            nodes=pools.chat,
            model="/models/llama",
            scaling=ScaleToZero.on_queue(keda, queue, most=4, messages_each=8),
            options=ServingOptions(models_claim="models", artifacts_claim="artifacts", token_secret="hub"),
            name="queued",
        ),
        on_pool=TorchrunTrainingJob(
            stack,
            "OnPool",
            cluster=cluster,
            nodes=pools.training,
            image=TRAINING_IMAGE,
            command=["train.py", "--epochs", "3"],
            workers=4,
            time_limit=Duration.hours(12),
            options=options,
            name="on-pool",
        ),
        on_group=TorchrunTrainingJob(
            stack,
            "OnGroup",
            cluster=cluster,
            nodes=group,
            image=TRAINING_IMAGE,
            command=["train.py"],
            workers=4,
            time_limit=Duration.hours(12),
            options=options,
            name="on-group",
        ),
        assembly=folder / "cdk.out",
    )
    app.synth()
    return made

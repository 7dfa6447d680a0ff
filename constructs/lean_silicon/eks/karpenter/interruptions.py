"""The queue that tells Karpenter that machines are about to go, so that their pods leave in time."""

from __future__ import annotations

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from lean_silicon.acceptance import accept

EVENTS = {
    "ScheduledChange": ("aws.health", "AWS Health Event"),
    "SpotInterruption": ("aws.ec2", "EC2 Spot Instance Interruption Warning"),
    "Rebalance": ("aws.ec2", "EC2 Instance Rebalance Recommendation"),
    "StateChange": ("aws.ec2", "EC2 Instance State-change Notification"),
    "ReservationInterruption": ("aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"),
}
"""Source and detail type of what Karpenter reads (its CloudFormation reference, version 1.14)."""

_KEPT = Duration.minutes(5)
"""A spot machine is gone two minutes after its warning, so older messages tell nothing (same source)."""
_ACCEPTED = {
    "SQS3": "A message that nobody read in five minutes is about a machine that is gone; there is nothing to do with it later.",
}


class InterruptionQueue(Construct):
    """The queue and the rules that fill it."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            retention_period=_KEPT,
            # It holds nothing that outlives a machine
            removal_policy=RemovalPolicy.DESTROY,
        )
        accept(self.queue, _ACCEPTED)
        self.rules = tuple(
            events.Rule(
                self,
                name,
                description=f"{detail_type}: Karpenter drains the node",
                event_pattern=events.EventPattern(source=[source], detail_type=[detail_type]),
                targets=[targets.SqsQueue(self.queue)],
            )
            for name, (source, detail_type) in EVENTS.items()
        )

"""Keeping a knowledge base fresh: an ingestion job on a schedule, without a function in between.

Bedrock reads only what changed since the last job. EventBridge Scheduler can start a job and cannot ask how it ended; Bedrock's own logs of
a knowledge base tell.
"""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from constructs import Construct

from lean_silicon.bedrock.ladder import permissions

# Scheduler's own default is 185 attempts in a day; a job that runs already, or a mistake, does not go away by asking more often.
_ATTEMPTS = 3


def synchronize(
    scope: Construct,
    schedule: scheduler.ScheduleExpression,
    *,
    knowledge_base_id: str,
    knowledge_base_arn: str,
    data_source_id: str,
) -> scheduler.Schedule:
    """Start an ingestion job whenever the schedule says so."""
    role = iam.Role(
        scope,
        "SynchronizationRole",
        description="Starts ingestion jobs of the knowledge base",
        assumed_by=iam.ServicePrincipal(
            "scheduler.amazonaws.com", conditions={"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
        ),
    )
    target = targets.Universal(
        service="bedrockagent",
        action="startIngestionJob",
        input=scheduler.ScheduleTargetInput.from_object(
            {"KnowledgeBaseId": knowledge_base_id, "DataSourceId": data_source_id}
        ),
        policy_statements=[iam.PolicyStatement(actions=list(permissions.SYNCHRONIZE), resources=[knowledge_base_arn])],
        role=role,
        retry_attempts=_ATTEMPTS,
        max_event_age=Duration.hours(1),
    )
    made = scheduler.Schedule(scope, "Synchronization", schedule=schedule, target=target)
    # A rate's first time is at once, when the role must have its permission already.
    made.node.add_dependency(role)
    return made

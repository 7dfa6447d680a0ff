"""What the two roles of an optimization may do. Each list is the whole need of one thing.

Sources: API reference, CreateOptimizationJob (``RoleArn`` lists reading, writing, logs and metrics); the service authorization reference.
What the job itself may do is in `lean_silicon.inference.job_role`.
"""

from __future__ import annotations

RUN_OPTIMIZATION_JOB = (
    "sagemaker:AddTags",
    "sagemaker:CreateOptimizationJob",
    "sagemaker:DescribeOptimizationJob",
    "sagemaker:StopOptimizationJob",
)
PASS_ROLE = ("iam:PassRole",)

LOG_GROUPS = "/aws/sagemaker/*"
"""AWS does not document which of SageMaker's log groups an optimization job writes to."""

"""The SageMaker jobs that Step Functions runs, waits for and stops: how their API, permissions and events are called.

Sources: Step Functions developer guide, "Create and manage Amazon SageMaker AI jobs with Step Functions" and "IAM policies for calling
SageMaker"; the service model ``sagemaker/2017-07-24`` in botocore 1.44.5; the service authorization reference.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class JobKind:
    """One kind of job.

    Parameters
    ----------
    name
        ``"Transform"``: what stands between ``Create`` and ``Job`` in the names of its actions.
    resource
        What its ARNs say.
    log_group
        Where SageMaker writes its logs.
    passes_role
        Whether the caller hands over a role; transform jobs run with the role of their model.
    """

    name: str
    resource: str
    log_group: str
    passes_role: bool

    @property
    def words(self) -> str:
        """For messages: ``"transform job"``."""
        return f"{self.name.lower()} job"

    @property
    def create(self) -> str:
        """The integration that creates the job and waits for its end."""
        return f"sagemaker:create{self.name}Job.sync"

    @property
    def stop(self) -> str:
        """The integration that stops it."""
        return f"aws-sdk:sagemaker:stop{self.name}Job"

    @property
    def name_field(self) -> str:
        """The field of every request that names the job."""
        return f"{self.name}JobName"

    @property
    def actions(self) -> tuple[str, ...]:
        """What the state machine may do with its jobs: start, follow, stop, and tag them as its own."""
        verbs = (f"Create{self.name}Job", f"Describe{self.name}Job", f"Stop{self.name}Job")
        return tuple(sorted(("sagemaker:AddTags", "sagemaker:ListTags", *(f"sagemaker:{verb}" for verb in verbs))))

    @property
    def following_rule(self) -> str:
        """The EventBridge rule through which Step Functions learns that a job has ended; Step Functions chose its name."""
        return f"StepFunctionsGetEventsForSageMaker{self.name}JobsRule"


TRANSFORM = JobKind("Transform", "transform-job", "/aws/sagemaker/TransformJobs", passes_role=False)
"""Batch inference."""

PROCESSING = JobKind("Processing", "processing-job", "/aws/sagemaker/ProcessingJobs", passes_role=True)
"""Analysis: baselines of monitoring."""

"""UTL003: a job that nothing stops in time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from lean_silicon.catalog import Evidence
from lean_silicon.rules.accelerated import hourly_cost
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.jobs import Job, jobs_of, training_of
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.rules.wording import hours, when
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.amounts import whole_number
from lean_silicon.templates.locations import At

_DEFAULT_HOURS = 24
"""What SageMaker takes where no limit is written: one day (API reference, StoppingCondition)."""
_LIMIT = "StoppingCondition.MaxRuntimeInSeconds"
_TUNING = "HyperParameterTuningJobConfig.ResourceLimits"


class _Problem(NamedTuple):
    at: At
    reason: str
    up_to_hours: float


class JobWithoutLimit(ResourceRule):
    """A training, processing or tuning job names no time limit, or one beyond what the policy allows.

    A job that hangs is paid until something stops it. ``StoppingCondition.MaxRuntimeInSeconds`` is that something. Where
    it is left out SageMaker takes one day, which is a number that nobody chose for this job; up to 28 days may be asked
    for. A tuning job has a limit of its own (``ResourceLimits.MaxRuntimeInSeconds``) and no default for it: without one
    it runs for as long as its training jobs together may take.

    The rule reads requests in state machines, SageMaker pipelines and SDK calls, and ``AWS::SageMaker::ProcessingJob``.
    A limit that is computed when the workflow runs is unknown and not judged. How long is too long is a setting: three
    days, so that a job that hangs on Friday evening is off by Monday.

    Bad
    ---
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 1000000000, Precision: bf16, Adapter: lora}
        Properties:
          RoleArn: "arn:aws:iam::111122223333:role/train"
          Definition:
            StartAt: Train
            States:
              Train:
                Type: Task
                End: true
                Resource: "arn:aws:states:::sagemaker:createTrainingJob.sync"
                Parameters:
                  ResourceConfig: {InstanceCount: 1, InstanceType: ml.trn1.2xlarge, VolumeSizeInGB: 100}
    ```

    Good
    ----
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 1000000000, Precision: bf16, Adapter: lora}
        Properties:
          RoleArn: "arn:aws:iam::111122223333:role/train"
          Definition:
            StartAt: Train
            States:
              Train:
                Type: Task
                End: true
                Resource: "arn:aws:states:::sagemaker:createTrainingJob.sync"
                Parameters:
                  ResourceConfig: {InstanceCount: 1, InstanceType: ml.trn1.2xlarge, VolumeSizeInGB: 100}
                  StoppingCondition: {MaxRuntimeInSeconds: 14400}
    ```
    """

    id = "UTL003"
    title = "Job without a time limit within policy"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Busy or off: time limits"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_StoppingCondition.html",
        "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-sagemaker-processingjob-stoppingcondition.html",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_ResourceLimits.html",
    )
    settings = ("max_job_hours",)
    spares_plain = True

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each job whose limit is missing or beyond the policy; once a job."""
        view = context.view(resource.template)
        for job in jobs_of(resource, view):
            problem = next(_problems(job, context.settings.max_job_hours, view), None)
            if problem is not None:
                yield self._finding(resource, job, problem, context)

    def _finding(self, resource: Resource, job: Job, problem: _Problem, context: Context) -> Finding:
        cost = _cost(job, problem.up_to_hours, context)
        allowed = hours(context.settings.max_job_hours)
        return self.found_at(
            resource,
            f"The {job} {problem.reason}{when(problem.at.assumed)}.{cost}",
            property_path=problem.at.path,
            instance_type=job.uses[0].instance_type if job.uses else None,
            suggestion=Suggestion(
                f"Set {problem.at.path.rpartition('.')[2]} to what the job needs with some head-room, at most {allowed} "
                "(max_job_hours in the settings); longer work saves checkpoints and continues in the next job."
            ),
        )


def _problems(job: Job, most: float, view: TemplateView) -> Iterator[_Problem]:
    places = [job.parameters] if job.kind == "processing job" else list(training_of(job, view))
    limits: list[float | None] = []
    for place in places:
        for at in view.walk_from(place, _LIMIT):
            limit = _hours(at)
            limits.append(_DEFAULT_HOURS if at.absent else limit)
            if at.absent:
                yield _Problem(at, _not_written(job), _DEFAULT_HOURS)
            elif limit is not None and limit > most:
                yield _Problem(at, f"may run for {hours(limit)}; the policy allows {hours(most)}", limit)
    if job.kind == "tuning job":
        yield from _of_tuning(job, limits, most, view)


def _not_written(job: Job) -> str:
    whose = " for its training jobs" if job.kind == "tuning job" else ""
    return f"names no time limit{whose}, so SageMaker's default of {_DEFAULT_HOURS} h applies, which nobody chose"


def _of_tuning(job: Job, limits: list[float | None], most: float, view: TemplateView) -> Iterator[_Problem]:
    """A tuning job as a whole: by its own limit, else by what its training jobs may take one after another."""
    for at in view.walk_from(job.parameters, f"{_TUNING}.MaxRuntimeInSeconds"):
        limit = _hours(at)
        if limit is not None and limit > most:
            yield _Problem(at, f"may run for {hours(limit)}; the policy allows {hours(most)}", limit)
        if not at.absent:
            continue
        number = _one(job.parameters, f"{_TUNING}.MaxNumberOfTrainingJobs", view)
        together = _one(job.parameters, f"{_TUNING}.MaxParallelTrainingJobs", view)
        longest = None if None in limits else max((each for each in limits if each is not None), default=None)
        if number is None or not together or longest is None:
            continue
        total = math.ceil(number / together) * longest
        if total > most:
            yield _Problem(
                at,
                f"names no time limit of its own: {number} training jobs, {together} at a time, of {hours(longest)} each may take "
                f"{hours(total)}; the policy allows {hours(most)}",
                total,
            )


def _one(start: At, path: str, view: TemplateView) -> int | None:
    numbers = {
        None if at.absent or at.unknown is not None else whole_number(at.value) for at in view.walk_from(start, path)
    }
    return numbers.pop() if len(numbers) == 1 else None


def _hours(at: At) -> float | None:
    if at.absent or at.unknown is not None:
        return None
    seconds = whole_number(at.value)
    return None if seconds is None else seconds / 3600


def _cost(job: Job, up_to_hours: float, context: Context) -> str:
    """What the machines cost until the limit, where the price and the number of machines are known."""
    if len(job.uses) != 1 or job.kind == "tuning job" or not job.uses[0].count.desired:
        return ""
    use = job.uses[0]
    cost = hourly_cost(use, context, count=use.count.desired or 1)
    if cost is None:
        return ""
    return (
        f" If it hangs it costs up to {cost.in_unit('USD', up_to_hours)} ({use.count.desired} × {use.instance_type})."
    )

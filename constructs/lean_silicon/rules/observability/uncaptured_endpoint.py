"""OBS002: an endpoint without data capture and a monitoring schedule."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import App, Resource, TemplateView

_SCHEDULED = {
    "AWS::SageMaker::MonitoringSchedule": None,
    "AWS::Scheduler::Schedule": "ScheduleExpression",
    "AWS::Events::Rule": "ScheduleExpression",
}
"""What may look at captured data regularly, and the property without which it does not."""


class UncapturedEndpoint(ResourceRule):
    """An endpoint keeps nothing of what it is asked and answers, or nothing looks at what it keeps.

    Inputs drift away from what a model was chosen and trained for, and a model that no longer serves is silicon that
    serves nobody. Data capture writes a sample of requests and answers to S3; something that runs on a schedule
    compares them with a baseline, for quality, bias and harm. Captured data also show how small a model would do, which
    is the evidence that other rules ask for.

    The rule asks for ``DataCaptureConfig`` with ``EnableCapture: true`` and for something that runs on a schedule
    anywhere in what is judged together: an ``AWS::SageMaker::MonitoringSchedule``, or a schedule of EventBridge that
    starts a processing or evaluation job. SageMaker Model Monitor is no longer open to new customers, and its
    ready-made monitors read tables, so a job of one's own is the way for generated text.

    Serverless variants cannot capture, and endpoints of inference components are not judged. A declared ``Environment``
    other than production is left alone.

    Bad
    ---
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          ProductionVariants:
            - {VariantName: main, ModelName: churn, InstanceType: ml.c7g.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
    ```

    Good
    ----
    ```yaml
    Resources:
      Config:
        Type: AWS::SageMaker::EndpointConfig
        Properties:
          DataCaptureConfig:
            EnableCapture: true
            InitialSamplingPercentage: 10
            DestinationS3Uri: s3://captured
            CaptureOptions: [{CaptureMode: Input}, {CaptureMode: Output}]
          ProductionVariants:
            - {VariantName: main, ModelName: churn, InstanceType: ml.c7g.xlarge, InitialInstanceCount: 1, InitialVariantWeight: 1}
      Nightly:
        Type: AWS::Scheduler::Schedule
        Properties:
          ScheduleExpression: rate(1 day)
          FlexibleTimeWindow: {Mode: "OFF"}
          Target:
            Arn: arn:aws:states:us-east-1:111122223333:stateMachine:evaluate
            RoleArn: arn:aws:iam::111122223333:role/schedule
    ```
    """

    id = "OBS002"
    title = "Endpoint without data capture and a monitoring schedule"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Measure utilisation, drift, bias, harm"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-data-capture.html",
        "https://docs.aws.amazon.com/sagemaker/latest/dg/model-monitor-availability-change.html",
    )
    resource_types = frozenset({"AWS::SageMaker::EndpointConfig"})

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """An endpoint configuration in production that captures nothing, or whose captured data nothing looks at."""
        view = context.view(resource.template)
        if not _can_capture(view, resource) or not _may_be_in_production(resource):
            return
        captures = _captures(view, resource)
        if captures is None:
            return
        if not captures:
            yield self.found_at(
                resource,
                "The endpoint captures nothing of what it is asked and answers, so drift, bias and harm cannot be seen.",
                property_path="Properties.DataCaptureConfig",
                suggestion=Suggestion(
                    "Set DataCaptureConfig with EnableCapture: true and a small InitialSamplingPercentage, and evaluate what "
                    "is captured on a "
                    "schedule; or declare the workload's Environment if this is not production."
                ),
            )
        elif not context.of_app("scheduled", _anything_scheduled):
            yield self.found_at(
                resource,
                f"The endpoint captures its data, and nothing in the {len(context.app.templates)} template(s) read runs on a schedule to "
                "look at them.",
                property_path="Properties.DataCaptureConfig",
                suggestion=Suggestion(
                    "Add an AWS::SageMaker::MonitoringSchedule where the account has Model Monitor, else an "
                    "AWS::Scheduler::Schedule that starts a "
                    "processing or evaluation job over the captured data."
                ),
            )


def _can_capture(view: TemplateView, resource: Resource) -> bool:
    """Whether every variant is known to be a model on machines: others cannot capture, or nobody knows."""
    names = list(view.walk(resource, "ProductionVariants[].ModelName"))
    serverless = list(view.walk(resource, "ProductionVariants[].ServerlessConfig"))
    return (
        bool(names)
        and all(not at.absent for at in names)
        and all(at.path.endswith(".ModelName") for at in names)
        and all(at.absent for at in serverless)
    )


def _may_be_in_production(resource: Resource) -> bool:
    """Whether the declared environments, if any, are production."""
    declaration = resource.declaration
    workloads = [*declaration.workloads.values(), *((declaration.workload,) if declaration.workload else ())]
    declared = [workload.environment.lower() for workload in workloads if workload.environment]
    return not declared or any(environment.startswith(("prod", "live")) for environment in declared)


def _captures(view: TemplateView, resource: Resource) -> bool | None:
    """Whether capture is on; `None` where it depends, or cannot be known."""
    found = list(view.walk(resource, "DataCaptureConfig.EnableCapture"))
    if any(at.unknown is not None for at in found):
        return None
    answers = {not at.absent and str(at.value).lower() == "true" for at in found}
    return answers.pop() if len(answers) == 1 else None


def _anything_scheduled(app: App) -> bool:
    return any(
        resource.type in _SCHEDULED
        and (_SCHEDULED[resource.type] is None or _SCHEDULED[resource.type] in resource.properties)
        for template in app.templates
        for resource in template.resources.values()
    )

"""OBS004: a log group kept for ever."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource, TemplateView


class EndlessLogs(ResourceRule):
    """A log group keeps what is written to it for ever.

    Logs of training runs, endpoints and agents grow every day and are read for weeks. Without ``RetentionInDays``
    CloudWatch never deletes them: storage that somebody pays and powers for data that nobody reads, and prompts of
    users among them.

    Log groups of the class ``DELIVERY`` keep two days whatever is set, and pass; so do those of which a ``LogRetention``
    of the CDK in the same template sets the retention. Where a law asks for longer than
    CloudWatch offers, export to S3 with a lifecycle, or acknowledge.

    Bad
    ---
    ```yaml
    Resources:
      Logs:
        Type: AWS::Logs::LogGroup
        Properties: {LogGroupName: /aws/sagemaker/TrainingJobs/claims}
    ```

    Good
    ----
    ```yaml
    Resources:
      Logs:
        Type: AWS::Logs::LogGroup
        Properties: {LogGroupName: /aws/sagemaker/TrainingJobs/claims, RetentionInDays: 30}
    ```
    """

    id = "OBS004"
    title = "A log group kept for ever"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Measure utilisation, drift, bias, harm"
    sources = (
        "https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html",
        "AWS Well-Architected Framework, SUS04: remove unneeded or redundant data",
    )
    resource_types = frozenset({"AWS::Logs::LogGroup"})

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A log group for which no retention is set."""
        view = context.view(resource.template)
        if view.is_set(resource, "RetentionInDays") is not False:
            return
        classes = {
            at.value for at in view.walk(resource, "LogGroupClass") if not at.absent and isinstance(at.value, str)
        }
        if view.is_set(resource, "LogGroupClass") is None or "DELIVERY" in classes:
            return
        if _is_limited_elsewhere(resource, view):
            return
        yield self.found_at(
            resource,
            "The log group has no RetentionInDays, so CloudWatch keeps what is written to it for ever.",
            property_path="Properties.RetentionInDays",
            suggestion=Suggestion("Set RetentionInDays to what somebody will read, for instance 30."),
        )


def _is_limited_elsewhere(group: Resource, view: TemplateView) -> bool:
    """Whether a custom resource of the CDK sets the retention of the group, by reference or by its name."""
    limits = [
        each for each in view.resources("Custom::LogRetention") if view.is_set(each, "RetentionInDays") is not False
    ]
    names = {name for name in view.known(group, "LogGroupName") if isinstance(name, str)} if limits else set()
    return any(
        group.logical_id in view.mentioned_by(each)
        or any(name in names for name in view.known(each, "LogGroupName") if isinstance(name, str))
        for each in limits
    )

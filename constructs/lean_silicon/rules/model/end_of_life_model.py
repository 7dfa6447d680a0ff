"""MDL004: a model past or near its end of life."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.model._bedrock_models import last_day
from lean_silicon.rules.model._texts import circumstances
from lean_silicon.rules.model._uses import TYPES, ModelUse, model_uses
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource


class EndOfLifeModel(ResourceRule):
    """The model's last day on Amazon Bedrock is over or near.

    After that day requests fail. Before it, a model in its legacy period is closed to new customers, and may cost more.
    The model that follows it usually does the same for less, but answers differently: moving takes an evaluation, which
    takes time.

    Last days are those that AWS announced and this release knows (``lean-silicon catalog sources``); a model without
    one may have one by now. How near is near is a setting; where a private arrangement keeps a model alive,
    acknowledge.

    Bad
    ---
    ```yaml
    Resources:
      Agent:
        Type: AWS::Bedrock::Agent
        Properties:
          AgentName: claims
          FoundationModel: us.anthropic.claude-sonnet-4-20250514-v1:0
          GuardrailConfiguration: {GuardrailIdentifier: gr1, GuardrailVersion: "1"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Agent:
        Type: AWS::Bedrock::Agent
        Properties:
          AgentName: claims
          FoundationModel: us.amazon.nova-2-lite-v1:0
          GuardrailConfiguration: {GuardrailIdentifier: gr1, GuardrailVersion: "1"}
    ```
    """

    id = "MDL004"
    title = "A model past or near its end of life"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "The smallest adequate model, chosen by evaluation"
    sources = (
        "Amazon Bedrock User Guide, Model lifecycle",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html",
    )
    settings = ("model_notice_days",)
    resource_types = TYPES

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each model of the resource whose last day is over or near, once."""
        told: set[str] = set()
        for use in model_uses(context.view(resource.template), resource):
            if use.name.model_id is not None and use.name.model_id not in told:
                told.add(use.name.model_id)
                yield from self._judged(resource, use, use.name.model_id, context)

    def _judged(self, resource: Resource, use: ModelUse, model_id: str, context: Context) -> Iterator[Finding]:
        last = last_day(model_id, resource.template.region or context.policy.region)
        if last is None:
            return
        days = (date.fromisoformat(last.day) - context.today).days
        if days > context.settings.model_notice_days:
            return
        state = f"was {last.day}: requests fail" if days < 0 else f"is {last.day}, in {days} days"
        yield self.found_at(
            resource,
            f"The last day of {model_id} on Amazon Bedrock {state}{circumstances(use.at)}.",
            property_path=use.at.path,
            suggestion=Suggestion(
                "Evaluate the provider's current models, the smallest first, and move to one; the lifecycle page of AWS "
                "names the successor."
            ),
            sources=(last.source,),
        )

"""MDL001: a top-tier model without recorded evaluation evidence."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.footprint.bedrock import prices_as_of
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.model._bedrock_models import smaller_models, usd_per_million_written
from lean_silicon.rules.model._texts import circumstances
from lean_silicon.rules.model._uses import TYPES, ModelUse, model_uses
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import EvidenceRecord, Resource

_SMALLER = 0.5


class UntestedTopTier(ResourceRule):
    """A top-tier model is used, and no evaluation is recorded that says why a smaller one would not do.

    The largest models cost many times what the smaller ones of the same provider cost, in money and, as far as anybody
    has measured, in energy. Most tasks do not need them. Start with the smallest model that could do, evaluate, and go
    up only where the evaluation says so.

    Providers do not publish how large their models are, so the tier rests on price: a model counts as top-tier where a
    million written tokens cost more than ``top_tier_usd_per_million_tokens`` in every region whose price is known, and
    the same provider has a model at half of that or less. Models whose price is unknown are not judged.

    The rule looks at agents, prompts, flows, application inference profiles, data sources, prompt routers, AgentCore
    harnesses, memories and evaluators, and at the calls of state machines. A user of an application inference profile
    of the same template is judged there.

    An ``Evidence`` entry with an ``Evaluation`` or a ``Score`` in the metadata of the resource is the record.

    Bad
    ---
    ```yaml
    Resources:
      Agent:
        Type: AWS::Bedrock::Agent
        Properties:
          AgentName: claims
          FoundationModel: anthropic.claude-opus-5
          GuardrailConfiguration: {GuardrailIdentifier: gr1, GuardrailVersion: "1"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Profile:
        Type: AWS::Bedrock::ApplicationInferenceProfile
        Metadata:
          LeanSilicon:
            Evidence: [{Rung: claude-haiku-4-5, Evaluation: "s3://evaluations/claims.json", Score: 0.71, Target: 0.9, Date: 2026-10-01}]
        Properties:
          InferenceProfileName: claims
          ModelSource: {CopyFrom: "arn:aws:bedrock:us-east-1::foundation-model/anthropic.claude-opus-5"}
    ```
    """

    id = "MDL001"
    title = "A top-tier model without recorded evaluation"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "The smallest adequate model, chosen by evaluation"
    sources = (
        "AWS Well-Architected Generative AI Lens, Cost optimization: model and inference selection",
        "https://docs.aws.amazon.com/wellarchitected/latest/generative-ai-lens/cost-optimization.html",
    )
    settings = ("top_tier_usd_per_million_tokens",)
    resource_types = TYPES

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """The first top-tier model that a resource without recorded evaluation names."""
        if any(_is_evaluation(record) for record in resource.declaration.evidence):
            return
        for use in model_uses(context.view(resource.template), resource):
            finding = self._judged(resource, use, context)
            if finding is not None:
                yield finding
                return

    def _judged(self, resource: Resource, use: ModelUse, context: Context) -> Finding | None:
        model_id = use.name.model_id
        price = usd_per_million_written(model_id) if model_id is not None else None
        limit = context.settings.top_tier_usd_per_million_tokens
        if model_id is None or price is None or price <= limit:
            return None
        smaller = smaller_models(model_id, price * _SMALLER, context.today.isoformat())
        if not smaller:
            return None
        others = " or ".join(f"{name} ({usd:g} USD)" for name, usd in smaller)
        return self.found_at(
            resource,
            f"{model_id} writes a million tokens for at least {price:g} USD, where the policy takes more than {limit:g} USD for "
            f"top-tier{circumstances(use.at)}, and no evaluation is recorded that a smaller model falls short.",
            property_path=use.at.path,
            suggestion=Suggestion(
                f"Evaluate a smaller model of the same provider first, for instance {others}; where it falls short, record that: "
                "LeanSilicon: {Evidence: [{Rung: ..., Evaluation: ..., Score: ..., Target: ..., Date: ...}]}."
            ),
            sources=(f"list prices of Amazon Bedrock, {prices_as_of()}",),
        )


def _is_evaluation(record: EvidenceRecord) -> bool:
    """Whether an entry says where an evaluation is, or what came of it."""
    evaluation, score = record.declared.get("Evaluation"), record.declared.get("Score")
    return bool(isinstance(evaluation, str) and evaluation.strip()) or (
        score is not None and not isinstance(score, bool)
    )

"""CUS003: evidence that is old or contradicts the choice."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.customization._ladder import RUNGS, Climb, Recorded, climbs, recorded
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource


class DoubtfulEvidence(ResourceRule):
    """The declared evidence is old, lies in the future, or speaks against what was chosen.

    Models get better every few months: what an evaluation found a year ago may have compared with models that are gone,
    and the rung that fell short then may do today. And where a cheaper rung reached its target, the evidence says to
    stop there.

    An entry is old after ``evidence_days``. An entry contradicts the choice where its ``Score`` is at or above its
    ``Target`` on a rung below the one that the resource stands on: its declared task (``peft``, ``fine-tuning``,
    ``continued-pre-training``, ``pre-training``) or the type of the customization job that it starts. Entries without a
    date, and scores without a target, say nothing either way.

    Bad
    ---
    ```yaml
    Resources:
      Agent:
        Type: AWS::Bedrock::Agent
        Metadata:
          LeanSilicon:
            Evidence: [{Rung: prompt-engineering, Evaluation: "s3://evaluations/claims.json", Score: 0.71, Target: 0.85, Date: 2024-10-01}]
        Properties:
          AgentName: claims
          FoundationModel: anthropic.claude-opus-5
          GuardrailConfiguration: {GuardrailIdentifier: gr1, GuardrailVersion: "1"}
    ```

    Good
    ----
    ```yaml
    Resources:
      Agent:
        Type: AWS::Bedrock::Agent
        Metadata:
          LeanSilicon:
            Evidence: [{Rung: prompt-engineering, Evaluation: "s3://evaluations/claims.json", Score: 0.71, Target: 0.85, Date: 2026-10-01}]
        Properties:
          AgentName: claims
          FoundationModel: anthropic.claude-opus-5
          GuardrailConfiguration: {GuardrailIdentifier: gr1, GuardrailVersion: "1"}
    ```
    """

    id = "CUS003"
    title = "Evidence that is old or contradicts the choice"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Climb one rung of customization at a time, with evidence"
    sources = ("https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html",)
    settings = ("evidence_days",)
    spares_plain = True

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A resource whose evidence is old, from the future, or against it; all of it in one finding."""
        if not resource.declaration.evidence:
            return
        highest = max(climbs(resource, context), key=lambda climb: climb.height, default=None)
        doubts = [doubt for entry in recorded(resource) for doubt in _doubts(entry, highest, context)]
        if doubts:
            yield self.found_at(
                resource,
                f"The declared evidence is doubtful: {'; '.join(doubts)}.",
                property_path="Metadata.LeanSilicon.Evidence",
                suggestion=Suggestion(
                    "Evaluate again with today's models and record the result with its date; where a cheaper rung reaches "
                    "the target, use that."
                ),
            )


def _doubts(entry: Recorded, highest: Climb | None, context: Context) -> Iterator[str]:
    """What is doubtful about one entry."""
    name = f"the entry for {entry.rung}" if entry.rung else "an entry"
    if entry.unreadable_day is not None:
        yield f"{name} is dated {entry.unreadable_day!r}, which is no ISO date such as 2026-10-01"
    elif entry.day is not None:
        age = (context.today - entry.day).days
        if age < 0:
            yield f"{name} is dated {entry.day}, which is not yet"
        elif age > context.settings.evidence_days:
            yield f"{name} is {age} days old, more than the policy's {context.settings.evidence_days:g}"
    if (
        highest is not None
        and entry.rung is not None
        and entry.reached_target
        and RUNGS.index(entry.rung) < highest.height
    ):
        yield f"{name} reached its target ({entry.score:g} of {entry.target:g}), and {highest.what}"

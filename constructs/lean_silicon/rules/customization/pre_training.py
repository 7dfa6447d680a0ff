"""CUS002: continued or from-scratch pre-training without evidence that the cheaper rungs fell short."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.customization._ladder import climbs, lacking, recorded
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource


class PreTraining(ResourceRule):
    """A model is pre-trained, on more text or from nothing, and no evidence is declared that less would not do.

    Pre-training is the top of the ladder of customization: billions of tokens through all weights, where a fine-tuning
    run reads millions. It pays where a language or a field is missing from every model there is, which an evaluation
    shows.

    The rule judges declared workloads with ``Task: continued-pre-training`` or ``pre-training``, and jobs of Amazon
    Bedrock with ``CONTINUED_PRE_TRAINING`` that a state machine or custom resource starts. Each of
    ``prompt-engineering``, ``rag`` and ``peft`` needs an entry ``{Rung, Score, Target}`` in the ``Evidence`` of the
    resource whose score lies below its target, the higher the better.

    Those whose business is to make models acknowledge it once, with the reason.

    Bad
    ---
    ```yaml
    Resources:
      Customize:
        Type: AWS::StepFunctions::StateMachine
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/train
          Definition:
            StartAt: Customize
            States:
              Customize:
                Type: Task
                Resource: arn:aws:states:::bedrock:createModelCustomizationJob.sync
                End: true
                Parameters:
                  BaseModelIdentifier: arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-express-v1
                  CustomizationType: CONTINUED_PRE_TRAINING
                  CustomModelName: claims
                  JobName: claims
    ```

    Good
    ----
    ```yaml
    Resources:
      Customize:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Evidence:
              - {Rung: prompt-engineering, Evaluation: "s3://evaluations/prompts.json", Score: 0.42, Target: 0.85, Date: 2026-09-01}
              - {Rung: rag, Evaluation: "s3://evaluations/rag.json", Score: 0.51, Target: 0.85, Date: 2026-10-01}
              - {Rung: peft, Evaluation: "s3://evaluations/lora.json", Score: 0.62, Target: 0.85, Date: 2026-11-01}
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/train
          Definition:
            StartAt: Customize
            States:
              Customize:
                Type: Task
                Resource: arn:aws:states:::bedrock:createModelCustomizationJob.sync
                End: true
                Parameters:
                  BaseModelIdentifier: arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-text-express-v1
                  CustomizationType: CONTINUED_PRE_TRAINING
                  CustomModelName: claims
                  JobName: claims
    ```
    """

    id = "CUS002"
    title = "Pre-training without evidence that less falls short"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Climb one rung of customization at a time, with evidence"
    sources = ("https://docs.aws.amazon.com/bedrock/latest/userguide/custom-models.html",)
    spares_plain = True

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A resource that pre-trains and lacks evidence for a cheaper rung."""
        for climb in climbs(resource, context):
            if climb.rung not in ("continued-pre-training", "pre-training"):
                continue
            missing = lacking(climb, recorded(resource))
            if missing:
                yield self.found_at(
                    resource,
                    f"{climb.what[0].upper()}{climb.what[1:]}, and the evidence does not show that the cheaper rungs fell short: "
                    f"{'; '.join(missing)}.",
                    property_path=climb.path,
                    suggestion=Suggestion(
                        "Try the cheaper rungs in their order (prompt-engineering, rag, peft, fine-tuning), stop at the "
                        "first that reaches the target, "
                        "and record those that fall short: Evidence: [{Rung: rag, Evaluation: ..., Score: 0.51, Target: 0.85, Date: ...}]."
                    ),
                )
                return

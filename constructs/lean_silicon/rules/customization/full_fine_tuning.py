"""CUS001: full fine-tuning without evidence that the cheaper rungs fell short."""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.customization._ladder import climbs, lacking, recorded
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource


class FullFineTuning(ResourceRule):
    """All weights of a model are trained, and no evidence is declared that less would not do.

    Customization is a ladder: prompt engineering trains nothing, retrieval-augmented generation adds documents,
    parameter-efficient fine-tuning (LoRA and its kin) trains a hundredth of the weights or less, full fine-tuning all of
    them, with gradients and optimiser states beside every one: several times the memory, and a whole copy of the model
    to store and serve for every task. Climb one rung at a time, and record what each reached.

    The rule judges declared workloads with ``Task: fine-tuning`` (one with an ``Adapter``, or with
    ``TrainableParameters`` below ``Parameters``, is parameter-efficient and passes). Each cheaper rung needs an entry
    ``{Rung, Score, Target}`` in the ``Evidence`` of the resource whose score lies below its target, the higher the
    better: ``prompt-engineering``, ``rag``, ``peft``.

    A fine-tuning job of Amazon Bedrock that a state machine or custom resource starts is a **warning**, and needs no
    entry for ``peft``: AWS does not say whether such a job trains all weights or few. Reinforcement fine-tuning is such a job,
    and so is distillation: it fine-tunes the smaller model on the answers of the larger one. There the evidence is that of the
    smaller model.

    Bad
    ---
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 8000000000, Precision: bf16}
            Evidence: [{Rung: rag, Score: 0.71, Target: 0.85, Date: 2026-10-01}]
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/train
          Definition:
            StartAt: Train
            States:
              Train:
                Type: Task
                Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
                End: true
                Parameters:
                  AlgorithmSpecification: {TrainingInputMode: FastFile, MetricDefinitions: [{Name: loss, Regex: "loss=([0-9.]+)"}]}
                  ResourceConfig: {InstanceType: ml.trn1.32xlarge, InstanceCount: 1, VolumeSizeInGB: 500}
                  StoppingCondition: {MaxRuntimeInSeconds: 36000}
    ```

    Good
    ----
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
        Metadata:
          LeanSilicon:
            Workload: {Task: fine-tuning, Parameters: 8000000000, Precision: bf16}
            Evidence:
              - {Rung: prompt-engineering, Evaluation: "s3://evaluations/prompts.json", Score: 0.62, Target: 0.85, Date: 2026-09-01}
              - {Rung: rag, Evaluation: "s3://evaluations/rag.json", Score: 0.71, Target: 0.85, Date: 2026-10-01}
              - {Rung: peft, Evaluation: "s3://evaluations/lora.json", Score: 0.82, Target: 0.85, Date: 2026-11-01}
        Properties:
          RoleArn: arn:aws:iam::111122223333:role/train
          Definition:
            StartAt: Train
            States:
              Train:
                Type: Task
                Resource: arn:aws:states:::sagemaker:createTrainingJob.sync
                End: true
                Parameters:
                  AlgorithmSpecification: {TrainingInputMode: FastFile, MetricDefinitions: [{Name: loss, Regex: "loss=([0-9.]+)"}]}
                  EnableManagedSpotTraining: true
                  CheckpointConfig: {S3Uri: "s3://checkpoints/claims"}
                  ResourceConfig: {InstanceType: ml.trn1.32xlarge, InstanceCount: 1, VolumeSizeInGB: 500}
                  StoppingCondition: {MaxRuntimeInSeconds: 36000, MaxWaitTimeInSeconds: 72000}
    ```
    """

    id = "CUS001"
    title = "Full fine-tuning without evidence that less falls short"
    severity = Severity.ERROR
    evidence = Evidence.FACT
    advice = "Climb one rung of customization at a time, with evidence"
    sources = (
        "https://docs.aws.amazon.com/bedrock/latest/userguide/custom-models.html",
        "https://docs.aws.amazon.com/bedrock/latest/userguide/distillation-prepare-datasets.html",
        "Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, arXiv:2106.09685",
    )
    spares_plain = True

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """A resource that fine-tunes all weights and lacks evidence for a cheaper rung."""
        for climb in climbs(resource, context):
            if climb.rung != "fine-tuning":
                continue
            missing = lacking(climb, recorded(resource))
            if not missing:
                continue
            doubt = "" if climb.is_certain else " AWS does not say whether such a job trains all weights or few."
            yield self.found_at(
                resource,
                f"{climb.what[0].upper()}{climb.what[1:]}, and the evidence does not show that the cheaper rungs fell short: "
                f"{'; '.join(missing)}.{doubt}",
                property_path=climb.path,
                severity=None if climb.is_certain else Severity.WARNING,
                suggestion=Suggestion(
                    "Try the cheaper rungs in their order (prompt-engineering, rag, peft), stop at the first that reaches "
                    "the target, and record "
                    "those that fall short: Evidence: [{Rung: rag, Evaluation: ..., Score: 0.71, Target: 0.85, Date: ...}]. "
                    "If an adapter is trained, "
                    "declare Task: peft."
                ),
            )
            return

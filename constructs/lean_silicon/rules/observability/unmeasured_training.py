"""OBS005: training without metric definitions or profiler."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource, TemplateView
from lean_silicon.templates.documents.json_text import literal_text
from lean_silicon.templates.documents.parts import Request
from lean_silicon.templates.places import action_key

_ENOUGH = (
    "AlgorithmSpecification.MetricDefinitions",
    "AlgorithmSpecification.AlgorithmName",
    "ProfilerConfig",
    "TensorBoardOutputConfig",
    "ExperimentConfig",
    "MlflowConfig",
    "ServerlessJobConfig",
)
"""Any of these tells how training goes: its metrics, an algorithm that brings its own, a profiler, a tracker."""

_BUILT_IN = re.compile(
    r"dkr\.ecr\.[^/]*/(sagemaker-)?(xgboost|linear-learner|kmeans|pca|knn|factorization-machines|forecasting-deepar|blazingtext|"
    r"seq2seq|lda|ntm|object2vec|object-detection|semantic-segmentation|image-classification|ipinsights|randomcutforest|autogluon-training)\b"
)
"""Images of SageMaker's built-in algorithms, which come with their metrics."""


class UnmeasuredTraining(ResourceRule):
    """A training job says neither how well it learns nor where its time goes.

    CloudWatch shows by itself how busy the processors of a job are. Whether the loss still falls, and how many samples
    a second the accelerators get through, only the training code knows: ``MetricDefinitions`` lift that out of its log,
    so that a run that no longer learns is stopped, and one that waits for its data is mended. A profiler tells where
    the time goes.

    The rule looks at the ``createTrainingJob`` requests of state machines, pipelines and SDK calls, where the algorithm
    is known. Built-in algorithms and subscribed ones bring their metrics; a job with TensorBoard, MLflow or an
    experiment passes too. SageMaker Debugger is no longer open to new customers: metric definitions, which cost
    nothing, are the way for those.

    Bad
    ---
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
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
                  AlgorithmSpecification:
                    TrainingInputMode: FastFile
                    TrainingImage: 111122223333.dkr.ecr.us-east-1.amazonaws.com/train:1
                  ResourceConfig: {InstanceType: ml.trn1.2xlarge, InstanceCount: 1, VolumeSizeInGB: 100}
                  StoppingCondition: {MaxRuntimeInSeconds: 36000}
    ```

    Good
    ----
    ```yaml
    Resources:
      Train:
        Type: AWS::StepFunctions::StateMachine
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
                  AlgorithmSpecification:
                    TrainingInputMode: FastFile
                    TrainingImage: 111122223333.dkr.ecr.us-east-1.amazonaws.com/train:1
                    MetricDefinitions:
                      - {Name: loss, Regex: "loss=([0-9.]+)"}
                      - {Name: samples_per_second, Regex: "throughput=([0-9.]+)"}
                  ResourceConfig: {InstanceType: ml.trn1.2xlarge, InstanceCount: 1, VolumeSizeInGB: 100}
                  StoppingCondition: {MaxRuntimeInSeconds: 36000}
    ```
    """

    id = "OBS005"
    title = "Training without metric definitions or profiler"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Measure utilisation, drift, bias, harm"
    sources = (
        "https://docs.aws.amazon.com/sagemaker/latest/dg/define-train-metrics.html",
        "https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html",
    )
    resource_types = frozenset(
        {"AWS::StepFunctions::StateMachine", "AWS::Serverless::StateMachine", "AWS::SageMaker::Pipeline", "Custom::AWS"}
    )

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each training request that says nothing of how training goes."""
        view = context.view(resource.template)
        told: set[str] = set()
        for request in view.requests(resource):
            path = request.parameters.path
            if action_key(request.service, request.action) != "sagemaker:createTrainingJob" or path in told:
                continue
            told.add(path)
            if _is_unmeasured(view, request):
                job = f"The training job of {request.name}" if request.name else "The training job"
                yield self.found_at(
                    resource,
                    f"{job} has neither MetricDefinitions nor a ProfilerConfig, so its log must be read to see whether it learns, "
                    "and how fast.",
                    property_path=f"{path}.AlgorithmSpecification",
                    suggestion=Suggestion(
                        "Add AlgorithmSpecification.MetricDefinitions for the loss and the throughput that the training code "
                        "prints, for instance "
                        '[{Name: loss, Regex: "loss=([0-9.]+)"}].'
                    ),
                )


def _is_unmeasured(view: TemplateView, request: Request) -> bool:
    """Whether the algorithm is known, and known to say nothing of how training goes."""
    specified = list(view.walk_from(request.parameters, "AlgorithmSpecification"))
    if not all(at.unknown is None and isinstance(at.value, dict) and at.value for at in specified):
        return False
    for path in _ENOUGH:
        if any(not at.absent for at in view.walk_from(request.parameters, path)):
            return False
    images = [
        literal_text(at.value)
        for at in view.raw_from(request.parameters, "AlgorithmSpecification.TrainingImage")
        if not at.absent
    ]
    return not any(_BUILT_IN.search(image) for image in images)

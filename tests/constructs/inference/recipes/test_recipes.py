"""What pruning and distillation send to SageMaker, what they say of memory, and what they refuse at construction."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack, Token
from aws_cdk import aws_ecr as ecr
from aws_cdk.assertions import Annotations, Match
from inference_job_templates import data_bucket, definition_of, new_stack, template_of
from service_model import refusals

from lean_silicon import runtime
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference import EfficientEndpoint, ServedModel, ServingHardware
from lean_silicon.inference.optimization import Compilation, ModelOptimization
from lean_silicon.inference.recipes import Distillation, DistillationHyperparameters, Pruning, PruningHyperparameters
from lean_silicon.sizing import Precision, Task, Workload
from lean_silicon.training import Channel, TrainingContainer, TrainingHardware
from lean_silicon.training.training_code import pack

CHAT = Workload(task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=4)
SMALL, SMALLER = replace(CHAT, model="qwen2.5-1.5b"), replace(CHAT, model="qwen2.5-0.5b")
INFERENTIA2 = ServingHardware.neuron("ml.inf2.xlarge")
EIGHT_LAYERS = PruningHyperparameters(layers=8)
A_RUN = {"TrainingJobName": "a-run", "S3Uri": "s3://the-bucket/checkpoints/a-run"}


def pruning(stack: Stack | None = None, **properties: Any) -> Pruning:
    """A pruning of a model in S3."""
    stack = stack or new_stack()
    data = data_bucket(stack)
    defaults = {
        "model": ServedModel.from_bucket(data, "llama-3.1-8b/"),
        "texts": Channel.s3(data, "texts/"),
        "hyperparameters": EIGHT_LAYERS,
        "workload": CHAT,
        "target": INFERENTIA2,
    }
    return Pruning(stack, "Prune", **{**defaults, **properties})


def distillation(stack: Stack | None = None, **properties: Any) -> Distillation:
    """A distillation of two models in S3."""
    stack = stack or new_stack()
    data = data_bucket(stack)
    defaults = {
        "teacher": ServedModel.from_bucket(data, "qwen2.5-1.5b/"),
        "student": ServedModel.from_bucket(data, "qwen2.5-0.5b/"),
        "texts": Channel.s3(data, "texts/"),
        "teacher_workload": SMALL,
        "student_workload": SMALLER,
        "target": INFERENTIA2,
    }
    return Distillation(stack, "Distil", **{**defaults, **properties})


def train_of(made: Pruning | Distillation) -> dict[str, Any]:
    """The state that runs the training job."""
    attempts = definition_of(template_of(made.stack))["States"]["Train until there is capacity"]
    state: dict[str, Any] = attempts["Branches"][0]["States"]["Train"]
    return state


def request_of(made: Pruning | Distillation) -> dict[str, Any]:
    """CreateTrainingJob, with the names that an execution makes."""
    parameters = dict(train_of(made)["Parameters"])
    del parameters["TrainingJobName.$"]
    parameters["CheckpointConfig"] = {"S3Uri": A_RUN["S3Uri"], "LocalPath": "/opt/ml/checkpoints"}
    parameters["VpcConfig"] = {"Subnets": ["subnet-0123456789abcdef0"], "SecurityGroupIds": ["sg-0123456789abcdef0"]}
    environment = {name: value for name, value in parameters["Environment"].items() if not name.endswith(".$")}
    return {**parameters, "TrainingJobName": A_RUN["TrainingJobName"], "Environment": environment}


@pytest.mark.parametrize("make", [pruning, distillation])
def test_the_service_accepts_the_request(make: Callable[[], Pruning | Distillation]) -> None:
    request = request_of(make())
    assert refusals("sagemaker", "CreateTrainingJob", request) == []
    image = request["AlgorithmSpecification"]["TrainingImage"]
    assert "huggingface-pytorch-training-neuronx:" in image


def test_the_job_reads_models_as_files_and_texts_as_a_stream() -> None:
    modes = {each["ChannelName"]: each["InputMode"] for each in request_of(distillation())["InputDataConfig"]}
    assert modes == {"teacher": "File", "student": "File", "texts": "FastFile", "code": "File"}


def test_the_job_starts_its_script_once_for_pruning_and_on_every_core_for_distillation() -> None:
    cut, lesson = request_of(pruning())["HyperParameters"], request_of(distillation())["HyperParameters"]
    assert cut["sagemaker_program"] == '"prune.py"'
    assert "sagemaker_torch_distributed_enabled" not in cut
    assert lesson["sagemaker_program"] == '"distill.py"'
    assert lesson["sagemaker_torch_distributed_enabled"] == "true"
    assert (cut["layers"], lesson["temperature"]) == ("8", "2.0")


def test_the_archive_of_the_code_holds_the_scripts_and_what_they_import() -> None:
    packed = pack(Path(runtime.__file__).parent / "recipes", {})
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        names = set(archive.getnames())
    assert {"prune.py", "distill.py", "shrinking/pruning.py", "shrinking/distillation.py"} <= names


def test_pruning_a_quarter_of_the_layers_takes_a_fifth_of_the_weights() -> None:
    made = pruning()
    # A layer of Llama 3.1 8B has 4096 × (4096 + 1024 + 1024 + 4096) + 3 × 4096 × 14336 weights and two norms; it has two embeddings.
    assert made.workload.parameters == pytest.approx(8_030_261_248 - 8 * 218_112_000, rel=1e-4)
    assert made.workload.layers == 24
    assert made.workload.model is None
    before, after = made.memory_before, made.memory_after
    assert before is not None
    assert after is not None
    assert 0.75 < after.likely / before.likely < 0.85
    assert after.low < after.likely < after.high
    outputs = {name: each["Value"] for name, each in template_of(made.stack)["Outputs"].items()}
    assert str(after) in next(value for name, value in outputs.items() if "MemoryAfter" in name)


def test_a_share_of_the_mlps_is_counted_as_the_script_cuts_it() -> None:
    made = pruning(hyperparameters=PruningHyperparameters(mlp_share=0.25))
    # 14336 becomes 10752.
    assert made.workload.parameters == pytest.approx(8_030_261_248 - 32 * 3 * 4096 * 3584, rel=1e-3)
    assert made.workload.layers == 32


def test_the_band_of_the_memory_holds_one_matrix_of_embeddings_and_two() -> None:
    # Qwen2.5 1.5B has one: a layer has 46.8 million weights, and not 38.5 as it would with two.
    made = pruning(workload=SMALL, hyperparameters=PruningHyperparameters(layers=7))
    assert made.workload.parameters is not None
    tied = 1_543_714_304 - 7 * 46_797_824
    assert made.workload.parameters > tied
    exact = pruning(
        workload=replace(SMALL, model=None, parameters=tied, layers=21, hidden_size=1536, attention_heads=12, kv_heads=2,
                         head_size=128, vocabulary=151936),
        hyperparameters=PruningHyperparameters(mlp_share=0.01),
    ).memory_before  # fmt: skip
    assert exact is not None
    assert made.memory_after is not None
    assert made.memory_after.low <= exact.low * 1.001


def test_a_student_takes_less_memory_than_its_teacher_and_both_are_told_with_bands() -> None:
    made = distillation()
    assert made.memory_before is not None
    assert made.memory_after is not None
    assert made.memory_after.high < made.memory_before.high
    assert made.memory_after.likely < 0.6 * made.memory_before.likely


def test_a_run_s_artefact_has_a_place_that_is_known_before_it_starts() -> None:
    made = pruning()
    checkpoints = train_of(made)["Parameters"]["CheckpointConfig"]
    assert "/checkpoints/{}', $$.Execution.Name)" in checkpoints["S3Uri.$"]
    model = made.artifact("eight-layers")
    assert model.key == "checkpoints/eight-layers/model/"
    assert model.bucket is made.output_bucket
    assert made.artifact(Token.as_string({"Ref": "Run"})).key is not None


def test_the_artefact_is_optimized_compiled_and_served() -> None:
    stack = new_stack()
    cut = pruning(stack)
    compiled = ModelOptimization(
        stack,
        "Compile",
        model=cut.artifact("eight-layers"),
        techniques=[Compilation()],
        target=cut.target,
        workload=cut.workload,
    )
    endpoint = EfficientEndpoint(
        stack, "Chat", model=compiled.optimized_model(), workload=compiled.workload, hardware=compiled.target
    )
    assert endpoint.hardware.instance_type == "ml.inf2.xlarge"
    assert "checkpoints/eight-layers/model/" in str(template_of(stack))


def test_models_that_may_not_fit_a_core_together_are_warned_of() -> None:
    stack = new_stack()
    distillation(stack, teacher_workload=replace(CHAT, model="qwen2.5-3b"))
    warned = Annotations.from_stack(stack).find_warning("*", Match.string_like_regexp("they may not fit"))
    assert len(warned) == 1
    quiet = new_stack()
    assert distillation(quiet).memory_of_process is not None
    assert Annotations.from_stack(quiet).find_warning("*", Match.string_like_regexp("they may not fit")) == []


WRONG: dict[str, tuple[Callable[[], object], str]] = {
    "nothing goes": (PruningHyperparameters, "nothing is to go"),
    "all of the MLPs go": (lambda: PruningHyperparameters(mlp_share=1), "below 1"),
    "no sequences": (lambda: PruningHyperparameters(layers=1, sequences=0), "sequences is 0"),
    "more layers than there are": (
        lambda: pruning(hyperparameters=PruningHyperparameters(layers=32)),
        "the model has 32; leave one at least",
    ),
    "an unknown shape": (
        lambda: pruning(workload=replace(CHAT, model=None, parameters=8_000_000_000)),
        r"without layers, hidden_size.*config\.json",
    ),
    "a mixture of experts": (lambda: pruning(workload=replace(CHAT, model="mixtral-8x7b")), "mixture of experts"),
    "numbers that contradict": (
        lambda: pruning(workload=replace(CHAT, model=None, parameters=10**8, layers=32, hidden_size=4096,
                                         attention_heads=32, kv_heads=8, head_size=128, vocabulary=128256)),
        "contradict each other",
    ),
    "quantised before": (lambda: pruning(workload=replace(CHAT, precision=Precision.INT4)), "before it is quantised"),
    "a host that is too small": (
        lambda: pruning(workload=replace(CHAT, model="llama-2-13b"), target=ServingHardware.neuron("ml.inf2.24xlarge")),
        r"24 are free.*trn1\.32xlarge",
    ),
    "a target that is too small": (
        lambda: pruning(workload=replace(CHAT, model="llama-3.1-70b")),
        "even made smaller, the model does not fit ml.inf2.xlarge",
    ),
    "an archive": (
        lambda: pruning(model=ServedModel.from_bucket(data_bucket(new_stack()), "model.tar.gz")),
        "read as files under a prefix",
    ),
    "a compiled model": (
        lambda: pruning(model=ServedModel.from_bucket(data_bucket(new_stack()), "m/", compiled=True)),
        "the model is compiled",
    ),
    "a job for a workload": (lambda: pruning(workload=replace(CHAT, task=Task.TRAINING)), "task of the workload is training"),
    "GPUs without an image": (
        lambda: pruning(hardware=TrainingHardware.gpu("ml.g6e.xlarge", reason="the kernels are CUDA-only")),
        "give container=",
    ),
    "a run that is no name": (lambda: pruning().artifact("2026/11"), "name of an execution"),
    "no teacher": (lambda: DistillationHyperparameters(teacher_share=0), "the teacher is not asked"),
    "a warm-up without end": (lambda: DistillationHyperparameters(steps=50), "below steps"),
    "no temperature": (lambda: DistillationHyperparameters(temperature=0), "temperature is 0"),
    "a student as large": (lambda: distillation(student_workload=SMALL), "a student is smaller"),
    "a student of unknown size": (
        lambda: distillation(student_workload=replace(CHAT, model=None)),
        "neither parameters nor a known public model",
    ),
    "another family": (
        lambda: distillation(teacher_workload=replace(CHAT, model="llama-3.2-1b")),
        "128,256 and 151,936 tokens",
    ),
    "a teacher that is too large": (
        lambda: distillation(teacher_workload=CHAT, student_workload=replace(CHAT, model="llama-3.2-1b")),
        r"every process holds both.*fine-tune the student",
    ),
    "a batch that cannot be shared": (
        lambda: distillation(hyperparameters=DistillationHyperparameters(batch=33)),
        "multiple of 2",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_fails_with_what_to_do(case: str) -> None:
    make, said = WRONG[case]
    with pytest.raises(InvalidValueError, match=said):
        make()


def test_gpus_with_an_image_are_taken() -> None:
    stack = new_stack()
    image = TrainingContainer.from_ecr_repository(ecr.Repository.from_repository_name(stack, "Images", "recipes"))
    hardware = TrainingHardware.gpu("ml.g6e.xlarge", reason="the kernels are CUDA-only")
    made = distillation(stack, hardware=hardware, container=image)
    assert request_of(made)["ResourceConfig"]["InstanceType"] == "ml.g6e.xlarge"

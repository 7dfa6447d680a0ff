"""What an optimization sends, as the service's model takes it, what it says of memory, and what it refuses at construction."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from aws_cdk import Duration, Stack
from inference_job_templates import (
    ACCOUNT,
    REGION,
    actions_of,
    allowed,
    data_bucket,
    definition_of,
    new_stack,
    pointless,
    template_of,
    the_resource,
)
from service_model import refusals

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.inference import ServedModel, ServingHardware
from lean_silicon.inference.optimization import (
    LMI_NEURON,
    Compilation,
    ModelOptimization,
    ModelSharding,
    Quantization,
    SpeculativeDecoding,
)
from lean_silicon.inference.optimization.target import DEPLOYMENT_TYPES
from lean_silicon.sizing import Precision, Task, Workload

CHAT = Workload(task=Task.INFERENCE, model="llama-3.1-8b", precision=Precision.BF16, context_tokens=4096, concurrency=4)
CUDA = "The attention kernels are CUDA-only until the port lands"
INFERENTIA2 = ServingHardware.neuron("ml.inf2.xlarge")


def gpu(name: str) -> ServingHardware:
    return ServingHardware.gpu(name, reason=CUDA)


def made(stack: Stack | None = None, **properties: Any) -> tuple[ModelOptimization, dict[str, Any]]:
    """An optimization of a model in S3, and its template."""
    stack = stack or new_stack()
    defaults = {
        "model": ServedModel.from_bucket(data_bucket(stack), "llama-3.1-8b/"),
        "techniques": [Compilation()],
        "target": INFERENTIA2,
        "workload": CHAT,
    }
    job = ModelOptimization(stack, "Compile", **{**defaults, **properties})
    return job, template_of(stack)


def request_of(template: dict[str, Any]) -> dict[str, Any]:
    """CreateOptimizationJob, with the name that the execution makes."""
    parameters = dict(definition_of(template)["States"]["Optimize"]["Parameters"])
    assert parameters.pop("OptimizationJobName.$") == "$.JobName"
    return {"OptimizationJobName": "compile-123e4567-e89b-42d3-a456-426614174000", **parameters}


VARIANTS: dict[str, Callable[[], dict[str, Any]]] = {
    "compile for Inferentia2": dict,
    "compile for Trainium": lambda: {"target": ServingHardware.neuron("ml.trn1.2xlarge")},
    "AWQ": lambda: {"techniques": [Quantization.awq()], "target": gpu("ml.g6.xlarge")},
    "FP8 on Ada": lambda: {"techniques": [Quantization.fp8()], "target": gpu("ml.g6.xlarge")},
    "SmoothQuant with TensorRT-LLM": lambda: {
        "techniques": [Quantization.smooth_quant({"OPTION_SMOOTHQUANT_ALPHA": "0.8"}), Compilation(tensor_parallel=1)],
        "target": gpu("ml.g5.2xlarge"),
    },
    "sharding": lambda: {"techniques": [ModelSharding(4)], "target": gpu("ml.g6.12xlarge")},
    "speculative decoding": lambda: {
        "techniques": [SpeculativeDecoding(data_bucket(new_stack()), "chats/")],
        "target": gpu("ml.g6e.xlarge"),
    },
    "a licence, a limit, a name": lambda: {
        "accept_eula": True,
        "time_limit": Duration.days(28),
        "job_name_prefix": "nightly",
    },
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_the_service_accepts_the_request(variant: str) -> None:
    _, template = made(**VARIANTS[variant]())
    request = request_of(template)
    assert refusals("sagemaker", "CreateOptimizationJob", request) == []
    # A union: each of them is one technique.
    assert all(len(each) == 1 for each in request["OptimizationConfigs"])


def test_a_request_that_is_wrong_would_be_noticed() -> None:
    request = request_of(made()[1])
    request["DeploymentInstanceType"] = "ml.trn2.48xlarge"
    request["OutputConfig"]["S3OutputLocation"] = "output"
    assert len(refusals("sagemaker", "CreateOptimizationJob", request)) == 2


def test_the_targets_are_those_of_the_service_s_model() -> None:
    model = botocore.session.get_session().get_service_model("sagemaker")
    assert set(model.shape_for("OptimizationJobDeploymentInstanceType").enum) == DEPLOYMENT_TYPES


def test_graphs_for_neuron_have_the_declared_length_and_batch_on_the_cores_that_the_model_needs() -> None:
    [compilation] = request_of(made()[1])["OptimizationConfigs"]
    settings = compilation["ModelCompilationConfig"]["OverrideEnvironment"]
    assert settings["OPTION_N_POSITIONS"] == "4096"
    assert settings["OPTION_MAX_ROLLING_BATCH_SIZE"] == "4"
    # One Inferentia2 device has two cores.
    assert settings["OPTION_TENSOR_PARALLEL_DEGREE"] == "2"


def test_quantising_takes_less_memory_and_says_so_with_bands() -> None:
    job, template = made(techniques=[Quantization.awq()], target=gpu("ml.g6.xlarge"))
    before, after = job.memory_before, job.memory_after
    assert before is not None
    assert after is not None
    assert after.clearly_below(before)
    outputs = {name: each["Value"] for name, each in template["Outputs"].items()}
    told = next(value for name, value in outputs.items() if "MemoryAfter" in name)
    assert told == f"{after} on ml.g6.xlarge"
    assert "–" in told


def test_compiling_leaves_the_memory_as_it_is() -> None:
    job, _ = made()
    assert job.memory_before == job.memory_after


def test_memory_that_is_not_known_is_not_told_as_a_number() -> None:
    job, template = made(workload=Workload(context_tokens=4096, concurrency=4))
    assert job.memory_before is None
    assert all("unknown" in each["Value"] for each in template["Outputs"].values())


def test_the_rules_are_told_what_will_serve_in_the_form_that_it_has_then() -> None:
    _, template = made(techniques=[Quantization.awq()], target=gpu("ml.g6.xlarge"))
    workload = the_resource(template, "AWS::StepFunctions::StateMachine")["Metadata"]["LeanSilicon"]["Workload"]
    assert workload["Precision"] == "int4"
    assert workload["Requires"] == ["cuda"]


def test_the_endpoint_gets_the_artefact_with_the_container_that_made_it() -> None:
    job, _ = made()
    model = job.optimized_model()
    assert model.compiled
    assert model.container is not None
    assert model.container.published == LMI_NEURON
    assert job.artifact.endswith(f"/{model.key}")
    assert job.workload == CHAT


def test_the_same_work_has_the_same_place_and_other_work_another() -> None:
    first, second = made()[0].artifact, made()[0].artifact
    longer = made(workload=Workload(**{**fields_of(CHAT), "context_tokens": 8192}))[0].artifact
    key = [each.rsplit("/optimized/")[1] for each in (first, second, longer)]
    assert key[0] == key[1] != key[2]


def fields_of(workload: Workload) -> dict[str, Any]:
    return {"task": workload.task, "model": workload.model, "precision": workload.precision, "concurrency": 4}


def test_a_stack_that_does_not_know_its_region_finds_the_container_at_deployment() -> None:
    _, template = made(new_stack(None))
    [accounts] = template["Mappings"].values()
    assert accounts["us-west-2"]["account"] == LMI_NEURON.accounts["us-west-2"]


def test_the_state_machine_may_run_its_own_jobs_only() -> None:
    _, template = made()
    assert actions_of(template, "StateMachineRole") == {
        "iam:PassRole",
        "sagemaker:AddTags",
        "sagemaker:CreateOptimizationJob",
        "sagemaker:DescribeOptimizationJob",
        "sagemaker:StopOptimizationJob",
    }
    granted = allowed(template, "StateMachineRole")
    [jobs] = {resource for action, resource, _ in granted if action.startswith("sagemaker:")}
    assert jobs.startswith(f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:optimization-job/compile-")
    [condition] = [condition for action, _, condition in granted if action == "iam:PassRole"]
    assert condition == {"StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}


def test_the_job_reads_the_model_and_writes_artefacts_and_nothing_else() -> None:
    _, template = made(
        techniques=[SpeculativeDecoding(data_bucket(new_stack()), "chats/")], target=gpu("ml.g6e.xlarge")
    )
    granted = allowed(template, "JobRole")
    read = {resource.split(":::")[1] for action, resource, _ in granted if action == "s3:GetObject"}
    written = {resource.split(":::")[1] for action, resource, _ in granted if action == "s3:PutObject"}
    assert read - written == {"the-data/llama-3.1-8b/*", "the-data/chats/*"}
    assert all(each.endswith("/optimized/*") for each in written)


REFUSED: dict[str, tuple[Callable[[Stack], dict[str, Any]], str]] = {
    "4 bits on Inferentia2": (lambda _: {"techniques": [Quantization.awq()]}, "has no arithmetic"),
    "FP8 on Inferentia2": (lambda _: {"techniques": [Quantization.fp8()]}, "only compile"),
    "FP8 on Ampere": (
        lambda _: {"techniques": [Quantization.fp8()], "target": gpu("ml.g5.xlarge")},
        "A10G (ml.g5.xlarge) has no arithmetic",
    ),
    "SmoothQuant without compiling": (
        lambda _: {"techniques": [Quantization.smooth_quant()], "target": gpu("ml.g6.xlarge")},
        "TensorRT-LLM alone runs it",
    ),
    "compiling and sharding": (
        lambda _: {"techniques": [Compilation(), ModelSharding(2)], "target": gpu("ml.g6.12xlarge")},
        "does not combine",
    ),
    "sharding for Trainium": (
        lambda _: {"techniques": [ModelSharding(2)], "target": ServingHardware.neuron("ml.trn1.2xlarge")},
        "only compile",
    ),
    "Graviton": (lambda _: {"target": ServingHardware.graviton("ml.c7g.xlarge")}, "Graviton needs no job"),
    "no technique": (lambda _: {"techniques": []}, "no technique is given"),
    "a technique twice": (lambda _: {"techniques": [Compilation(), Compilation()]}, "given twice"),
    "weights as narrow already": (
        lambda _: {
            "techniques": [Quantization.awq()],
            "target": gpu("ml.g6.xlarge"),
            "workload": Workload(model="llama-3.1-8b", precision=Precision.INT4, context_tokens=4096, concurrency=4),
        },
        "already",
    ),
    "a model too large even then": (
        lambda _: {
            "workload": Workload(model="llama-3.1-70b", precision=Precision.BF16, context_tokens=4096, concurrency=4)
        },
        "even optimized",
    ),
    "graphs of unknown length": (
        lambda _: {"workload": Workload(model="llama-3.1-8b", precision=Precision.BF16, concurrency=4)},
        "context_tokens",
    ),
    "an archive": (
        lambda stack: {"model": ServedModel.from_bucket(data_bucket(stack), "model.tar.gz")},
        "as they are under a prefix",
    ),
    "a workload that trains": (lambda _: {"workload": Workload(task=Task.TRAINING)}, "an optimized model answers"),
    "a limit beyond the service's": (lambda _: {"time_limit": Duration.days(29)}, "up to 28 days"),
    "no time at all": (lambda _: {"time_limit": Duration.seconds(10)}, "1 minute at least"),
    "shards of nothing": (
        lambda _: {"techniques": [ModelSharding(0)], "target": gpu("ml.g6.12xlarge")},
        "number of GPUs",
    ),
    "too many settings": (
        lambda _: {"techniques": [Compilation(environment={f"OPTION_{n}": "1" for n in range(30)})]},
        "SageMaker allows 25",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_it_fails_at_construction_and_says_what_to_do(case: str) -> None:
    change, says = REFUSED[case]
    with pytest.raises(InvalidValueError) as raised:
        made(**change(new_stack()))
    assert says in str(raised.value)


@pytest.mark.parametrize("role", ["StateMachineRole", "JobRole"])
def test_each_action_is_allowed_on_a_resource_that_it_knows(role: str) -> None:
    assert pointless(made()[1], role) == set()

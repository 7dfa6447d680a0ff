"""INF002: a Neuron endpoint that compiles its model each time it starts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lean_silicon.catalog import Evidence
from lean_silicon.rules.context import Context
from lean_silicon.rules.finding import Finding, Severity, Suggestion
from lean_silicon.rules.rule import ResourceRule
from lean_silicon.templates import Resource, TemplateView

_CONTAINERS = ("PrimaryContainer", "Containers[]")
_MODEL_KEYS = ("HF_MODEL_ID", "OPTION_MODEL_ID")
_COMPILED_ALREADY = (
    "NEURON_COMPILE_CACHE_URL",
    "NEURON_COMPILED_ARTIFACTS",
    "OPTION_COMPILED_GRAPH_PATH",
    "OPTION_LOAD_SPLIT_MODEL",
    "OPTION_MODEL_LOADER",
    "OPTION_NEURON_CACHE",
    "SERVING_LOAD_MODELS",
)
"""Keys that name compiled graphs or a cache, or a loader that has one of its own."""
_HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_DEEPEST = 12


class CompiledAtStartup(ResourceRule):
    """A Neuron container gets a model of the Hugging Face Hub as it is, so every start compiles it.

    Compiling a large language model for Inferentia or Trainium takes from several minutes to an hour, in which the machine
    is paid for and answers nobody: at each deployment, each scale-out, each replaced machine.

    The rule speaks of what is certain: a SageMaker model with the Large Model Inference container for Neuron
    (``djl-inference``, whose documentation says that it compiles standard models at run time), told by ``HF_MODEL_ID`` or
    ``OPTION_MODEL_ID`` to load a repository of the Hub, with no artefacts of its own and no environment variable that names
    compiled graphs or a cache. It is silent about repositories with *neuron* in their names (mostly compiled ones), about
    models in S3 (which may be compiled), and about Hugging Face's own containers, which look into a public cache first.

    Bad
    ---
    ```yaml
    Resources:
      Model:
        Type: AWS::SageMaker::Model
        Properties:
          ExecutionRoleArn: arn:aws:iam::111122223333:role/endpoint
          PrimaryContainer:
            Image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.29.0-neuronx-sdk2.19.1
            Environment:
              HF_MODEL_ID: meta-llama/Meta-Llama-3-8B-Instruct
              OPTION_ENTRYPOINT: djl_python.transformers_neuronx
              OPTION_ROLLING_BATCH: auto
              TENSOR_PARALLEL_DEGREE: "2"
    ```

    Good
    ----
    ```yaml
    Resources:
      Model:
        Type: AWS::SageMaker::Model
        Properties:
          ExecutionRoleArn: arn:aws:iam::111122223333:role/endpoint
          PrimaryContainer:
            Image: 763104351884.dkr.ecr.us-east-1.amazonaws.com/djl-inference:0.29.0-neuronx-sdk2.19.1
            Environment:
              HF_MODEL_ID: meta-llama/Meta-Llama-3-8B-Instruct
              OPTION_COMPILED_GRAPH_PATH: s3://models/llama-3-8b/neff/
              OPTION_ENTRYPOINT: djl_python.transformers_neuronx
              OPTION_ROLLING_BATCH: auto
              TENSOR_PARALLEL_DEGREE: "2"
    ```
    """

    id = "INF002"
    title = "A Neuron endpoint compiles its model at start-up"
    severity = Severity.WARNING
    evidence = Evidence.FACT
    advice = "Quantise, distil, compile before buying a bigger machine"
    sources = (
        "https://docs.djl.ai/v0.29.0/docs/serving/serving/docs/lmi/user_guides/tnx_user_guide.html",
        "https://awsdocs-neuron.readthedocs-hosted.com/en/latest/libraries/nxd-inference/developer_guides/vllm-user-guide.html",
        "https://huggingface.co/docs/optimum-neuron/guides/cache_system",
    )
    resource_types = frozenset({"AWS::SageMaker::Model"})

    def check(self, resource: Resource, context: Context) -> Iterator[Finding]:
        """Each container that loads a model of the Hub into a Neuron container without compiled graphs."""
        view = context.view(resource.template)
        for path in _CONTAINERS:
            for at in view.walk(resource, path):
                if at.absent or at.unknown is not None or not isinstance(at.value, Mapping):
                    continue
                model = _compiled_at_startup(at.value, view, resource, at.path.removeprefix("Properties."))
                if model is not None:
                    yield self._finding(resource, model, at.path)
                    return

    def _finding(self, resource: Resource, model: str, path: str) -> Finding:
        return self.found_at(
            resource,
            f"The container compiles {model} for Neuron each time that it starts: it loads the model as the Hub has it, and "
            "neither compiled graphs nor a cache are named.",
            property_path=f"{path}.Environment",
            suggestion=Suggestion(
                "Compile once (the container's partition script, or `optimum-cli export neuron`), put the result into S3, and name "
                "it with OPTION_MODEL_ID or OPTION_COMPILED_GRAPH_PATH; or name a shared cache with NEURON_COMPILE_CACHE_URL."
            ),
        )


def _compiled_at_startup(container: Mapping[str, Any], view: TemplateView, resource: Resource, path: str) -> str | None:
    """The model that is compiled at every start, or nothing where that is not certain."""
    image = " ".join(_texts(container.get("Image"), 0))
    if "djl-inference" not in image or "neuronx" not in image:
        return None
    if any(container.get(key) is not None for key in ("ModelDataUrl", "ModelDataSource", "ModelPackageName")):
        return None
    environment = container.get("Environment")
    if not isinstance(environment, Mapping) or any(key in environment for key in _COMPILED_ALREADY):
        return None
    if any(not isinstance(key, str) or key.startswith("Fn::") or key == "Ref" for key in environment):
        return None
    for key in _MODEL_KEYS:
        if key in environment:
            names = {
                at.value if at.unknown is None and isinstance(at.value, str) else None
                for at in view.walk(resource, f"{path}.Environment.{key}")
            }
            name = names.pop() if len(names) == 1 else None
            return name if name is not None and _is_a_plain_hub_model(name) else None
    return None


def _is_a_plain_hub_model(name: str) -> bool:
    return _HUB_NAME.fullmatch(name.strip()) is not None and "neuron" not in name.lower()


def _texts(value: object, depth: int) -> Iterator[str]:
    """The texts inside a value: an image's name is mostly put together by functions, its repository and tag are written out."""
    if isinstance(value, str):
        yield value
    elif depth < _DEEPEST and isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item, depth + 1)
    elif depth < _DEEPEST and isinstance(value, list):
        for item in value:
            yield from _texts(item, depth + 1)

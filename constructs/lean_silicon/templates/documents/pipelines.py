"""SageMaker pipelines: the API requests that their steps make.

Follows the SageMaker pipeline definition JSON schema and the Amazon SageMaker Developer Guide, "Pipelines steps". A parameter
of the pipeline is known by its default; what a step or an execution gives is not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lean_silicon.templates.answers import expected
from lean_silicon.templates.documents.parts import Part, Request
from lean_silicon.templates.intrinsics.possibility import Resolved
from lean_silicon.templates.locations import ABSENT, At, Settled, described, is_expression

STEP_ACTIONS = {
    "Training": "createTrainingJob",
    "Processing": "createProcessingJob",
    "ClarifyCheck": "createProcessingJob",
    "QualityCheck": "createProcessingJob",
    "Transform": "createTransformJob",
    "Tuning": "createHyperParameterTuningJob",
    "RegisterModel": "createModelPackage",
    "EndpointConfig": "createEndpointConfig",
    "InferenceComponent": "createInferenceComponent",
}
"""Type of a step to the SageMaker action whose request its arguments are."""


def requests(pipeline: At) -> Iterator[Part]:
    """Every request for silicon in a pipeline, in the order of its steps."""
    if not isinstance(pipeline.value, dict):
        yield pipeline.because(expected(pipeline, "a pipeline"))
        return
    parameters = _parameters(pipeline.value.get("Parameters"))
    yield from _steps(pipeline, "Steps", parameters)


def _steps(holder: At, key: str, parameters: Mapping[str, Settled]) -> Iterator[Part]:
    steps = holder.value.get(key)
    path = f"{holder.path}.{key}"
    if steps is None:
        return
    if not isinstance(steps, list):
        yield holder.because(f"{path} is {described(steps)}, where a list of steps is expected")
        return
    for index, step in enumerate(steps):
        here = holder._replace(value=step, path=f"{path}[{index}]")
        if isinstance(step, dict):
            yield from _step(here, parameters)
        else:
            yield here.because(expected(here, "a step"))


def _step(step: At, parameters: Mapping[str, Settled]) -> Iterator[Part]:
    kind, name, arguments = (step.value.get(key) for key in ("Type", "Name", "Arguments"))
    here = step._replace(value=arguments, path=f"{step.path}.Arguments")
    if kind == "Condition" and isinstance(arguments, dict):
        for branch in ("IfSteps", "ElseSteps"):
            yield from _steps(here, branch, parameters)
        return
    action = STEP_ACTIONS.get(kind) if isinstance(kind, str) else None
    label = name if isinstance(name, str) else None
    value = ABSENT if arguments is None else _settled(arguments, here.path, parameters)
    if action is not None:
        yield Request("sagemaker", action, here._replace(value=value), label)
    elif kind == "EMR" and isinstance(value, dict) and "ClusterConfig" in value:
        cluster = here._replace(value=value["ClusterConfig"], path=f"{here.path}.ClusterConfig")
        yield Request("emr", "runJobFlow", cluster, label)


def _parameters(declared: object) -> dict[str, Settled]:
    """What each parameter of the pipeline may be."""
    found = {}
    for parameter in declared if isinstance(declared, list) else ():
        if isinstance(parameter, dict) and isinstance(parameter.get("Name"), str):
            found[parameter["Name"]] = _parameter(parameter)
    return found


def _parameter(parameter: dict[str, Any]) -> Settled:
    name = parameter["Name"]
    if parameter.get("DefaultValue") is not None:
        return Settled((Resolved(parameter["DefaultValue"], origin=f"default of pipeline parameter {name}"),))
    allowed = parameter.get("EnumValues")
    if isinstance(allowed, list) and allowed:
        origin = f"allowed values of pipeline parameter {name}"
        return Settled(tuple(Resolved(value, origin=origin, admitted_only=True) for value in allowed))
    return Settled((Resolved(None, f"the pipeline parameter {name} has no default"),))


def _settled(value: Any, path: str, parameters: Mapping[str, Settled]) -> Any:
    """A value with every reference to a parameter, a step or an execution replaced by what it may be."""
    if isinstance(value, list):
        return [_settled(item, f"{path}[{index}]", parameters) for index, item in enumerate(value)]
    if not isinstance(value, dict) or is_expression(value):
        return value
    if list(value) == ["Get"]:
        return _got(value["Get"], path, parameters)
    if list(value) == ["Std:Join"]:
        return _joined(value["Std:Join"], path, parameters)
    return {key: _settled(item, f"{path}.{key}", parameters) for key, item in value.items()}


def _got(reference: object, path: str, parameters: Mapping[str, Settled]) -> Settled:
    text = reference if isinstance(reference, str) else ""
    kind, _, name = text.partition(".")
    if kind == "Parameters":
        missing = Settled((Resolved(None, f"the pipeline has no parameter {name}"),))
        return parameters.get(name, missing)
    return Settled((Resolved(None, f"{path} is known when the pipeline runs: {described(reference)}"),))


def _joined(join: Any, path: str, parameters: Mapping[str, Settled]) -> Settled:
    """Values joined to a text, where each is known."""
    separator = join.get("On", "") if isinstance(join, dict) else None
    values = join.get("Values") if isinstance(join, dict) else None
    unclear = Settled((Resolved(None, f"{path} is put together when the pipeline runs"),))
    if not isinstance(separator, str) or not isinstance(values, list):
        return unclear
    texts, origin = [], None
    for item in values:
        settled = _settled(item, path, parameters)
        if isinstance(settled, Settled) and len(settled.values) == 1 and not settled.values[0].admitted_only:
            origin = settled.values[0].origin or origin
            settled = settled.values[0].value
        if not isinstance(settled, str):
            return unclear
        texts.append(settled)
    return Settled((Resolved(separator.join(texts), origin=origin),))

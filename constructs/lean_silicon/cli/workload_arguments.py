"""Describes a workload by options, and refuses what does not make one."""

from __future__ import annotations

import argparse
from typing import Any

from lean_silicon.exceptions import ConfigurationError
from lean_silicon.sizing import (
    Adapter,
    Attention,
    Optimizer,
    Precision,
    Requirement,
    Sharding,
    Task,
    Traffic,
    Workload,
    missing_keys,
    read_workload,
    require_model,
)

# Option, key in a template's metadata, what it says.
_NUMBERS = (
    ("--parameters", "Parameters", "all weights of the model: 8B, 70_000_000_000, 110M"),
    ("--active-parameters", "ActiveParameters", "those used for one token, of a mixture of experts"),
    (
        "--context",
        "ContextTokens",
        "prompt and answer together, the longest that must fit; the sequence length for training",
    ),
    ("--concurrency", "Concurrency", "requests in flight at once; sequences of the global batch for training"),
    ("--tokens-a-day", "TokensPerDay", "tokens read and written in a day: 10M"),
    ("--training-tokens", "TrainingTokens", "tokens that the run reads, over all epochs"),
    ("--trainable-parameters", "TrainableParameters", "the weights that are trained, where not all are"),
    ("--layers", "Layers", "of the model's configuration file"),
    ("--attention-heads", "AttentionHeads", "of the model's configuration file"),
    ("--kv-heads", "KvHeads", "of the model's configuration file"),
    ("--head-size", "HeadSize", "of the model's configuration file"),
    ("--hidden-size", "HiddenSize", "of the model's configuration file"),
)
_CHOICES = (
    ("--precision", "Precision", Precision, "number format of the weights"),
    ("--cache-precision", "CachePrecision", Precision, "number format of the key-value cache; default: 16 bits"),
    ("--attention", "Attention", Attention, "how keys and values are shared"),
    ("--traffic", "Traffic", Traffic, "how requests arrive"),
    ("--optimizer", "Optimizer", Optimizer, "of a training run"),
    ("--sharding", "Sharding", Sharding, "of a training run"),
    ("--adapter", "Adapter", Adapter, "of a parameter-efficient fine-tuning"),
)
_OPTION_OF_KEY = {
    "Task": "--task",
    **{key: option for option, key, _ in _NUMBERS},
    **{key: option for option, key, *_ in _CHOICES},
}
_SUFFIXES = {"k": 10**3, "m": 10**6, "b": 10**9, "t": 10**12}


def add_workload_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options that make a workload."""
    tasks = [task.value for task in Task if task.trains or task.infers]
    parser.add_argument("--task", choices=tasks, required=True, help="what the model is for")
    parser.add_argument("--model", help="a public model's name, for instance llama-3.1-8b, in place of --parameters")
    for option, key, text in _NUMBERS:
        parser.add_argument(option, dest=key, metavar="N", help=text)
    for option, key, kind, text in _CHOICES:
        parser.add_argument(option, dest=key, choices=[member.value for member in kind], help=text)
    parser.add_argument(
        "--requires",
        action="append",
        default=[],
        choices=[requirement.value for requirement in Requirement],
        help="what the software cannot do without; may be repeated",
    )
    parser.add_argument(
        "--checkpointing", action=argparse.BooleanOptionalAction, help="whether a training run recomputes activations"
    )


def workload_of(arguments: argparse.Namespace) -> Workload:
    """The workload that the options describe.

    Raises
    ------
    ConfigurationError
        If a number is not one, the model is unknown, numbers contradict each other, or the size cannot be known.
    """
    declared: dict[str, Any] = {"Task": arguments.task}
    if arguments.model is not None:
        _require_model(arguments.model)
        declared["Model"] = arguments.model
    for option, key, _ in _NUMBERS:
        if getattr(arguments, key) is not None:
            declared[key] = _count(option, getattr(arguments, key))
    for _, key, *_ in _CHOICES:
        if getattr(arguments, key) is not None:
            declared[key] = getattr(arguments, key)
    if arguments.requires:
        declared["Requires"], declared["Reason"] = arguments.requires, "asked for on the command line"
    if arguments.checkpointing is not None:
        declared["ActivationCheckpointing"] = arguments.checkpointing
    reading = read_workload(declared)
    if reading.problems or reading.workload is None:
        raise ConfigurationError("; ".join(_in_options(problem) for problem in reading.problems))
    _require_enough(reading.workload)
    return reading.workload


def _require_model(name: str) -> None:
    try:
        require_model(name)
    except ValueError as error:
        raise ConfigurationError(f"--model: {error}") from None


def _require_enough(workload: Workload) -> None:
    missing = missing_keys(workload)
    if missing:
        options = [_OPTION_OF_KEY.get(key, key) for key in missing]
        named = [f"{option} (or --model)" if option == "--parameters" else option for option in options]
        raise ConfigurationError(
            f"the size depends on {' and '.join(named)}: give {'it' if len(named) == 1 else 'them'}"
        )


def _count(option: str, text: str) -> int:
    """A whole number with a suffix: 8B, 1.5T, 110M, 32k, 10_000."""
    plain = text.strip().lower().replace("_", "").replace(",", "")
    factor = _SUFFIXES.get(plain[-1:], 1)
    try:
        number = float(plain[:-1] if factor > 1 else plain) * factor
    except ValueError:
        number = 0.0
    if not 1 <= number < 10**18 or number != int(number):
        raise ConfigurationError(
            f"{option} is {text!r}; it must be a positive whole number such as 8192, 32k, 110M, 8B or 1.5T"
        )
    return int(number)


def _in_options(problem: str) -> str:
    """A problem of the metadata in the words of the command line."""
    for key, option in sorted(_OPTION_OF_KEY.items(), key=lambda pair: -len(pair[0])):
        problem = problem.replace(f"Workload.{key}", option)
    return problem.removeprefix("Workload: ")

"""One synthesized example stack for all tests of this folder."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment
from aws_cdk.assertions import Template

US_EAST_2 = Environment(region="us-east-2")


def load_stack_class(root: Path) -> Any:
    """The stack, loaded by its path: ``stacks`` is no part of the package."""
    specification = importlib.util.spec_from_file_location("hyperpod_stack", root / "stacks" / "hyperpod.py")
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module.HyperPodStack


@pytest.fixture(scope="session")
def example(root: Path) -> Any:
    """The example stack of ``stacks/hyperpod.py``."""
    context = json.loads((root / "cdk.json").read_text(encoding="utf-8"))["context"]
    app = App(analytics_reporting=False, context=context)
    return load_stack_class(root)(app, "HyperPod", env=US_EAST_2)


@pytest.fixture(scope="session")
def template(example: Any) -> Template:
    """Its template."""
    return Template.from_stack(example)

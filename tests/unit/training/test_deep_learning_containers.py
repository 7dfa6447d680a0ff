"""The table of images and registries holds together, and with what the CDK knows."""

from __future__ import annotations

import re

import pytest
from aws_cdk.region_info import RegionInfo

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.training.deep_learning_containers import (
    HUGGING_FACE_NEURON,
    NEURON_REGISTRIES,
    PYTORCH_GPU,
    PYTORCH_NEURON,
    REGISTRIES,
    DeepLearningContainer,
)


@pytest.mark.parametrize(
    "container", [PYTORCH_NEURON, HUGGING_FACE_NEURON, PYTORCH_GPU], ids=lambda each: each.repository
)
def test_images_are_pinned_to_a_release(container: DeepLearningContainer) -> None:
    assert re.match(r"\d+\.\d+\.\d+-", container.tag)
    assert container.neuron == ("neuronx" in container.tag)
    assert "torchrun" in container.launchers


def test_accounts_are_those_that_the_cdk_knows() -> None:
    known = {region: RegionInfo.get(region).dlc_repository_account for region in REGISTRIES}
    assert {region: account for region, account in known.items() if account and account != REGISTRIES[region]} == {}
    assert len([account for account in known.values() if account]) > 20


def test_every_region_that_is_known_to_train_on_trainium_has_the_image() -> None:
    catalog = load_catalog()
    regions = {
        region
        for name in ("ml.trn1.2xlarge", "ml.trn1.32xlarge", "ml.trn1n.32xlarge", "ml.trn2.48xlarge")
        for region in catalog.offer(name, Component.SAGEMAKER_TRAINING).regions
    }
    assert regions
    assert regions <= set(NEURON_REGISTRIES)

"""From a published image to its address in the stack's region."""

from __future__ import annotations

import re
from dataclasses import dataclass

from aws_cdk import Aws, CfnMapping, Stack, Token
from constructs import Construct

from lean_silicon.deep_learning_containers.published import DeepLearningContainer
from lean_silicon.deep_learning_containers.registries import NEURON_REGISTRIES, REGISTRIES
from lean_silicon.exceptions import InvalidValueError

_MAPPING = "LeanSiliconDeepLearningContainers"


@dataclass(frozen=True)
class PublishedImage:
    """Where an image is: its address for a container, and the repository that a role must be allowed to read."""

    uri: str
    repository_arn: str


def published_image(scope: Construct, published: DeepLearningContainer, instead: str) -> PublishedImage:
    """The image in the registry of the stack's region.

    Raises
    ------
    InvalidValueError
        If AWS publishes it in no registry of that region; `instead` says how to give a copy of it.
    """
    account = registry_account(scope, published, instead)
    stack = Stack.of(scope)
    arn = stack.format_arn(service="ecr", account=account, resource="repository", resource_name=published.repository)
    uri = f"{account}.dkr.ecr.{stack.region}.{Aws.URL_SUFFIX}/{published.name}"
    return PublishedImage(uri, arn)


def registry_account(scope: Construct, published: DeepLearningContainer, instead: str) -> str:
    """The account whose registry holds the image in the stack's region; looked up at deployment where the region is not known yet.

    Raises
    ------
    InvalidValueError
        If AWS publishes the image in no registry of that region.
    """
    stack = Stack.of(scope)
    accounts = published.accounts
    if not Token.is_unresolved(stack.region):
        account = accounts.get(stack.region)
        if account is None:
            raise InvalidValueError(
                f"AWS publishes {published.repository} in no registry of {stack.region} that we know of; use one of "
                f"{', '.join(sorted(accounts))}, or copy the image and give {instead}"
            )
        return account
    name = _mapping_name(published)
    mapping = stack.node.try_find_child(name)
    if not isinstance(mapping, CfnMapping):
        table = {region: {"account": account} for region, account in sorted(accounts.items())}
        mapping = CfnMapping(stack, name, mapping=table)
    return mapping.find_in_map(Aws.REGION, "account")


def _mapping_name(published: DeepLearningContainer) -> str:
    """One mapping for all images with the same table."""
    accounts = published.accounts
    if accounts is REGISTRIES:
        return _MAPPING
    if accounts is NEURON_REGISTRIES:
        return f"{_MAPPING}Neuron"
    words = re.split(r"[^a-zA-Z0-9]+", published.repository)
    return _MAPPING + "".join(word.capitalize() for word in words)

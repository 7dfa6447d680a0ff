"""Prices of instance types: EC2's, Linux on demand on shared hardware, and SageMaker's by component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lean_silicon.catalog import Component, parse_instance_type_name
from lean_silicon.live.price_list import Product, agreed, products

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lean_silicon.live.account import Account

_HOUR = "hrs"
_EC2 = {
    "operatingSystem": "Linux",
    "tenancy": "Shared",
    "preInstalledSw": "NA",
    "capacitystatus": "Used",
    "marketoption": "OnDemand",
}
# The price list's words for SageMaker's parts. Studio's notebooks and code editor have entries of their own; its
# JupyterLab, which replaced them, stands for Studio.
_COMPONENTS = {
    "hosting": Component.SAGEMAKER_HOSTING,
    "training": Component.SAGEMAKER_TRAINING,
    "processing": Component.SAGEMAKER_PROCESSING,
    "batch transform": Component.SAGEMAKER_TRANSFORM,
    "notebook": Component.SAGEMAKER_NOTEBOOK,
    "studio-jupyterlab": Component.SAGEMAKER_STUDIO,
    "cluster": Component.SAGEMAKER_HYPERPOD,
}

Prices = tuple[dict[str, float], tuple[str, ...]]


def ec2_prices(account: Account, region: str) -> Prices:
    """USD per hour by type, and the types whose entries contradict each other."""
    return agreed(_ec2(account, region))


def sagemaker_prices(account: Account, region: str) -> Prices:
    """USD per hour by ``component/name`` (``sagemaker-hosting/ml.g5.xlarge``), and the keys whose entries contradict each other."""
    return agreed(_sagemaker(account, region))


def _ec2(account: Account, region: str) -> Iterator[tuple[str, float]]:
    for product in products(account, "AmazonEC2", regionCode=region, **_EC2):
        name = product.attributes.get("instanceType", "")
        if _is_hourly(product, name, region) and parse_instance_type_name(name):
            yield name, product.usd


def _sagemaker(account: Account, region: str) -> Iterator[tuple[str, float]]:
    for product in products(account, "AmazonSageMaker", regionCode=region):
        told = product.attributes
        component = _COMPONENTS.get(told.get("component", "").lower())
        # Newer entries have instanceName; all have instanceType, to which some add the component: ml.g5.xlarge-Hosting.
        name = told.get("instanceName") or told.get("instanceType", "").partition("-")[0]
        parsed = parse_instance_type_name(name)
        if (
            component is not None
            and parsed is not None
            and parsed.service == "ml"
            and _is_hourly(product, name, region)
        ):
            yield f"{component.value}/{name}", product.usd


def _is_hourly(product: Product, name: str, region: str) -> bool:
    """Whether it is the price of an hour of that type in the region itself, neither reserved nor spot nor in a Local Zone."""
    told = product.attributes
    return (
        product.unit.lower() == _HOUR
        and told.get("regionCode") == region
        and told.get("locationType", "AWS Region") == "AWS Region"
        and told.get("usagetype", "").endswith(name)
        and "spot" not in told.get("usagetype", "").lower()
    )

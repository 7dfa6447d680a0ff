"""What silicon exists: facts, with source, class and band.

``load_catalog()`` reads one compact data file on first use. Nothing here imports the CDK, jsii or boto3.
"""

from lean_silicon.catalog.catalog import Catalog, load_catalog
from lean_silicon.catalog.components import Component
from lean_silicon.catalog.instance_type import (
    Accelerator,
    AcceleratorSet,
    Availability,
    Claim,
    Evidence,
    InstanceType,
    Lifecycle,
    Offer,
    Price,
    Region,
    Source,
)
from lean_silicon.catalog.names import InstanceTypeName, parse_instance_type_name

__all__ = [
    "Accelerator",
    "AcceleratorSet",
    "Availability",
    "Catalog",
    "Claim",
    "Component",
    "Evidence",
    "InstanceType",
    "InstanceTypeName",
    "Lifecycle",
    "Offer",
    "Price",
    "Region",
    "Source",
    "load_catalog",
    "parse_instance_type_name",
]

"""What the installed packages say: moto (EC2 specifications), botocore (names), cfn-lint (names per region)."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

RegionsByName = dict[str, frozenset[str]]

# cfn-lint keeps one enumeration per region and property, made from AWS's price list.
_CFN_LINT_ENUMERATIONS = {
    "ec2": "aws_ec2_instance/instancetype_enum.json",
    "emr": "aws_emr_cluster/instancetypeconfig_instancetype_enum.json",
    "sagemaker-hosting": "aws_sagemaker_hosting/instancetype_enum.json",
    "sagemaker-processing": "aws_sagemaker_processing/instancetype_enum.json",
    "sagemaker-transform": "aws_sagemaker_transform/instancetype_enum.json",
    "sagemaker-hyperpod": "aws_sagemaker_cluster/instancetype_enum.json",
    "rds": "aws_rds_dbinstance/dbinstanceclass_enum.json",
    "elasticache": "aws_elasticache_cachecluster/cachenodetype_enum.json",
    "opensearch": "aws_opensearchservice_domain/clusterconfig_instancetype_enum.json",
    "elasticsearch": "aws_elasticsearch_domain/elasticsearchclusterconfig_instancetype_enum.json",
    "neptune": "aws_neptune_dbinstance/dbinstanceclass_enum.json",
    "documentdb": "aws_docdb_dbinstance/dbinstanceclass_enum.json",
    "redshift": "aws_redshift_cluster/nodetype_enum.json",
}

# The shape of botocore's service model that lists a component's names.
_BOTOCORE_SHAPES = {
    "ec2": ("ec2", "InstanceType"),
    "sagemaker-hosting": ("sagemaker", "ProductionVariantInstanceType"),
    "sagemaker-training": ("sagemaker", "TrainingInstanceType"),
    "sagemaker-processing": ("sagemaker", "ProcessingInstanceType"),
    "sagemaker-transform": ("sagemaker", "TransformInstanceType"),
    "sagemaker-notebook": ("sagemaker", "InstanceType"),
    "sagemaker-studio": ("sagemaker", "AppInstanceType"),
    "sagemaker-hyperpod": ("sagemaker", "ClusterInstanceType"),
    "training-plans": ("sagemaker", "ReservedCapacityInstanceType"),
}


def installed_version(package: str) -> str:
    """The version of an installed package."""
    return metadata.version(package)


def ec2_specifications() -> dict[str, dict[str, Any]]:
    """DescribeInstanceTypes as moto recorded it: the type's name to its description."""
    specifications = _read_gzipped_json(_folder("moto") / "ec2/resources/instance_types.json.gz")
    if not isinstance(specifications, dict):
        raise TypeError("moto's instance_types.json.gz no longer holds an object: adapt packages.py")
    return specifications


def ec2_regions_of_moto() -> RegionsByName:
    """DescribeInstanceTypeOfferings by region as moto recorded it: the type's name to the regions that offer it."""
    offerings = _folder("moto") / "ec2/resources/instance_type_offerings/region"
    regions: dict[str, set[str]] = defaultdict(set)
    for path in sorted(offerings.glob("*.json.gz")):
        for offering in _read_gzipped_json(path):
            regions[offering["InstanceType"]].add(path.name.removesuffix(".json.gz"))
    return _frozen(regions)


def cfn_lint_regions() -> dict[str, RegionsByName]:
    """For each component that cfn-lint lists: the type's name to the regions in whose list it stands."""
    return {component: _cfn_lint_enumeration(path) for component, path in _CFN_LINT_ENUMERATIONS.items()}


def botocore_names() -> dict[str, tuple[str, ...]]:
    """For each component whose API enumerates its types: the names."""
    models = {service: _service_model(service) for service in {service for service, _ in _BOTOCORE_SHAPES.values()}}
    return {
        component: tuple(models[service]["shapes"][shape]["enum"])
        for component, (service, shape) in _BOTOCORE_SHAPES.items()
    }


def _cfn_lint_enumeration(path: str) -> RegionsByName:
    document = json.loads((_folder("cfnlint") / "data/schemas/extensions" / path).read_bytes())
    regions: dict[str, set[str]] = defaultdict(set)
    for region, schema in document.items():
        if region in {"all", "description"}:
            continue
        for name in _enumerated(schema):
            regions[name].add(region)
    return _frozen(regions)


def _enumerated(schema: object) -> Iterator[str]:
    """All texts of all enumerations in a schema: RDS has one per engine and licence inside ``if``/``then``."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "enum":
                yield from (name for name in value if isinstance(name, str))
            elif key != "if":
                yield from _enumerated(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from _enumerated(part)


def _service_model(service: str) -> dict[str, Any]:
    versions = sorted((_folder("botocore") / "data" / service).glob("*/service-2.json.gz"))
    model = _read_gzipped_json(versions[-1])
    if not isinstance(model, dict):
        raise TypeError(f"botocore's model of {service} is not an object: adapt packages.py")
    return model


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"{package} is not installed: run 'make setup', then this script again")
    return Path(spec.origin).parent


def _read_gzipped_json(path: Path) -> Any:
    with gzip.open(path, "rb") as stream:
        return json.load(stream)


def _frozen(regions: Mapping[str, set[str]]) -> RegionsByName:
    return {name: frozenset(found) for name, found in regions.items()}

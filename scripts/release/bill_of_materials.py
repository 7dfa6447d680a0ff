"""The bill of materials of a wheel (CycloneDX): what it needs at run time, and the sources of the data that it brings along.

The packages and their licences are read by cyclonedx-py from the environment that this runs in, which the lock file pins: the versions
that the release was tested with, not those that an installer will choose. What only development needs is left out.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from importlib.metadata import Distribution, PackageNotFoundError, PathDistribution, distribution
from pathlib import Path
from typing import Any

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.release.bundled_data import BundledData, bundled_data
from scripts.release.distributions import ReleaseError

_SPDX = ("Apache-2.0", "MIT", "MIT-0")


def bill_of_materials(root: Path, wheel: Path, epoch: int) -> str:
    """The CycloneDX 1.6 document, as JSON.

    Raises
    ------
    ReleaseError
        If a package that the wheel needs is not installed here, or the document is not valid.
    """
    metadata = _metadata(wheel)
    needed = _closure(metadata, ())
    wanted = needed | _closure(metadata, metadata.metadata.get_all("Provides-Extra") or ())
    document = _environment(root, epoch)
    packages = [part for part in document["components"] if canonicalize_name(part["name"]) in wanted]
    for package in packages:
        package["scope"] = "required" if canonicalize_name(package["name"]) in needed else "optional"
    data = [_data_component(source) for source in bundled_data()]
    document["components"] = [*packages, *data]
    own = document["metadata"]["component"]
    own |= {
        "version": metadata.version,
        "purl": f"pkg:pypi/lean-silicon@{metadata.version}",
        "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(wheel.read_bytes()).hexdigest()}],
    }
    document["dependencies"] = _dependencies(document, own["bom-ref"], [part["bom-ref"] for part in data])
    return _valid(json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def _metadata(wheel: Path) -> Distribution:
    name, version = wheel.name.split("-")[:2]
    return PathDistribution(zipfile.Path(wheel, f"{name}-{version}.dist-info/"))


def _closure(own: Distribution, extras: Iterable[str]) -> set[str]:
    """The packages that `own` needs with these extras, and all that those need, on this Python."""
    found: set[str] = set()
    seen: set[tuple[str, str]] = set()
    to_do = [(own, extra) for extra in ("", *extras)]
    while to_do:
        package, extra = to_do.pop()
        if (package.name, extra) in seen:
            continue
        seen.add((package.name, extra))
        for requirement in map(Requirement, package.requires or ()):
            if requirement.marker is not None and not requirement.marker.evaluate({"extra": extra}):
                continue
            needs = own if requirement.name == own.name else _installed(requirement.name, package.name)
            found.add(canonicalize_name(requirement.name))
            to_do += [(needs, each) for each in ("", *requirement.extras)]
    return found - {canonicalize_name(own.name)}


def _installed(name: str, needed_by: str) -> Distribution:
    try:
        return distribution(name)
    except PackageNotFoundError:
        raise ReleaseError(f"{name}, which {needed_by} needs, is not installed here; run 'make setup'") from None


def _environment(root: Path, epoch: int) -> dict[str, Any]:
    """All that is installed here, as cyclonedx-py tells it."""
    options = [
        "--no-validate",
        "--output-reproducible",
        "--mc-type",
        "library",
        "--spec-version",
        "1.6",
        "--of",
        "JSON",
    ]
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "cyclonedx_py",
            "environment",
            "--pyproject",
            "pyproject.toml",
            *options,
            sys.executable,
        ],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
    )
    if done.returncode:
        raise ReleaseError(f"cyclonedx-py could not read the environment: {done.stderr.strip()}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document


def _data_component(source: BundledData) -> dict[str, Any]:
    licence = {"id": source.licence} if source.licence in _SPDX else {"name": source.licence}
    return {
        "type": "data",
        "bom-ref": f"data:{source.name}",
        "name": source.name,
        "version": source.date,
        "description": source.gives,
        "scope": "required",
        "licenses": [{"license": licence}],
        "properties": [
            {"name": "lean-silicon:where", "value": source.where},
            {"name": "lean-silicon:evidence", "value": source.evidence},
        ],
    }


def _dependencies(document: dict[str, Any], own: str, data: list[str]) -> list[dict[str, Any]]:
    """The graph of what is left, without the edges into what is not."""
    told = {part["bom-ref"] for part in document["components"]} | {own}
    graph = {
        each["ref"]: [ref for ref in each.get("dependsOn", ()) if ref in told]
        for each in document["dependencies"]
        if each["ref"] in told
    }
    graph[own] += data
    return [
        {"ref": ref, "dependsOn": sorted(needs)} for ref, needs in sorted((graph | {ref: [] for ref in data}).items())
    ]


def _valid(document: str) -> str:
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    if wrong is not None:
        raise ReleaseError(f"the bill of materials is not valid CycloneDX: {wrong}")
    return document

"""Answers what a shell script needs to know about its node: one setting, as lines of tab-separated text."""

from __future__ import annotations

import argparse
import json
import os
import socket
import sys
from pathlib import Path
from typing import Any

# HyperPod writes the cluster's groups and addresses here before any script runs (awsome-distributed-ai, Extensions/detect-node)
RESOURCE_CONFIG = "opt/ml/config/resource_config.json"


def own_address() -> str:
    """The node's own address in the cluster; no packet is sent."""
    given = os.environ.get("LEAN_SILICON_NODE_ADDRESS")
    if given:
        return given
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(("10.254.254.254", 1))
        return str(probe.getsockname()[0])


def own_group(resource_config: dict[str, Any], address: str) -> str:
    """The instance group that the address is in."""
    for group in resource_config.get("InstanceGroups", []):
        for instance in group.get("Instances", []):
            if instance.get("CustomerIpAddress") == address:
                return str(group["Name"])
    raise SystemExit(f"no instance of the cluster has the address {address}; see /{RESOURCE_CONFIG}")


def answer(settings: dict[str, Any], resource_config: dict[str, Any], name: str, argument: str | None) -> list[str]:
    """The lines for one setting."""
    plain = {
        "cluster-name": settings["clusterName"],
        "period": str(settings["metrics"]["periodSeconds"]),
        "namespace": settings["metrics"]["namespace"],
        "work-path": settings["workPath"] or "",
        "home-path": settings["homePath"] or settings["workPath"] or "",
    }
    if name in plain:
        return [plain[name]]
    if name == "users":
        return [f"{user['name']}\t{user['uid']}" for user in settings["users"]]
    if name == "keys":
        return [key for user in settings["users"] if user["name"] == argument for key in user["sshPublicKeys"]]
    if name == "packages":
        return [f"{each['uri']}\t{each['sha256']}\t{each['file']}" for each in settings["containerPackages"]]
    group = own_group(resource_config, own_address())
    about = settings["groups"].get(group)
    if about is None:
        raise SystemExit(f"instance group {group} is not in settings.json; was it added outside of the construct?")
    band = about.get("powerBand")
    own = {
        "group": group,
        "node-type": about["nodeType"],
        "accelerators": about["accelerators"] or "",
        "power-band": json.dumps(band) if band else "",
    }
    return [own[name]]


def main(arguments: list[str]) -> None:
    """Print one setting."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--settings", required=True)
    parser.add_argument("--root", default="")
    names = (
        "cluster-name",
        "period",
        "namespace",
        "work-path",
        "home-path",
        "users",
        "keys",
        "packages",
        "group",
        "node-type",
        "accelerators",
        "power-band",
    )
    parser.add_argument("name", choices=names)
    parser.add_argument("argument", nargs="?")
    given = parser.parse_args(arguments)
    settings = json.loads(Path(given.settings).read_text(encoding="utf-8"))
    config = Path(given.root or "/") / RESOURCE_CONFIG
    resource_config = json.loads(config.read_text(encoding="utf-8")) if config.is_file() else {}
    for line in answer(settings, resource_config, given.name, given.argument):
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main(sys.argv[1:])

"""Stands in for ``kubectl``, ``helm`` and the login to a public registry: there is no cluster and no internet here.

Manifests of the kinds that Kubernetes itself defines are validated against its schemas; those of custom resources, and charts, are only
recorded. The state of each cluster is a file in ``EMULATOR_CLUSTERS``.
"""

import json
import os
import sys
from pathlib import Path
from typing import Any

import kubernetes_validate

VERSION = "1.35"
VALUED = {"-f", "--kubeconfig", "-l", "--namespace", "--version", "--values", "--repo", "--timeout", "--username"}
BUILT_IN_GROUPS = ("apps", "batch", "autoscaling", "policy")


def arguments(given: list[str]) -> tuple[list[str], dict[str, str]]:
    """The words of a command line, and the values of its options."""
    words, options, rest = [], {}, iter(given)
    for each in rest:
        if each in VALUED:
            options[each] = next(rest)
        elif each.startswith("-"):
            options[each] = "true"
        else:
            words.append(each)
    return words, options


class Cluster:
    """What was applied to the cluster of a kubeconfig."""

    def __init__(self, name: str) -> None:
        self.file = Path(os.environ["EMULATOR_CLUSTERS"]) / f"{name}.json"
        held = json.loads(self.file.read_text(encoding="utf-8")) if self.file.exists() else {}
        self.objects: dict[str, Any] = held.get("objects", {})
        self.releases: dict[str, Any] = held.get("releases", {})

    def save(self) -> None:
        self.file.write_text(json.dumps({"objects": self.objects, "releases": self.releases}), encoding="utf-8")


def cluster_of(kubeconfig: str) -> Cluster:
    """The cluster that ``aws eks update-kubeconfig`` wrote of."""
    for line in Path(kubeconfig).read_text(encoding="utf-8").splitlines():
        if line.startswith("current-context:"):
            return Cluster(line.rsplit("/", 1)[-1].strip())
    raise SystemExit(f"error: {kubeconfig} has no current context")


def documents(text: str) -> list[dict[str, Any]]:
    """The JSON documents that follow each other in `text`."""
    decoder, found, position = json.JSONDecoder(), [], 0
    while position < len(text):
        document, position = decoder.raw_decode(text, position)
        found.append(document)
    return found


def identity(manifest: dict[str, Any]) -> str:
    metadata = manifest["metadata"]
    return "/".join([manifest["apiVersion"], manifest["kind"], metadata.get("namespace", "default"), metadata["name"]])


def validate(manifest: dict[str, Any]) -> None:
    """Raise unless Kubernetes admits `manifest`; nothing is known of kinds that a chart defines."""
    group = manifest["apiVersion"].rpartition("/")[0]
    if group and not (group in BUILT_IN_GROUPS or group.endswith(".k8s.io")):
        return
    kubernetes_validate.validate(manifest, VERSION, strict=True)


def kubectl(given: list[str]) -> None:
    words, options = arguments(given)
    cluster = cluster_of(options["--kubeconfig"])
    for manifest in documents(Path(options["-f"]).read_text(encoding="utf-8")):
        name = identity(manifest)
        if words[0] == "delete":
            cluster.objects.pop(name, None)
            continue
        validate(manifest)
        if words[0] == "create" and name in cluster.objects:
            raise SystemExit(f"Error from server (AlreadyExists): {name} already exists")
        cluster.objects[name] = manifest
    cluster.save()


def helm(given: list[str]) -> None:
    words, options = arguments(given)
    if words[0] == "pull":
        folder = Path.cwd() / words[1].rsplit("/", 1)[-1]
        folder.mkdir(exist_ok=True)
        (folder / "Chart.yaml").write_text(f"name: {folder.name}\nversion: {options['--version']}\n", encoding="utf-8")
    elif words[0] in ("upgrade", "uninstall"):
        cluster = cluster_of(options["--kubeconfig"])
        if words[0] == "upgrade":
            values = json.loads(Path(options["--values"]).read_text(encoding="utf-8")) if "--values" in options else {}
            cluster.releases[words[1]] = {"chart": words[2].rsplit("/", 1)[-1], "values": values}
        else:
            cluster.releases.pop(words[1], None)
        cluster.save()
    elif words[:2] == ["registry", "login"]:
        sys.stdin.read()


def main() -> None:
    program, given = sys.argv[1], sys.argv[2:]
    if program == "kubectl":
        kubectl(given)
    elif program == "helm":
        helm(given)
    else:
        print("password-of-nobody")


if __name__ == "__main__":
    main()

"""A throw-away root that looks like a node, and stand-ins for the commands that a node would call."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from lean_silicon.hyperpod.lifecycle import PUBLISHER, SCRIPTS, node_settings
from lean_silicon.hyperpod.software import ClusterUser, Download, Software
from lean_silicon.hyperpod.storage import ExistingLustre, Mounts
from lean_silicon.hyperpod.topology import ClusterPlan, GroupPlan, NodeType
from lean_silicon.hyperpod.worker_group import WorkerGroup

ADDRESSES = {"controller": "10.0.0.10", "login": "10.0.0.11", "trainium2": "10.0.0.12"}


@dataclass
class Node:
    """A node in a folder: the scripts, a root to write to, and commands that stand in for real ones."""

    folder: Path
    group: str = "trainium2"
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def scripts(self) -> Path:
        return self.folder / "scripts"

    def command(self, name: str, body: str) -> None:
        path = self.folder / "bin" / name
        path.write_text(f"#!/usr/bin/env bash\n{body}\n")
        path.chmod(0o755)

    def run(self, script: str = "on_init_complete.sh") -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}:/usr/sbin:/sbin",
            "LEAN_SILICON_ROOT": str(self.root),
            "LEAN_SILICON_NODE_ADDRESS": ADDRESSES[self.group],
            "LEAN_SILICON_RETRY_SECONDS": "0",
            "LEAN_SILICON_LOG_SECONDS": "0",
            **self.environment,
        }
        return subprocess.run(
            ["bash", str(self.scripts / script)], capture_output=True, text=True, env=environment, check=False
        )

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Every file below the root but logs, with mode and content."""
        return {
            path.relative_to(self.root).as_posix(): (path.stat().st_mode, path.read_bytes())
            for path in sorted(self.root.rglob("*"))
            if path.is_file() and "var/log" not in path.as_posix()
        }


def settings_with(software: Software) -> dict[str, Any]:
    worker = WorkerGroup.trainium2(count=1)
    plan = ClusterPlan(
        (
            GroupPlan("controller", NodeType.CONTROLLER, ("ml.t3.medium",), 1),
            GroupPlan("login", NodeType.LOGIN, ("ml.t3.medium",), 1),
            worker.plan(mounts_fsx=True),
        )
    )
    return node_settings("research", plan, [worker], software, Mounts(ExistingLustre("fs-1", "m", "/fsx"), None))


@pytest.fixture
def new_node(tmp_path: Path) -> Any:
    """Makes a node whose settings come from what `Software` was asked for."""

    def make(software: Software | None = None, group: str = "trainium2") -> Node:
        node = Node(tmp_path / group, group)
        (node.folder / "bin").mkdir(parents=True)
        shutil.copytree(SCRIPTS, node.scripts)
        shutil.copytree(PUBLISHER, node.scripts / PUBLISHER.name)
        settings = settings_with(software or Software(users=(ClusterUser("alice", 2001, ("ssh-ed25519 AAAA alice",)),)))
        (node.scripts / "settings.json").write_text(json.dumps(settings))
        config = node.root / "opt/ml/config/resource_config.json"
        config.parent.mkdir(parents=True)
        groups = [{"Name": n, "Instances": [{"CustomerIpAddress": a}]} for n, a in ADDRESSES.items()]
        config.write_text(json.dumps({"InstanceGroups": groups}))
        for name in ("passwd", "group", "shadow", "gshadow"):
            target = node.root / "etc" / name
            target.parent.mkdir(exist_ok=True)
            target.write_text("root:x:0:0:root:/root:/bin/bash\n" if name == "passwd" else "root:x:0:\n")
        (node.root / "usr/bin").mkdir(parents=True)
        (node.root / "opt/slurm/etc").mkdir(parents=True)
        return node

    return make


__all__ = ["Download", "Node", "settings_with"]

"""Start a training script under Accelerate or DeepSpeed inside a SageMaker training container.

The training toolkit starts this file once on each instance, with the hyperparameters as arguments; it knows ``torchrun`` itself but not
these launchers. What it has to do stands in the environment, next to what the toolkit says about the cluster (``SM_*``). Beside the
training it starts the metrics publisher, where the job's code brings it.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LAUNCHER_SETTING = "LEAN_SILICON_LAUNCHER"
SCRIPT_SETTING = "LEAN_SILICON_SCRIPT"
OPTIONS_SETTING = "LEAN_SILICON_LAUNCHER_OPTIONS"
PUBLISHER = "lean_silicon_accelerator_metrics"
"""The folder of the metrics publisher beside the training code."""

PORT = "7777"
HOSTFILE = Path("/tmp/hostfile")  # noqa: S108 - the container is this job's alone


def measure() -> None:
    """Start measuring the accelerators, which ends with this process and with the launcher that takes its place."""
    try:
        publisher = importlib.import_module(PUBLISHER)
    except ImportError:
        return
    publisher.start()


def command(settings: Mapping[str, str], arguments: Sequence[str], hostfile: Path = HOSTFILE) -> list[str]:
    """The launcher's command line on this instance."""
    hosts: list[str] = json.loads(settings["SM_HOSTS"])
    rank = hosts.index(settings["SM_CURRENT_HOST"])
    processes = max(int(settings.get("SM_NUM_NEURONS") or 0), int(settings.get("SM_NUM_GPUS") or 0), 1)
    options = json.loads(settings.get(OPTIONS_SETTING) or "[]")
    script = settings[SCRIPT_SETTING]
    if settings[LAUNCHER_SETTING] == "accelerate":
        launch = _accelerate(hosts, rank, processes)
    elif settings[LAUNCHER_SETTING] == "deepspeed":
        launch = _deepspeed(hosts, rank, processes, hostfile)
    else:
        raise SystemExit(f"{LAUNCHER_SETTING} is {settings[LAUNCHER_SETTING]!r}; known are accelerate and deepspeed")
    return [*launch, *options, script, *arguments]


def _accelerate(hosts: Sequence[str], rank: int, processes: int) -> list[str]:
    total = processes * len(hosts)
    cluster: dict[str, str] = {
        "--num_machines": str(len(hosts)),
        "--machine_rank": str(rank),
        "--num_processes": str(total),
        "--main_process_ip": hosts[0],
        "--main_process_port": PORT,
    }
    flags = [word for pair in cluster.items() for word in pair]
    # The flag's name is older than its meaning: one process for each device, over torch.distributed, of any make.
    return ["accelerate", "launch", *flags, *(["--multi_gpu"] if total > 1 else [])]


def _deepspeed(hosts: Sequence[str], rank: int, processes: int, hostfile: Path) -> list[str]:
    hostfile.write_text("".join(f"{host} slots={processes}\n" for host in hosts), encoding="utf-8")
    # Instances of a job cannot log in to each other, so each starts its own share.
    where = ["--hostfile", str(hostfile), "--no_ssh", "--node_rank", str(rank)]
    return ["deepspeed", *where, "--master_addr", hosts[0], "--master_port", PORT]


if __name__ == "__main__":
    launch = command(os.environ, sys.argv[1:])
    print("launching:", " ".join(launch), flush=True)
    measure()
    os.execvp(launch[0], launch)  # noqa: S606 - the command is ours, and no shell reads it

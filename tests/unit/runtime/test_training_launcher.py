"""The launch script builds each instance's share of the cluster."""

from __future__ import annotations

from pathlib import Path

import pytest

from lean_silicon.runtime.training_launcher import command

CLUSTER = {"SM_HOSTS": '["algo-1", "algo-2"]', "SM_NUM_GPUS": "0", "LEAN_SILICON_SCRIPT": "train.py"}
ARGUMENTS = ["--learning_rate", "0.0001"]


def test_accelerate_starts_a_process_for_each_neuron_core_of_the_cluster(tmp_path: Path) -> None:
    settings = {
        **CLUSTER,
        "SM_CURRENT_HOST": "algo-2",
        "SM_NUM_NEURONS": "32",
        "LEAN_SILICON_LAUNCHER": "accelerate",
        "LEAN_SILICON_LAUNCHER_OPTIONS": '["--mixed_precision", "bf16"]',
    }
    expected = (
        "accelerate launch --num_machines 2 --machine_rank 1 --num_processes 64 --main_process_ip algo-1 "
        "--main_process_port 7777 --multi_gpu --mixed_precision bf16 train.py --learning_rate 0.0001"
    )
    assert command(settings, ARGUMENTS, tmp_path / "hostfile") == expected.split()


def test_deepspeed_starts_its_own_share_because_instances_cannot_log_in_to_each_other(tmp_path: Path) -> None:
    hostfile = tmp_path / "hostfile"
    settings = {**CLUSTER, "SM_CURRENT_HOST": "algo-1", "SM_NUM_GPUS": "8", "LEAN_SILICON_LAUNCHER": "deepspeed"}
    launched = command(settings, ARGUMENTS, hostfile)
    assert launched[:3] == ["deepspeed", "--hostfile", str(hostfile)]
    assert launched[3:] == (
        [
            "--no_ssh",
            "--node_rank",
            "0",
            "--master_addr",
            "algo-1",
            "--master_port",
            "7777",
            "train.py",
            "--learning_rate",
            "0.0001",
        ]
    )
    assert hostfile.read_text(encoding="utf-8") == "algo-1 slots=8\nalgo-2 slots=8\n"


def test_a_machine_without_accelerators_runs_one_process(tmp_path: Path) -> None:
    settings = {"SM_HOSTS": '["algo-1"]', "SM_CURRENT_HOST": "algo-1", "LEAN_SILICON_SCRIPT": "train.py"}
    launched = command({**settings, "LEAN_SILICON_LAUNCHER": "accelerate"}, [], tmp_path / "hostfile")
    assert launched[launched.index("--num_processes") + 1] == "1"
    assert "--multi_gpu" not in launched


def test_fails_and_says_so_for_an_unknown_launcher(tmp_path: Path) -> None:
    settings = {**CLUSTER, "SM_CURRENT_HOST": "algo-1", "LEAN_SILICON_LAUNCHER": "mpirun"}
    with pytest.raises(SystemExit, match="known are accelerate and deepspeed"):
        command(settings, [], tmp_path / "hostfile")

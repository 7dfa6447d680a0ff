"""What the construct declares, run by a real Slurm: its partitions and nodes, our prolog, epilog and metrics, and the example job.

Debian's slurmctld and slurmd run on the loopback interface, without systemd; plain files stand in for Neuron devices, and
scripts for ``neuron-monitor``, ``torchrun`` and the AWS command line.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import App, Environment, Stack
from aws_cdk.assertions import Template

from lean_silicon.catalog import load_catalog
from lean_silicon.hyperpod import SlurmCluster, WorkerGroup
from lean_silicon.hyperpod.lifecycle import PUBLISHER, SCRIPTS

pytestmark = pytest.mark.slow

PACKAGES = ("slurm-wlm", "munge")
COMMANDS = ("slurmctld", "slurmd", "munged", "sbatch", "srun", "scontrol")
BUSY_CORES, UTILIZATION = 32, 80.0
REPORT = {
    "neuron_runtime_data": [
        {
            "report": {
                "neuroncore_counters": {
                    "neuroncores_in_use": {
                        str(core): {"neuroncore_utilization": UTILIZATION} for core in range(BUSY_CORES)
                    }
                },
                "memory_used": {"neuron_runtime_used_bytes": {"host": 1, "neuron_device": 12519788544}},
            }
        }
    ],
    "neuron_hardware_info": {
        "neuron_device_count": 16,
        "neuroncore_per_device_count": 8,
        "logical_neuroncore_config": 2,
    },
}
WHOLE_NODE = UTILIZATION * BUSY_CORES / 64
"""Half of the node's 64 logical cores are busy at 80%, so the node is at 40%."""


def missing() -> list[str]:
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    return [name for name in COMMANDS if shutil.which(name, path=path) is None]


def require_slurm() -> None:
    """Install Slurm where it is missing and may be installed, else skip."""
    if not missing():
        if os.geteuid() != 0:
            pytest.skip("the daemons of Slurm run as root here, and this is not root")
        return
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.skip(
            f"Slurm is not installed ({', '.join(missing())} missing), and only root can install it, with apt-get"
        )
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode or missing():
        pytest.skip(f"Slurm could not be installed: {done.stderr.strip().splitlines()[-1:] or missing()}")


@dataclass
class Declared:
    """A node that the template declares: its partition, type and accelerators."""

    name: str
    partition: str
    instance_type: str
    devices: int


def declared_nodes() -> list[Declared]:
    """The nodes of a cluster with two partitions, as its CloudFormation template has them."""
    stack = Stack(App(analytics_reporting=False), "Slurm", env=Environment(region="us-east-2"))
    cluster = SlurmCluster(stack, "Cluster", workers=[WorkerGroup.trainium2(count=3), WorkerGroup.trainium1(count=1)])
    resources = {each.name: each.generic_resource for each in cluster.partitions}
    [found] = Template.from_stack(stack).find_resources("AWS::SageMaker::Cluster").values()
    nodes = []
    for group in found["Properties"]["InstanceGroups"]:
        if group["SlurmConfig"]["NodeType"] != "Compute":
            continue
        [partition] = group["SlurmConfig"]["PartitionNames"]
        kind, devices = resources[partition].split(":")
        assert kind == "neuron"
        nodes.extend(
            Declared(f"{group['InstanceGroupName']}-{index}", partition, group["InstanceType"], int(devices))
            for index in range(group["InstanceCount"])
        )
    return nodes


@dataclass
class Slurm:
    """A cluster of daemons in a folder."""

    folder: Path
    nodes: list[Declared]
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def environment(self) -> dict[str, str]:
        path = f"{self.folder / 'bin'}:{os.environ['PATH']}:/usr/sbin:/sbin"
        return {"PATH": path, "SLURM_CONF": str(self.folder / "slurm.conf"), "HOME": str(self.folder)}

    def partition(self, name: str) -> set[str]:
        return {node.name for node in self.nodes if node.partition == name}

    def command(self, name: str, body: str) -> None:
        path = self.folder / "bin" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/usr/bin/env bash\n{body}\n")
        path.chmod(0o755)

    def run(self, *command: str, check: bool = True) -> str:
        done = subprocess.run(
            command, env=self.environment, cwd=self.folder, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0 or not check, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def start(self, *command: str) -> None:
        with (self.folder / "daemons.log").open("ab") as log:
            self.processes.append(subprocess.Popen(command, env=self.environment, stdout=log, stderr=log))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.terminate()
        for process in self.processes:
            ended_or_killed(process)

    def submit(self, *arguments: str) -> str:
        """Submit the shipped example; the job's id."""
        said = self.run(
            "sbatch", "--parsable", *arguments, str(SCRIPTS / "examples/train.sbatch"), "train.py", "--layers", "2"
        )
        return said.strip()

    def finished(self, job: str) -> dict[str, str]:
        """The job's fields once it has ended."""
        for _ in range(300):
            fields = dict(
                each.split("=", 1) for each in self.run("scontrol", "show", "job", job).split() if "=" in each
            )
            if fields["JobState"] not in ("PENDING", "RUNNING", "CONFIGURING", "COMPLETING"):
                return fields
            time.sleep(0.1)
        raise AssertionError(f"job {job} did not end: {fields}")

    def records(self, job: str, count: int) -> list[dict[str, Any]]:
        """The records of a job, once there are as many; the epilog runs after the job has ended."""
        path, found = self.root / "var/log/lean_silicon/jobs.jsonl", []
        for _ in range(100):
            lines = path.read_text().splitlines() if path.exists() else []
            found = [record for record in map(json.loads, lines) if record["job_id"] == job]
            if len(found) >= count:
                break
            time.sleep(0.1)
        return found


def ended_or_killed(process: subprocess.Popen[bytes]) -> None:
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()


def free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def write_configuration(slurm: Slurm) -> None:
    folder, host, catalog = slurm.folder, socket.gethostname().split(".")[0], load_catalog()
    controller, *ports = free_ports(1 + len(slurm.nodes))
    nodes, resources = [], []
    for node, port in zip(slurm.nodes, ports, strict=True):
        kind = catalog.find(node.instance_type)
        assert kind is not None
        (folder / "devices" / node.name).mkdir(parents=True)
        for index in range(node.devices):
            (folder / "devices" / node.name / f"neuron{index}").touch()
        nodes.append(
            f"NodeName={node.name} NodeAddr=127.0.0.1 NodeHostname={host} Port={port} CPUs={kind.vcpus} "
            f"RealMemory={int((kind.memory_gib or 1) * 1000)} Gres=neuron:{node.devices} State=UNKNOWN"
        )
        resources.append(
            f"NodeName={node.name} Name=neuron File={folder}/devices/{node.name}/neuron[0-{node.devices - 1}]"
        )
    partitions = [
        f"PartitionName={name} Nodes={','.join(sorted(slurm.partition(name)))} Default={'YES' if not at else 'NO'} State=UP"
        for at, name in enumerate(dict.fromkeys(node.partition for node in slurm.nodes))
    ]
    settings = {
        "ClusterName": "test",
        "SlurmctldHost": f"{host}(127.0.0.1)",
        "SlurmctldPort": controller,
        "SlurmUser": "root",
        "AuthType": "auth/munge",
        "AuthInfo": f"socket={folder}/munge.socket",
        "CommunicationParameters": "NoCtldInAddrAny,NoInAddrAny",
        "SlurmdParameters": "config_overrides",
        "ProctrackType": "proctrack/linuxproc",
        "TaskPlugin": "task/none",
        "GresTypes": "neuron",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_CPU",
        "MpiDefault": "none",
        "SwitchType": "switch/none",
        "ReturnToService": 2,
        "StateSaveLocation": folder / "state",
        "SlurmdSpoolDir": folder / "spool.%n",
        "SlurmctldPidFile": folder / "slurmctld.pid",
        "SlurmdPidFile": folder / "slurmd.%n.pid",
        "SlurmctldLogFile": folder / "slurmctld.log",
        "SlurmdLogFile": folder / "slurmd.%n.log",
        "Prolog": slurm.root / "opt/slurm/etc/prolog.d/*",
        "Epilog": slurm.root / "opt/slurm/etc/epilog.d/*",
    }
    (folder / "state").mkdir()
    lines = [*(f"{key}={value}" for key, value in settings.items()), *nodes, *partitions]
    (folder / "slurm.conf").write_text("\n".join(lines) + "\n")
    (folder / "gres.conf").write_text("\n".join(resources) + "\n")


def install_scripts(slurm: Slurm) -> None:
    """The lifecycle steps themselves put hooks and metrics into the throw-away root."""
    scripts = slurm.folder / "scripts"
    shutil.copytree(SCRIPTS, scripts)
    shutil.copytree(PUBLISHER, scripts / PUBLISHER.name)
    settings = {
        "clusterName": "test",
        "groups": {"workers": {"nodeType": "Compute", "accelerators": "neuron"}},
        "users": [],
        "containerPackages": [],
        "metrics": {"namespace": "/aws/sagemaker/Clusters", "periodSeconds": 60},
        "workPath": None,
        "homePath": None,
    }
    (scripts / "settings.json").write_text(json.dumps(settings))
    config = slurm.root / "opt/ml/config/resource_config.json"
    config.parent.mkdir(parents=True)
    config.write_text(
        json.dumps({"InstanceGroups": [{"Name": "workers", "Instances": [{"CustomerIpAddress": "10.0.0.1"}]}]})
    )
    environment = {**slurm.environment, "LEAN_SILICON_ROOT": str(slurm.root), "LEAN_SILICON_NODE_ADDRESS": "10.0.0.1"}
    for step in ("metrics.sh", "slurm_hooks.sh"):
        subprocess.run(["bash", scripts / step], env=environment, check=True, capture_output=True)


@pytest.fixture(scope="module")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    require_slurm()
    cluster = Slurm(tmp_path_factory.mktemp("slurm"), declared_nodes())
    folder = cluster.folder
    cluster.command("neuron-monitor", f"while true; do echo '{json.dumps(REPORT)}'; sleep 0.1; done")
    cluster.command("aws", f'echo "$@" >>{folder}/aws.log')
    cluster.command("torchrun", 'echo "$SLURMD_NODENAME torchrun $*"; sleep 1')
    cluster.command("neuron-ls", f"""echo '{json.dumps([{"neuron_device": 0}])}'""")
    install_scripts(cluster)
    write_configuration(cluster)
    (folder / "munge.key").write_bytes(os.urandom(128))
    (folder / "munge.key").chmod(0o600)
    try:
        cluster.start(
            "munged", "--foreground", "--force", f"--socket={folder}/munge.socket", f"--key-file={folder}/munge.key",
            f"--pid-file={folder}/munge.pid", f"--log-file={folder}/munge.log", f"--seed-file={folder}/munge.seed",
        )  # fmt: skip
        wait_for(lambda: (folder / "munge.socket").exists(), "munge")
        cluster.start("slurmctld", "-D")
        for node in cluster.nodes:
            cluster.start("slurmd", "-D", "-N", node.name)
        sampler = str(cluster.root / "opt/lean_silicon/accelerator_metrics")
        samples = str(cluster.root / "var/log/lean_silicon/samples.jsonl")
        how = ("--kind", "neuron", "--sample-seconds", "0.1", "--publish-seconds", "1", "--to", "aws-cli")
        cluster.start(sys.executable, sampler, *how, "--namespace", "/aws/sagemaker/Clusters", "--samples", samples)
        wait_for(lambda: idle_nodes(cluster) == {node.name for node in cluster.nodes}, "nodes")
        yield cluster
    finally:
        cluster.stop()


def idle_nodes(cluster: Slurm) -> set[str]:
    said = cluster.run("sinfo", "--noheader", "--Node", "--states=idle", "--format=%N", check=False)
    return set(said.split()) & {node.name for node in cluster.nodes}


def wait_for(condition: Any, what: str) -> None:
    for _ in range(150):
        if condition():
            return
        time.sleep(0.1)
    raise AssertionError(f"{what} did not come up within 15 seconds")


def test_slurm_shows_the_partitions_and_accelerators_that_the_construct_declares(slurm: Slurm) -> None:
    shown = slurm.run("sinfo", "--noheader", "--format=%R %D %G")
    assert sorted(shown.split("\n")) == ["", "trainium1 1 neuron:16", "trainium2 3 neuron:16"]


def test_the_example_runs_on_the_nodes_of_its_partition_and_leaves_a_record_of_its_utilisation(slurm: Slurm) -> None:
    job = slurm.submit("--partition=trainium2", "--nodes=3")
    fields = slurm.finished(job)
    output = (slurm.folder / f"train-{job}.out").read_text()
    assert fields["JobState"] == "COMPLETED", output
    ran_on = {line.split()[0] for line in output.splitlines() if " torchrun " in line}
    assert ran_on == slurm.partition("trainium2")
    assert (
        f"--nnodes=3 --rdzv-backend=c10d --rdzv-endpoint=trainium2-0:41000 --rdzv-id={job} train.py --layers 2"
        in output
    )
    records = slurm.records(job, 3)
    assert {record["node"] for record in records} == slurm.partition("trainium2")
    for record in records:
        assert record["utilization_mean"] == pytest.approx(WHOLE_NODE)
        assert record["samples"] > 0
        assert record["devices"] == 16
        assert record["device_hours"] == pytest.approx(16 * record["seconds"] / 3600)
        assert record["accelerator_kwh"] is None, "AWS publishes no power of Trainium"


def test_a_job_for_another_partition_runs_there(slurm: Slurm) -> None:
    job = slurm.submit("--partition=trainium1", "--nodes=1")
    assert slurm.finished(job)["NodeList"] == "trainium1-0"
    assert [record["partition"] for record in slurm.records(job, 1)] == ["trainium1"]


def test_two_jobs_that_want_all_accelerators_of_a_node_do_not_share_it(slurm: Slurm) -> None:
    first, second = (slurm.submit("--partition=trainium1", "--nodes=1") for _ in range(2))
    ended, began = slurm.finished(first)["EndTime"], slurm.finished(second)["StartTime"]
    assert began >= ended


def test_more_accelerators_than_a_node_has_are_refused(slurm: Slurm) -> None:
    said = slurm.run("sbatch", "--gres=neuron:17", "--wrap", "true", check=False)
    assert "Requested node configuration is not available" in said


def test_the_smoke_test_asks_every_node_of_a_partition(slurm: Slurm) -> None:
    said = slurm.run("bash", str(SCRIPTS / "examples/smoke_test.sh"), "trainium2", "neuron:16")
    assert sorted(line.split()[0] for line in said.splitlines() if "accelerators=" in line) == sorted(
        slurm.partition("trainium2")
    )


def test_utilisation_is_published_to_cloudwatch(slurm: Slurm) -> None:
    wait_for(lambda: (slurm.folder / "aws.log").exists(), "the first metric")
    first = (slurm.folder / "aws.log").read_text().splitlines()[0]
    assert first.startswith("cloudwatch put-metric-data --namespace /aws/sagemaker/Clusters --metric-data ")
    published = json.loads(first.split("--metric-data ")[1])
    data = {each["MetricName"]: each["StatisticValues"]["Maximum"] for each in published}
    assert data == {"AcceleratorUtilization": WHOLE_NODE, "AcceleratorMemoryUsed": 12519788544}

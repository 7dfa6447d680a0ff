"""The CloudWatch agent on EC2: processors, memory, disks, GPUs, and Neuron devices through the metrics publisher."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aws_cdk import Aws, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3_assets as s3_assets
from constructs import Construct

from lean_silicon.accelerator_power import power_band
from lean_silicon.catalog import load_catalog
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.least_privilege import allow
from lean_silicon.runtime import accelerator_metrics
from lean_silicon.runtime.accelerator_metrics.destinations import AGENT

_AGENT_NAMESPACE = "CWAgent"
_PUBLISHED_NAMESPACE = "LeanSilicon/Accelerators"
_CONTROL = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl"
_FOLDER = "/opt/lean_silicon/accelerator_metrics"
_SETTINGS = "/etc/lean_silicon"
_SHORTEST, _LONGEST = 10, 3600
_METADATA = "http://169.254.169.254/latest"


class CloudWatchAgentConfiguration:
    """What the CloudWatch agent of an EC2 instance measures, and how it is installed.

    The agent knows GPUs (its section ``nvidia_gpu``). Of Neuron devices it knows on EKS only, so that on EC2 the metrics publisher of this
    library reads ``neuron-monitor`` and hands the agent embedded metric format, on the loopback interface.

    Parameters
    ----------
    instance_type
        EC2's name of the type, which says what there is to measure. Unknown and flexible ones are measured without accelerators.
    interval_seconds
        How often is measured, 10 to 3600. Default: 60, a standard metric of CloudWatch.
    log_group
        Where the publisher's documents go. Default: ``/lean-silicon/accelerators``.

    Raises
    ------
    InvalidValueError
        If the interval is out of range.

    Examples
    --------
    .. code-block:: python

        agent = CloudWatchAgentConfiguration("inf2.xlarge")
        agent.install(self, instance.user_data, instance.role)
    """

    def __init__(
        self, instance_type: str, *, interval_seconds: int = 60, log_group: str = "/lean-silicon/accelerators"
    ) -> None:
        if not _SHORTEST <= interval_seconds <= _LONGEST:
            raise InvalidValueError(
                f"interval_seconds is {interval_seconds}; it must be {_SHORTEST} to {_LONGEST}. 60 is usual"
            )
        self._machine = load_catalog().find(instance_type)
        self._interval = interval_seconds
        self._log_group = log_group

    @property
    def has_gpu(self) -> bool:
        """Whether the type has GPUs that ``nvidia-smi`` knows."""
        accelerators = self._machine.accelerators if self._machine else None
        return accelerators is not None and accelerators.accelerator.maker == "NVIDIA"

    @property
    def has_neuron(self) -> bool:
        """Whether the type has Inferentia or Trainium."""
        accelerators = self._machine.accelerators if self._machine else None
        return accelerators is not None and accelerators.is_neuron

    def to_json(self) -> dict[str, Any]:
        """The agent's configuration file (CloudWatch user guide, "Manually create or edit the CloudWatch agent configuration file").

        Metrics are by instance and its type; the dimensions need no permission to be looked up.
        """
        collected: dict[str, Any] = {
            "cpu": {"measurement": ["usage_active", "usage_iowait"], "totalcpu": True, "resources": ["*"]},
            "mem": {"measurement": ["used_percent"]},
            "disk": {"measurement": ["used_percent"], "resources": ["/"]},
        }
        if self.has_gpu:
            collected["nvidia_gpu"] = {"measurement": ["utilization_gpu", "memory_used", "power_draw"]}
        document: dict[str, Any] = {
            "agent": {"metrics_collection_interval": self._interval, "run_as_user": "cwagent"},
            "metrics": {
                "namespace": _AGENT_NAMESPACE,
                "append_dimensions": {"InstanceId": "${aws:InstanceId}", "InstanceType": "${aws:InstanceType}"},
                "metrics_collected": collected,
            },
        }
        if self.has_neuron:
            # The agent would listen on every interface by itself
            document["logs"] = {"metrics_collected": {"emf": {"service_address": AGENT}}}
        return document

    def publisher_unit(self) -> str | None:
        """The systemd unit of the metrics publisher; `None` where there is no Neuron device."""
        if not self.has_neuron:
            return None
        words = [
            f"/usr/bin/python3 {_FOLDER} --kind neuron --to {AGENT} --publish-seconds {self._interval}",
            f"--namespace {_PUBLISHED_NAMESPACE} --log-group {self._log_group} --dimension InstanceId=${{INSTANCE_ID}}",
        ]
        band = power_band(self._machine)
        if band is not None:
            words.append(f"--power-band '{json.dumps(band)}'")
        return "\n".join(
            [
                "[Unit]",
                "Description=Accelerator metrics to the CloudWatch agent",
                "After=network-online.target amazon-cloudwatch-agent.service",
                "",
                "[Service]",
                f"EnvironmentFile={_SETTINGS}/instance",
                f"ExecStart={' '.join(words)}",
                "Restart=always",
                "RestartSec=30",
                "Nice=10",
                "",
                "[Install]",
                "WantedBy=multi-user.target",
                "",
            ]
        )

    def install(self, scope: Construct, user_data: ec2.UserData, role: iam.IRole) -> None:
        """Add to an instance's user data what installs the agent on Amazon Linux 2023, and let its role publish.

        The instance needs a way to CloudWatch, and to S3 for the publisher.
        """
        configuration = f"{_SETTINGS}/cloudwatch_agent.json"
        user_data.add_commands(
            "dnf install --assumeyes --quiet amazon-cloudwatch-agent unzip",
            f"mkdir -p {_SETTINGS}",
            *_written(configuration, json.dumps(self.to_json(), indent=2)),
        )
        self._allow_metrics(role)
        unit = self.publisher_unit()
        if unit is not None:
            self._install_publisher(scope, user_data, role, unit)
        user_data.add_commands(f"{_CONTROL} -a fetch-config -m ec2 -s -c file:{configuration}")

    def _install_publisher(self, scope: Construct, user_data: ec2.UserData, role: iam.IRole, unit: str) -> None:
        folder = Path(accelerator_metrics.__file__).parent
        asset = s3_assets.Asset(scope, "AcceleratorMetrics", path=str(folder), exclude=["__pycache__", "*.pyc"])
        allow(role, ["s3:GetObject"], [asset.bucket.arn_for_objects(asset.s3_object_key)])
        self._allow_logs(scope, role)
        archive = user_data.add_s3_download_command(bucket=asset.bucket, bucket_key=asset.s3_object_key)
        service = "lean-silicon-accelerators.service"
        user_data.add_commands(
            f"mkdir -p {_FOLDER}",
            f"unzip -oq {archive} -d {_FOLDER}",
            f"token=$(curl --silent --request PUT {_METADATA}/api/token --header 'X-aws-ec2-metadata-token-ttl-seconds: 60')",
            f'instance=$(curl --silent --header "X-aws-ec2-metadata-token: $token" {_METADATA}/meta-data/instance-id)',
            f'echo "INSTANCE_ID=$instance" >{_SETTINGS}/instance',
            *_written(f"/etc/systemd/system/{service}", unit),
            f"systemctl enable --now {service}",
        )

    def _allow_metrics(self, role: iam.IRole) -> None:
        allow(
            role,
            ["cloudwatch:PutMetricData"],
            ["*"],
            why="PutMetricData has no resources; the namespace narrows it",
            conditions={"StringEquals": {"cloudwatch:namespace": _AGENT_NAMESPACE}},
        )

    def _allow_logs(self, scope: Construct, role: iam.IRole) -> None:
        stack = Stack.of(scope)
        group = f"arn:{Aws.PARTITION}:logs:{stack.region}:{stack.account}:log-group:{self._log_group}"
        allow(
            role,
            ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"],
            [group, f"{group}:log-stream:*"],
            why="The agent names the log stream after the instance, which exists only then",
        )


def _written(path: str, text: str) -> tuple[str, ...]:
    """Commands that write a file; nothing in the text is expanded."""
    return (f"cat >{path} <<'LEAN_SILICON_END'", *text.rstrip("\n").split("\n"), "LEAN_SILICON_END")

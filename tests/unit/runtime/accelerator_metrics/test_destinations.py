"""Where metrics go, and that a destination that is gone stops nothing."""

from __future__ import annotations

import json
import socket
import subprocess
import threading
from pathlib import Path

import boto3
import pytest
from botocore.stub import Stubber
from embedded_metric_format import emf_document

from lean_silicon.runtime.accelerator_metrics.destinations import destination, metric_data
from lean_silicon.runtime.accelerator_metrics.embedded_metrics import Identity
from lean_silicon.runtime.accelerator_metrics.interval import Gathered

IDENTITY = Identity("/aws/sagemaker/Clusters", {"ClusterName": "research", "InstanceGroup": "trainium2"}, {})
MINUTE = Gathered(60.0, "neuron", 16, {"AcceleratorUtilization": [10.0, 30.0]}, "unknown", None)


def test_standard_output_gets_one_line_a_document(capsys: pytest.CaptureFixture[str]) -> None:
    assert destination("stdout", IDENTITY)(MINUTE)
    [line] = capsys.readouterr().out.splitlines()
    assert emf_document(line)["ClusterName"] == "research"


def test_a_file_is_appended_to(tmp_path: Path) -> None:
    publish = destination(str(tmp_path / "metrics.log"), IDENTITY)
    assert publish(MINUTE)
    assert publish(MINUTE)
    assert len((tmp_path / "metrics.log").read_text().splitlines()) == 2


@pytest.mark.parametrize("scheme", ["tcp", "udp"])
def test_the_agent_gets_documents_that_end_in_a_line_break(scheme: str) -> None:
    kind = socket.SOCK_STREAM if scheme == "tcp" else socket.SOCK_DGRAM
    with socket.socket(socket.AF_INET, kind) as agent:
        agent.bind(("127.0.0.1", 0))
        agent.settimeout(10)
        received: list[bytes] = []
        if scheme == "tcp":
            agent.listen()

            def take() -> None:
                connection, _ = agent.accept()
                with connection, connection.makefile("rb") as stream:
                    received.append(stream.read())
        else:

            def take() -> None:
                received.append(agent.recv(65536))

        taking = threading.Thread(target=take)
        taking.start()
        assert destination(f"{scheme}://127.0.0.1:{agent.getsockname()[1]}", IDENTITY)(MINUTE)
        taking.join(10)
    [text] = received
    assert text.endswith(b"\n")
    emf_document(text.decode())


def test_an_agent_that_is_not_there_loses_the_metric_and_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    assert destination(f"tcp://127.0.0.1:{port}", IDENTITY)(MINUTE) is False
    assert "could not be published" in capsys.readouterr().err


def test_fails_for_an_address_without_a_port() -> None:
    with pytest.raises(ValueError, match="host and a port"):
        destination("tcp://localhost", IDENTITY)


def test_cloudwatch_takes_the_statistics_of_the_interval() -> None:
    client = boto3.client("cloudwatch", region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-")
    data = metric_data(MINUTE, IDENTITY)
    with Stubber(client) as stub:
        stub.add_response("put_metric_data", {})
        client.put_metric_data(Namespace=IDENTITY.namespace, MetricData=data)
    assert data[0]["StatisticValues"] == {"SampleCount": 2, "Sum": 40.0, "Minimum": 10.0, "Maximum": 30.0}
    assert data[0]["Dimensions"] == [
        {"Name": "ClusterName", "Value": "research"},
        {"Name": "InstanceGroup", "Value": "trainium2"},
    ]


def test_the_command_line_is_called_with_the_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = tmp_path / "aws"
    command.write_text('#!/usr/bin/env bash\nprintf "%s\\n" "$@" >"$(dirname "$0")/called"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert destination("aws-cli", IDENTITY)(MINUTE)
    *words, data = (tmp_path / "called").read_text().splitlines()
    assert words == ["cloudwatch", "put-metric-data", "--namespace", IDENTITY.namespace, "--metric-data"]
    assert json.loads(data) == metric_data(MINUTE, IDENTITY)


@pytest.mark.parametrize("error", [subprocess.CalledProcessError(254, "aws"), FileNotFoundError("aws")])
def test_a_refusal_of_cloudwatch_does_not_stop_the_sampling(error: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(subprocess, "run", refused)
    assert destination("aws-cli", IDENTITY)(MINUTE) is False

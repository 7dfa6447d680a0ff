"""An AWS account without AWS: moto's EC2, and a loopback server for prices."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws
from overlay_in_use import forget
from price_list_server import PriceList, bedrock, ec2, price_list_server, sagemaker

_CREDENTIALS = (
    "AWS_PROFILE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_REGION",
    "AWS_ENDPOINT_URL",
)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty cache directory, with the overlay switched on."""
    directory = tmp_path / "cache"
    monkeypatch.setenv("LEAN_SILICON_CACHE", str(directory))
    monkeypatch.setenv("LEAN_SILICON_OVERLAY", "on")
    forget()
    yield directory
    monkeypatch.undo()
    forget()


@pytest.fixture
def no_credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _CREDENTIALS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))


@pytest.fixture
def prices(no_credentials: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[PriceList]:
    """An account in us-east-1 whose price list agrees with the packaged one, with a few entries that are no such prices."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with price_list_server() as served, mock_aws():
        monkeypatch.setenv("AWS_ENDPOINT_URL_PRICING", served.url)
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK", served.url)
        served.entries = [
            ec2("g5.xlarge", "1.0060000000"),
            ec2("inf2.xlarge", "0.7582000000"),
            ec2("m7g.large", "0.0816000000"),
            ec2("g5.xlarge", "0.0000000000", usagetype="UnusedBox:g5.xlarge"),
            ec2("g5.xlarge", "1.2070000000", locationType="AWS Local Zone", usagetype="LAX1-BoxUsage:g5.xlarge"),
            ec2("c7g.large", None),
            sagemaker("ml.g5.xlarge", "Hosting", "1.4080000000"),
            sagemaker("ml.g5.xlarge", "Training", "1.4080000000"),
            sagemaker("ml.g5.xlarge", "Cluster", "1.2000000000", usagetype="USE1-Cluster:ml.g5.xlarge-Reserved"),
            sagemaker("ml.g5.xlarge", "RStudio:RSession", "9.9"),
            bedrock("Nova Micro", "Input tokens", "0.0000350000"),
            bedrock("Nova Micro", "Output tokens", "0.0001400000"),
            bedrock("Nova Micro", "Input tokens priority", "0.9"),
            bedrock("Nova Micro", "Input tokens", "0.9", usagetype="USE1-NovaMicro-input-tokens-cross-region-global"),
            bedrock("Nova Micro", "Input tokens", "0.9", feature="Model Customization"),
            bedrock("Somebody's Model", "Input tokens", "0.0001"),
        ]
        served.models = [
            ("amazon.nova-micro-v1:0", "Nova Micro"),
            ("amazon.nova-micro-v1:0:128k", "Nova Micro"),
        ]
        yield served

"""An AWS that breaks, and a process that asks it."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_aws import FaultyAws, faulty_aws
from faulty_process import Ask, lean_silicon
from measured_account import MeasuredAccount
from price_list_server import bedrock, ec2, sagemaker


@pytest.fixture
def aws() -> Iterator[FaultyAws]:
    """An account in us-east-1 whose price list agrees with the packaged one."""
    with faulty_aws() as served:
        served.prices.entries = [
            ec2("g5.xlarge", "1.0060000000"),
            ec2("inf2.xlarge", "0.7582000000"),
            ec2("m7g.large", "0.0816000000"),
            ec2("m7g.large", "0.0816000000", "us-west-2"),
            sagemaker("ml.g5.xlarge", "Hosting", "1.4080000000"),
            sagemaker("ml.g5.xlarge", "Training", "1.4080000000"),
            sagemaker("ml.g5.xlarge", "Processing", "1.4080000000"),
            bedrock("Nova Micro", "Input tokens", "0.0000350000"),
            bedrock("Nova Micro", "Output tokens", "0.0001400000"),
        ]
        served.prices.models = [("amazon.nova-micro-v1:0", "Nova Micro")]
        yield served


@pytest.fixture
def account(aws: FaultyAws, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> MeasuredAccount:
    """The same account; clients of this process see it unspoiled."""
    for name, value in _credentials(tmp_path, aws.direct).items():
        monkeypatch.setenv(name, value)
    return MeasuredAccount()


@pytest.fixture
def ask(aws: FaultyAws, tmp_path: Path) -> Ask:
    """Run a command in a process of its own that asks the AWS that breaks; tries each call twice unless told otherwise."""

    def run(*words: str | Path, attempts: int = 2, **settings: object) -> subprocess.CompletedProcess[str]:
        changed = {
            **_credentials(tmp_path, aws.url),
            "AWS_MAX_ATTEMPTS": str(attempts),
            "LEAN_SILICON_CACHE": str(tmp_path / "cache"),
            "LEAN_SILICON_OVERLAY": "on",
        }
        return lean_silicon(*words, **{**changed, **settings})  # type: ignore[arg-type]

    return run


def _credentials(folder: Path, url: str) -> dict[str, str]:
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": str(folder / "config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(folder / "credentials"),
    }

"""What AWS's price list says of arm64 beside x86_64, where a service sells an architecture and no instance type."""

from __future__ import annotations

from typing import NamedTuple

from lean_silicon.catalog import Component


class ListPrices(NamedTuple):
    """Two prices of one unit in USD, on demand, in one region: for x86_64 and for arm64."""

    unit: str
    x86_64: str
    arm64: str
    region: str
    offer: str
    date: str

    @property
    def sentence(self) -> str:
        """Both prices and how far they are apart."""
        less = 1 - float(self.arm64) / float(self.x86_64)
        return (
            f"AWS lists {self.arm64} USD a {self.unit} on arm64 and {self.x86_64} on x86_64, {less:.0%} less "
            f"({self.region}, {self.date})."
        )

    @property
    def source(self) -> str:
        """Where they were read."""
        return f"AWS price list, {self.offer}, {self.region}, {self.date}"


LIST_PRICES: dict[Component, ListPrices] = {
    # Usage types Lambda-GB-Second and Lambda-GB-Second-ARM, first tier. Requests cost the same on both.
    Component.LAMBDA: ListPrices("GB-second", "0.0000166667", "0.0000133334", "us-east-1", "AWSLambda", "2026-08-31"),
    # Fargate-vCPU-Hours:perCPU and Fargate-ARM-vCPU-Hours:perCPU; a GB-hour is 0.004445 and 0.00356, as far apart.
    Component.FARGATE: ListPrices("vCPU-hour", "0.04048", "0.03238", "us-east-1", "AmazonECS", "2026-07-31"),
    # EMR-SERVERLESS-vCPUHours and EMR-SERVERLESS-ARM-vCPUHours; a GB-hour is 0.007189 and 0.005746, as far apart.
    Component.EMR: ListPrices("vCPU-hour", "0.065728", "0.052585", "ap-southeast-1", "ElasticMapReduce", "2026-08-12"),
    # Linux:g1.small and ARM:g1.small, 2 vCPUs each.
    Component.CODEBUILD: ListPrices(
        "build minute of the small size", "0.005", "0.0034", "us-east-1", "CodeBuild", "2026-09-28"
    ),
}
"""By service. Other regions have other prices: a finding names the region of the figures."""

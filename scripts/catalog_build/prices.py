"""Prices as listed, and the bands from which unlisted ones are derived."""

from __future__ import annotations

from collections import defaultdict
from statistics import median
from typing import Any

from scripts.catalog_build.tables import number, read_table

Prices = dict[str, float]


def us_east_1_prices() -> Prices:
    """EC2 on-demand prices in us-east-1, USD/h."""
    return {row["instance_type"]: float(row["usd_per_hour"]) for row in read_table("prices_us_east_1")}


def regional_prices() -> dict[str, Prices]:
    """EC2 on-demand prices of accelerated types: the type's name to the price by region, USD/h."""
    prices: dict[str, Prices] = defaultdict(dict)
    for row in read_table("prices_by_region"):
        prices[row["instance_type"]][row["region"]] = float(row["usd_per_hour"])
    return dict(prices)


def regional_price_rows() -> list[list[Any]]:
    """The same as rows of the data file."""
    return [[name, dict(sorted(prices.items()))] for name, prices in sorted(regional_prices().items())]


def price_index_rows() -> list[list[Any]]:
    """Per region: what accelerated and other types cost there relative to us-east-1, as low, likely and high.

    The accelerated band is the spread of the listed types. Other types have one reference per region at most, so their band
    spans it and the accelerated one.
    """
    ratios: dict[str, list[float]] = defaultdict(list)
    for prices in regional_prices().values():
        for region, price in prices.items():
            if "us-east-1" in prices:
                ratios[region].append(round(price / prices["us-east-1"], 4))
    references = {row["region"]: float(row["cpu_ratio"]) for row in read_table("price_index")}
    rows = []
    for region, found in sorted(ratios.items()):
        low, likely, high = min(found), round(median(found), 3), max(found)
        reference = references.get(region, likely)
        rows.append([region, [low, likely, high], [min(low, reference), reference, max(high, reference)]])
    return rows


def sagemaker_price_rows() -> list[list[Any]]:
    """Prices quoted from SageMaker's price list: name, region, USD/h, date, evidence, source."""
    return [
        [
            row["instance_type"],
            row["region"],
            number(row["usd_per_hour"]),
            None if row["as_of"] == "unknown" else row["as_of"],
            "third-party" if row["class"] == "quoted_old" else "fact",
            row["source"],
        ]
        for row in read_table("sagemaker_prices")
    ]


def sagemaker_markup_rows() -> list[list[Any]]:
    """What SageMaker charges relative to EC2, by kind of type: low, likely and high factor. The first row that fits holds."""
    return [
        [
            row["class"],
            row["families"].split(),
            row["sizes"].split(),
            [number(row["low"]), number(row["likely"]), number(row["high"])],
            row["basis"],
        ]
        for row in read_table("sagemaker_markups")
    ]

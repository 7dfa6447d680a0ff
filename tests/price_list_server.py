"""A loopback server that speaks the Pricing and Bedrock APIs as far as a refresh uses them: moto has neither's answers.

Entries have the shape that the Price List API publishes. The client is the real botocore: signing, paging and retries included.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PAGE = 2


def product(service: str, usd: str | None, unit: str = "Hrs", /, **attributes: str) -> str:
    """An entry of the price list."""
    sku = f"{abs(hash((service, tuple(sorted(attributes.items()))))):016X}"
    price = {} if usd is None else {"USD": usd}
    dimension = {
        f"{sku}.JRTCKXETXF.6YS6EN2CT7": {"unit": unit, "pricePerUnit": price, "beginRange": "0", "endRange": "Inf"}
    }
    return json.dumps(
        {
            "serviceCode": service,
            "product": {"sku": sku, "attributes": {"servicecode": service, **attributes}},
            "terms": {"OnDemand": {f"{sku}.JRTCKXETXF": {"offerTermCode": "JRTCKXETXF", "priceDimensions": dimension}}},
        }
    )


def ec2(name: str, usd: str | None, region: str = "us-east-1", **attributes: str) -> str:
    told = {
        "instanceType": name,
        "regionCode": region,
        "locationType": "AWS Region",
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
        "marketoption": "OnDemand",
        "usagetype": f"BoxUsage:{name}",
    }
    return product("AmazonEC2", usd, **{**told, **attributes})


def sagemaker(name: str, component: str, usd: str, region: str = "us-east-1", **attributes: str) -> str:
    told = {
        "instanceName": name,
        "instanceType": f"{name}-{component}",
        "component": component,
        "regionCode": region,
        "usagetype": f"USE1-{component}:{name}",
    }
    return product("AmazonSageMaker", usd, **{**told, **attributes})


def bedrock(model: str, inference: str, usd: str, region: str = "us-east-1", **attributes: str) -> str:
    told = {
        "model": model,
        "inferenceType": inference,
        "feature": "On-demand Inference",
        "regionCode": region,
        "usagetype": f"USE1-{model.replace(' ', '')}-{inference.lower().replace(' ', '-')}",
    }
    return product("AmazonBedrock", usd, "1K tokens", **{**told, **attributes})


class PriceList:
    """What the server answers, and what it was asked. Change the lists between requests at will."""

    def __init__(self) -> None:
        self.entries: list[str] = []
        self.models: list[tuple[str, str]] = []
        self.throttled = 0
        self.broken: set[str] = set()
        self.asked: list[dict[str, Any]] = []
        self.url = ""

    def answer(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        self.asked.append(body)
        if self.throttled > 0:
            self.throttled -= 1
            return 400, {"__type": "ThrottlingException", "message": "Rate exceeded"}
        if body["ServiceCode"] in self.broken:
            return 400, {"__type": "AccessDeniedException", "message": "not allowed"}
        matching = [entry for entry in self.entries if _matches(json.loads(entry), body)]
        start = int(body.get("NextToken", "0"))
        page: dict[str, Any] = {"FormatVersion": "aws_v1", "PriceList": matching[start : start + PAGE]}
        if start + PAGE < len(matching):
            page["NextToken"] = str(start + PAGE)
        return 200, page

    def answer_models(self) -> tuple[int, dict[str, Any]]:
        summaries = [
            {"modelId": each, "modelName": name, "modelArn": f"arn:aws:bedrock:::{each}"} for each, name in self.models
        ]
        return 200, {"modelSummaries": summaries}


def _matches(entry: dict[str, Any], body: dict[str, Any]) -> bool:
    attributes = entry["product"].get("attributes", {})
    return entry["serviceCode"] == body["ServiceCode"] and all(
        attributes.get(wanted["Field"]) == wanted["Value"] for wanted in body.get("Filters", ())
    )


@contextmanager
def price_list_server() -> Iterator[PriceList]:
    """Serve on a free port of the loopback interface."""
    prices = PriceList()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self._answer(*prices.answer(body))

        def do_GET(self) -> None:
            self._answer(*prices.answer_models())

        def _answer(self, status: int, contents: dict[str, Any]) -> None:
            body = json.dumps(contents).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/x-amz-json-1.1")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    prices.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield prices
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

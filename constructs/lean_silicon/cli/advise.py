"""``lean-silicon advise``: what to run a model on, leanest first."""

from __future__ import annotations

import argparse
import json
import os
import sys
from datetime import date

from lean_silicon.catalog import Component, load_catalog
from lean_silicon.cli.freshness import warn_if_catalog_old, warn_if_old
from lean_silicon.cli.output import complain, write_report
from lean_silicon.cli.workload_arguments import add_workload_arguments, workload_of
from lean_silicon.exceptions import LeanSiliconError
from lean_silicon.footprint.advice import Advice, advise
from lean_silicon.footprint.advice.candidates import INFERENCE_COMPONENTS, TRAINING_COMPONENTS
from lean_silicon.footprint.bedrock import prices_as_of
from lean_silicon.reports.advice_json import advice_json
from lean_silicon.reports.advice_report import advice_text
from lean_silicon.reports.terminal import Display, display_of

_COMPONENTS = tuple(dict.fromkeys(component.value for component in (*INFERENCE_COMPONENTS, *TRAINING_COMPONENTS)))

_EPILOG = """examples:
  lean-silicon advise --task inference --model llama-3.1-8b --precision bf16 --context 8192 --concurrency 16 --region eu-west-1
  lean-silicon advise --task peft --model llama-3.1-8b --precision bf16 --context 4096 --concurrency 64 --training-tokens 100M \\
      --trainable-parameters 40M --hours 24 --region us-east-1
  lean-silicon advise --task embedding --parameters 335M --precision bf16 --context 512 --concurrency 8 --region us-east-1 --budget 400
  lean-silicon advise --task inference --model llama-3.1-8b --precision bf16 --context 4096 --concurrency 4 --region us-east-1 \\
      --format html --output advice.html      what fits in memory, dollars against watts, as a page for a browser

exit codes: 0 there is an option, 1 nothing holds it within the budget, 2 bad usage or a workload that makes no sense"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the arguments."""
    parser.epilog = _EPILOG
    add_workload_arguments(parser)
    parser.add_argument("--region", help="where; default: AWS_REGION or AWS_DEFAULT_REGION")
    parser.add_argument(
        "--budget", type=float, metavar="USD", help="the most a month may cost (a training run: the run)"
    )
    parser.add_argument("--hours", type=float, metavar="H", help="the longest that a training run may take")
    parser.add_argument(
        "--component", action="append", choices=_COMPONENTS, help="look at this service only; may be repeated"
    )
    parser.add_argument("--limit", type=int, default=3, metavar="N", help="options to show of each service; default: 3")
    parser.add_argument("--format", choices=("text", "json", "html"), default="text", help="default: text")
    parser.add_argument("--output", metavar="FILE", help="write the advice there instead of to the terminal")


def run(arguments: argparse.Namespace) -> int:
    """Advise. 0: there is an option, 1: nothing holds it within the budget, 2: what was asked makes no sense."""
    try:
        advice = _advice(arguments)
    except LeanSiliconError as error:
        complain(str(error))
        return 2
    as_of = load_catalog().as_of
    warn_if_catalog_old(load_catalog())
    if advice.managed:
        warn_if_old(prices_as_of(), "table of Bedrock's prices")
    write_report(_report(advice, arguments, as_of), arguments.output)
    return 0 if advice.options or (advice.managed and not advice.over_budget) else 1


def _advice(arguments: argparse.Namespace) -> Advice:
    region = arguments.region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if not region:
        raise LeanSiliconError("prices and offers depend on the region: give --region, for instance us-east-1")
    if arguments.limit < 1:
        raise LeanSiliconError(f"--limit is {arguments.limit}; it must be at least 1")
    workload = workload_of(arguments)
    components = [Component(name) for name in arguments.component or ()]
    return advise(workload, region, components=components, budget=arguments.budget, hours=arguments.hours)


def _report(advice: Advice, arguments: argparse.Namespace, as_of: str) -> str:
    if arguments.format == "json":
        return json.dumps(advice_json(advice, as_of=as_of), indent=2, ensure_ascii=False)
    if arguments.format == "html":
        from lean_silicon.reports.html import advice_page

        return advice_page(advice, as_of=as_of, made=date.today().isoformat())
    display = Display() if arguments.output else display_of(sys.stdout)
    return advice_text(advice, limit=arguments.limit, width=display.width, coloured=display.coloured)

"""Compare the candidates of an evaluation: read what their jobs wrote, write the verdict to S3 and where it is to a parameter.

Environment: ``VERDICTS`` (an S3 URI that ends in ``/``), ``PARAMETER`` (the name of an SSM parameter). The same execution writes the same
verdict under the same key. Prompts, answers and explanations are read past and neither stored nor logged.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from .results import Tally
from .verdict import COMPLETED, judged, metrics_of, verdict

_LOG = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)
_OUTPUT = "_output.jsonl"
_LONGEST_REASON = 1000


def handler(event: Mapping[str, Any], _context: object) -> dict[str, Any]:
    """Compare.

    Parameters
    ----------
    event
        ``Evaluation`` (what was asked), ``Outcomes`` (of each candidate: its name, the job's status, where its output is), ``Execution``
        (its name) and ``Started`` (its time, ISO 8601).

    Returns
    -------
    dict
        ``Chosen`` (a candidate or `None`), ``Scored`` (how many candidates have a score), ``Verdict`` (its S3 URI).
    """
    evaluation = event["Evaluation"]
    outcomes = {each["Candidate"]: _outcome(each) for each in event["Outcomes"]}
    s3 = boto3.client("s3")
    entries = []
    for candidate in evaluation["candidates"]:
        outcome = outcomes.get(candidate["candidate"], {"status": "Missing"})
        tally = Tally(metrics_of(evaluation))
        if outcome["status"] == COMPLETED:
            for line in _lines(s3, outcome["output"]):
                tally.add_line(line)
        entry = judged(candidate, outcome, tally, evaluation)
        entries.append(entry)
        _log("candidate", entry, broken_lines=tally.broken_lines)
    place = f"{os.environ['VERDICTS']}{event['Execution']}.json"
    written = verdict(evaluation, entries, place=place, day=str(event["Started"])[:10])
    _write(s3, place, written)
    return {"Chosen": written["chosen"], "Scored": written["scored"], "Verdict": place}


def _outcome(written: Mapping[str, Any]) -> dict[str, Any]:
    reason = written.get("Reason")
    if isinstance(reason, list):
        reason = "; ".join(str(each) for each in reason)
    return {
        "status": written["Status"],
        "output": written.get("Output"),
        "reason": str(reason)[:_LONGEST_REASON] if reason else None,
    }


def _lines(s3: Any, location: str) -> Iterator[bytes]:
    """Every line of the output files under an S3 URI."""
    bucket, prefix = _parts(location)
    for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
        for found in page.get("Contents", ()):
            if found["Key"].endswith(_OUTPUT):
                yield from s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].iter_lines()


def _write(s3: Any, place: str, written: Mapping[str, Any]) -> None:
    bucket, key = _parts(place)
    body = json.dumps(written, indent=1, sort_keys=True)
    s3.put_object(Bucket=bucket, Key=key, Body=body.encode(), ContentType="application/json")
    # A standard parameter holds 4 KB: what was chosen, and where the rest is.
    summary = {name: written[name] for name in ("version", "chosen", "evaluation", "date", "target", "scored")}
    boto3.client("ssm").put_parameter(
        Name=os.environ["PARAMETER"], Value=json.dumps(summary), Type="String", Overwrite=True
    )
    _LOG.info(json.dumps({"event": "verdict", **summary}))


def _parts(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return bucket, key


def _log(name: str, entry: Mapping[str, Any], **more: Any) -> None:
    kept = {key: entry[key] for key in ("candidate", "status", "prompts", "score", "meets_target")}
    _LOG.info(json.dumps({"event": name, **kept, **more}))

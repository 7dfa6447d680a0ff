"""The page of advice: everything that fits is in its pictures and in its tables."""

from __future__ import annotations

from typing import Any

import pytest
from report_samples import Page

from lean_silicon.catalog import Component
from lean_silicon.footprint.advice import Advice, advise
from lean_silicon.reports.html import advice_page
from lean_silicon.sizing import read_workload

CHAT = {"Task": "inference", "Model": "llama-3.1-8b", "Precision": "bf16", "ContextTokens": 8192, "Concurrency": 16}
TUNE = {"Task": "fine-tuning", "Model": "llama-3.1-8b", "ContextTokens": 4096, "TrainingTokens": 10**8}


def advice(declared: dict[str, Any], **asked: Any) -> Advice:
    workload = read_workload(declared).workload
    assert workload is not None
    return advise(workload, "us-east-1", **asked)


def page_of(given: Advice) -> Page:
    return Page(advice_page(given, as_of="2026-11", made="2026-11-23"))


@pytest.fixture(scope="module")
def chat() -> Advice:
    return advice({**CHAT, "TokensPerDay": 10_000_000})


@pytest.fixture(scope="module")
def page(chat: Advice) -> Page:
    return page_of(chat)


def test_every_option_is_a_point_and_a_row(chat: Advice, page: Page) -> None:
    points = [its for its in page.all("path") + page.all("circle") if its.get("class") == "point"]
    key = 3
    assert len(points) - key == len(chat.options)
    rows = [its for its in page.all("td") if its.get("class") == "rank"]
    assert len(rows) == len(chat.options)
    for option in chat.options:
        assert option.label in page.text


def test_each_picture_is_named_and_every_table_has_a_caption(page: Page) -> None:
    pictures = [its for its in page.all("svg") if its.get("role") == "img"]
    assert len(pictures) == 3
    assert all("dollars against watts" in (its["aria-label"] or "") for its in pictures)
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(its.get("aria-hidden") == "true" for its in page.all("svg") if its.get("role") != "img")


def test_memory_needed_stands_beside_what_there_is(chat: Advice, page: Page) -> None:
    first = chat.options[0]
    assert first.fit.available_gib is not None
    assert f"has {first.fit.available_gib:.3g}" in page.text
    assert "Needs 32.2 GiB" in page.text


def test_bedrock_and_narrower_formats_are_told_as_in_the_text(page: Page) -> None:
    assert "meta.llama3-1-8b-instruct-v1:0" in page.text
    assert "tokens a day" in page.text
    assert "fp8" in page.text
    assert "int4" in page.text


def test_a_training_run_costs_the_run_and_takes_its_time() -> None:
    page = page_of(advice(TUNE, components=[Component.SAGEMAKER_TRAINING]))
    assert "USD for the run" in page.text
    assert "Takes" in page.text
    assert "device-hours" in page.text or " h" in page.text
    assert "Quantised" not in page.text


def test_nothing_within_the_budget_says_what_to_change() -> None:
    page = page_of(advice(CHAT, budget=1.0))
    assert "Nothing that holds it is within the budget" in page.text
    assert "options beyond the budget left out" in page.text
    assert not [its for its in page.all("svg") if its.get("role") == "img"]

"""The code blocks of the documentation, and which test runs them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_FENCE = re.compile(
    r"(?:^<!-- not run: (?P<reason>[^\n]*?) -->\n)?"
    r"^(?P<indent> *)(?P<fence>```+)(?P<language>[\w-]*)(?P<info>[^\n]*)\n(?P<code>.*?)^(?P=indent)(?P=fence)$",
    re.MULTILINE | re.DOTALL,
)
_TITLE = re.compile(r'title="([^"]+)"')


@dataclass(frozen=True)
class Block:
    """A fenced block; `reason` says why nobody runs it, where the page has the marker ``<!-- not run: ... -->`` before it."""

    page: str
    line: int
    language: str
    title: str | None
    code: str
    reason: str | None

    @property
    def place(self) -> str:
        """Where a reader finds it."""
        return f"{self.page}:{self.line}"


def pages() -> tuple[str, ...]:
    """Every page that people read: of docs/, the README and its neighbours, the examples."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").glob("*/README.md")]
    return tuple(sorted(path.relative_to(ROOT).as_posix() for path in found))


def blocks_of(page: str) -> tuple[Block, ...]:
    """The blocks of a page, in order."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return tuple(
        Block(
            page,
            text.count("\n", 0, found.start("fence")) + 1,
            found["language"],
            title[1] if (title := _TITLE.search(found["info"])) else None,
            found["code"],
            found["reason"],
        )
        for found in _FENCE.finditer(text)
    )


def all_blocks() -> tuple[Block, ...]:
    """The blocks of every page."""
    return tuple(block for page in pages() for block in blocks_of(page))


PROSE = ("", "text")
"""Fences that hold formulas, trees and outputs rather than code."""

FOREIGN = ("java", "go", "csharp")
"""Languages without a toolchain here: they need the marker."""

OWN_TESTS = {
    ("docs/catalog.md", "python"): "tests/unit/catalog/test_documentation.py",
    ("docs/footprint.md", "python"): "tests/unit/test_documented_examples.py",
    ("docs/publishers.md", "console"): "tests/unit/runtime/accelerator_metrics/test_page.py",
    ("docs/publishers.md", "json"): "tests/unit/runtime/accelerator_metrics/test_page.py",
    ("docs/publishers.md", "python"): "tests/unit/runtime/accelerator_metrics/test_page.py",
    ("docs/rightsize.md", "python"): "tests/unit/live/test_rightsize_page.py",
    ("docs/sizing.md", "python"): "tests/unit/test_documented_examples.py",
    ("docs/constructs/agents.md", "python"): "tests/constructs/agents/test_agents_stack.py",
    ("docs/constructs/bedrock.md", "python"): "tests/constructs/bedrock/ladder/test_documentation.py",
    ("docs/constructs/eks-karpenter.md", "python"): "tests/constructs/eks/karpenter/test_documentation.py",
    ("docs/constructs/eks.md", "python"): "tests/constructs/eks/test_documentation.py",
    ("docs/constructs/inference.md", "python"): "tests/constructs/inference/stack/test_inference_stack.py",
    ("docs/constructs/model-choice.md", "json"): "tests/constructs/test_documented_python.py",
    ("docs/constructs/model-choice.md", "python"): "tests/constructs/bedrock/test_model_choice_documentation.py",
    ("docs/constructs/monitoring.md", "python"): "tests/constructs/monitoring/test_documentation.py",
    ("docs/constructs/training.md", "python"): "tests/constructs/training/test_training_stack.py",
    ("docs/uncertainty.md", "python"): "tests/unit/test_documented_examples.py",
}
"""Tests that run all untitled blocks of a page's language, by page and language. Everything else is run by the two general tests."""

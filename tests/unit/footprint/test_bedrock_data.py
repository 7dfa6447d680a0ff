"""The packaged Bedrock prices are those of the hand-kept table."""

from __future__ import annotations

import sys
from pathlib import Path


def test_the_packaged_prices_are_those_of_the_table(root: Path) -> None:
    sys.path.insert(0, str(root))
    try:
        from scripts.refresh_bedrock_prices import DATA_FILE, rendered
    finally:
        sys.path.remove(str(root))
    assert DATA_FILE.read_text(encoding="utf-8") == rendered(), "run scripts/refresh_bedrock_prices.py"

"""Train a small language model to answer as a larger one does."""

from __future__ import annotations

import sys
from importlib import import_module

if __name__ == "__main__":
    import_module("shrinking.distillation").main(sys.argv[1:])

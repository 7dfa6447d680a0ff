"""Take whole layers, or a part of each layer's MLP, out of a language model: those that it needs least."""

from __future__ import annotations

import sys
from importlib import import_module

if __name__ == "__main__":
    import_module("shrinking.pruning").main(sys.argv[1:])

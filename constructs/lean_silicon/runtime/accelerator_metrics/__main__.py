"""Started as a folder, or as a module."""

import importlib
import sys
from pathlib import Path

# A folder that is run has no package around it, which its modules name each other by
FOLDER = Path(__file__).resolve().parent
if not __package__:
    sys.path.insert(0, str(FOLDER.parent))

if __name__ == "__main__":
    importlib.import_module(f"{__package__ or FOLDER.name}.command").main(sys.argv[1:])

"""``python -m lean_silicon`` is ``lean-silicon``."""

import sys

from lean_silicon.cli.main import main

sys.exit(main())

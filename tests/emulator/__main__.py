"""``python -m emulator --port 5566``."""

from __future__ import annotations

import argparse
import logging

from emulator.server import serve


def main() -> None:
    parser = argparse.ArgumentParser(prog="emulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="the port of loopback to listen on")
    parser.add_argument("--verbose", action="store_true", help="log every request")
    given = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.INFO if given.verbose else logging.ERROR)
    serve(given.port)


if __name__ == "__main__":
    main()

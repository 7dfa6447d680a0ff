"""Files that a script makes from something else: written where they are stale, or only named with ``--check``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def write_or_name(wanted: Mapping[Path, str], arguments: Sequence[str], *, present: Iterable[Path] = ()) -> int:
    """Write the stale ones of `wanted`, or with ``--check`` among the arguments name them.

    Parameters
    ----------
    wanted
        What each file should hold.
    arguments
        Of the command line.
    present
        Files that are there. Those that nobody wants any more are stale too, and removed.

    Returns
    -------
    The exit code: 1 if ``--check`` found a stale file, else 0.
    """
    stale = [path for path, text in wanted.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    stale += [path for path in present if path not in wanted]
    for path in stale:
        name = path.relative_to(ROOT)
        if "--check" in arguments:
            print(f"stale: {name}; run `make docs`")
        elif path in wanted:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(wanted[path], encoding="utf-8")
            print(f"{name} written")
        else:
            path.unlink()
            print(f"{name} removed")
    return 1 if stale and "--check" in arguments else 0

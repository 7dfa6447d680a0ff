"""Build what a release publishes, from a commit: wheel, source distribution, bill of materials, checksums.

::

    python scripts/build_release.py                  # the last commit, into dist/
    python scripts/build_release.py --commit v0.1.0 --output /tmp/again

The same commit gives the same bytes with the same Python and the packages that the lock file pins. What is not committed is left out.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.release.bill_of_materials import bill_of_materials
from scripts.release.distributions import ReleaseError, build, check_wheel_of_sdist, commit_time, export

ROOT = Path(__file__).resolve().parent.parent
CHECKSUMS = "SHA256SUMS"


def main(arguments: list[str] | None = None) -> int:
    """Build into the folder ``--output``. 0: built, 1: not as it should be, 2: the folder holds something."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--commit", default="HEAD", help="what to build (default: HEAD)")
    parser.add_argument("--output", type=Path, default=ROOT / "dist", help="an empty or new folder (default: dist)")
    options = parser.parse_args(arguments)
    if options.output.is_dir() and any(options.output.iterdir()):
        print(f"{options.output} is not empty: what is in it would be published too. Remove it first.", file=sys.stderr)
        return 2
    try:
        for file in _release(options.commit, options.output):
            print(file)
    except ReleaseError as error:
        print(f"build_release: {error}", file=sys.stderr)
        return 1
    return 0


def _release(commit: str, output: Path) -> list[Path]:
    epoch = commit_time(ROOT, commit)
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "source"
        export(ROOT, commit, source)
        output.mkdir(parents=True, exist_ok=True)
        sdist, wheel = sorted(build(source, output, epoch), key=lambda file: file.suffix)
        check_wheel_of_sdist(sdist, wheel, epoch)
        materials = output / f"{wheel.name.removesuffix('-py3-none-any.whl')}.cdx.json"
        materials.write_text(bill_of_materials(source, wheel, epoch), encoding="utf-8")
    checksums = output / CHECKSUMS
    files = sorted((sdist, wheel, materials))
    checksums.write_text("".join(f"{_sha256(file)}  {file.name}\n" for file in files), encoding="utf-8")
    return [*files, checksums]


def _sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())

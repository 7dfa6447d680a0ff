"""Compiled code for a processor that AgentCore does not have: it runs agents on arm64 only."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

_ELF = b"\x7fELF"
_AARCH64 = 0xB7
_MACHINES = {0x03: "x86", 0x3E: "x86_64", 0x28: "32-bit arm", 0xF3: "riscv"}
_HEADER = 20
_LITTLE_ENDIAN = 1
_FOREIGN_SUFFIXES = {".pyd": "Windows", ".dll": "Windows", ".dylib": "macOS"}


def foreign_binaries(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every compiled file below `folder` that arm64 Linux cannot load, with what it was built for.

    The machine stands in the header of every ELF file (System V ABI, ``e_machine``); files of other systems are told by their suffix, and
    Mach-O modules by theirs (``-darwin.so``).
    """
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        built_for = _built_for(path)
        if built_for is not None:
            yield path, built_for


def _built_for(path: Path) -> str | None:
    if path.suffix in _FOREIGN_SUFFIXES:
        return _FOREIGN_SUFFIXES[path.suffix]
    if path.name.endswith("-darwin.so"):
        return "macOS"
    with path.open("rb") as file:
        header = file.read(_HEADER)
    if len(header) < _HEADER or not header.startswith(_ELF):
        return None
    order = "little" if header[5] == _LITTLE_ENDIAN else "big"
    machine = int.from_bytes(header[18:20], "little" if order == "little" else "big")
    return None if machine == _AARCH64 else _MACHINES.get(machine, f"machine {machine:#x}")

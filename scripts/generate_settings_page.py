"""Write docs/settings.md from the policy's settings. ``--check`` only says whether it is stale."""

from __future__ import annotations

import sys
from dataclasses import fields
from pathlib import Path

from lean_silicon.rules import Settings, built_in_rules

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

PAGE = Path(__file__).resolve().parent.parent / "docs" / "settings.md"
_HEAD = """<!-- Generated from lean_silicon.rules.Settings by scripts/generate_settings_page.py: edit that. -->

# Settings

Settings stand in `lean-silicon.toml`, or in the table `[tool.lean-silicon]` of `pyproject.toml`, in the folder of the check or above
it. In a CDK app they are arguments of `Policy(...)`, `Settings(...)` and `Override(...)`. Unknown keys are errors that name the
nearest known one. `lean-silicon init` writes the file with every setting in it, explained and switched off.

```toml
policy = "recommended"      # or "strict" (warnings are errors), "advisory" (errors are warnings)
region = "eu-west-1"        # for templates that name none
select = ["SIL", "SIZ"]     # run only these rules, by id or prefix; default: all
ignore = ["SIL004"]         # never run these

[settings]
interactive_accelerators = 1

[rules.SIZ003]
severity = "error"          # or "warning", "note", "off"

[[overrides]]               # what is different for some templates; as many as you like, the last one wins
paths = ["legacy/*", "Sandbox*"]   # the template's path from this file, or the end of it; the stack's name or construct path
policy = "advisory"
ignore = ["SIL004"]
settings = {interactive_accelerators = 4}
rules = {SIZ003 = "off"}
```

## Thresholds

| setting | meaning | default | rules |
|---|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    readers = {
        setting.name: [rule.id for rule in built_in_rules() if setting.name in rule.settings]
        for setting in fields(Settings)
    }
    rows = [
        f"| `{setting.name}` | {setting.metadata['help']} | {setting.default} | "
        f"{', '.join(f'[{rule}](rules/{rule}.md)' for rule in readers[setting.name])} |"
        for setting in fields(Settings)
    ]
    return _HEAD + "\n".join(rows) + "\n"


def main(arguments: list[str]) -> int:
    """Write the page, or with ``--check`` return 1 where it is stale."""
    return write_or_name({PAGE: page()}, arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

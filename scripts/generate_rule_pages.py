"""Write docs/rules/: a page per rule from its docstring, and the list of all. ``--check`` only says whether they are stale."""

from __future__ import annotations

import sys
from pathlib import Path

from lean_silicon.rules import Rule, Settings, built_in_rules

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from scripts.generated_files import write_or_name

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "rules"
_HEAD = "<!-- Generated from the rule's docstring by scripts/generate_rule_pages.py: edit that. -->\n\n"


def page(rule: Rule) -> str:
    """One rule's page."""
    facts = [
        f"- **Severity** under the recommended policy: {rule.severity}",
        f"- **Evidence**: {rule.evidence}",
        f"- **Advice**: {rule.advice}",
        *(f"- **Source**: {source}" for source in rule.sources),
        *(f"- **Setting** `{name}`: {_setting(name)}" for name in rule.settings),
    ]
    acknowledge = (
        "## Accept it\n\n"
        "In a CDK app:\n\n"
        "```python\n"
        f'Validations.of(construct).acknowledge(Acknowledgment(id="LeanSilicon::{rule.id}", reason="..."))\n'
        "```\n\n"
        "In a template, with a last day:\n\n"
        "```yaml\n"
        "Metadata:\n"
        "  LeanSilicon:\n"
        f'    Acknowledge: [{{Id: {rule.id}, Reason: "...", Expires: 2027-03-31}}]\n'
        "```\n"
    )
    body = rule.documentation().replace("Bad\n---\n", "## Bad\n\n").replace("Good\n----\n", "## Good\n\n")
    return f"{_HEAD}# {rule.id}: {rule.title}\n\n" + "\n".join(facts) + f"\n\n{body}\n\n{acknowledge}"


def index() -> str:
    """The list of all rules."""
    rows = "\n".join(
        f"| [{rule.id}]({rule.id}.md) | {rule.title} | {rule.severity} | {rule.evidence} |" for rule in built_in_rules()
    )
    return f"{_HEAD}# Rules\n\n| id | what is wrong | at worst | evidence |\n|---|---|---|---|\n{rows}\n"


def _setting(name: str) -> str:
    setting = next(field for field in Settings.__dataclass_fields__.values() if field.name == name)
    return f"{setting.metadata['help']}; default {setting.default}"


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` name the stale ones and return 1."""
    wanted = {FOLDER / "index.md": index(), **{FOLDER / f"{rule.id}.md": page(rule) for rule in built_in_rules()}}
    return write_or_name(wanted, arguments, present=FOLDER.glob("*.md"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

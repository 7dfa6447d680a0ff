"""How much of a template is read before the reader refuses: every bound in one place, each with its reason.

Templates of strangers are read in CI, so each of these is a promise that reading ends. All of them lie far above what
CloudFormation itself accepts (1 MB and 500 resources a template, by its quotas page).
"""

from __future__ import annotations

MAX_JSON_BYTES = 40_000_000
"""The largest JSON file that is read: forty times CloudFormation's own limit of 1 MB for a template."""

MAX_YAML_BYTES = 10_000_000
"""The largest YAML file that is read: ten times CloudFormation's limit. YAML takes fifty times longer to read than JSON."""

MAX_SMALL_BYTES = 1_000_000
"""The largest configuration file that is read."""

MAX_BASELINE_BYTES = 40_000_000
"""The largest baseline that is read: entries for more than a hundred thousand findings."""

MAX_NESTING = 100
"""Levels of mappings and lists in a document. Deeper ones would exhaust the stack of whoever walks them."""

MAX_NODES = 5_000_000
"""Values in a document after all YAML aliases are followed: what stops an alias bomb."""

MAX_EXPRESSION_DEPTH = 64
"""Intrinsic functions inside one another."""

MAX_POSSIBILITIES = 64
"""Values that one expression may have before it counts as unknown."""

MAX_STEPS = 20_000
"""Intrinsic functions evaluated for one expression, over all its branches."""

STEPS_FOR_EVERYONE = 100
"""What is left of `MAX_STEPS` for each expression once a template has used up `SPARE_STEPS`."""

SPARE_STEPS = 2_000_000
"""Steps that a template's expressions may take in all beyond `STEPS_FOR_EVERYONE` each."""

MAX_TEXT = 2_000_000
"""Characters of a text put together by ``Fn::Join`` or ``Fn::Sub``: twice the largest Step Functions definition."""

MAX_COPIES = 10_000
"""Entries that the ``Fn::ForEach`` loops of one template may produce: twenty times the 500 resources a template may have."""

MAX_ASSEMBLY_DEPTH = 16
"""Assemblies inside one another (a stage is one), and nested stacks inside one another."""

MAX_FILES = 100_000
"""Files looked at in one searched folder."""

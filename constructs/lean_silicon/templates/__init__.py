"""What a template asks for: stacks, nested stacks and intrinsics become `SiliconUse` records.

Examples
--------
>>> from lean_silicon.templates import read_app, silicon_uses
>>> app = read_app(["cdk.out"])                                  # doctest: +SKIP
>>> [use.instance_type for template in app.templates for use in silicon_uses(template)]   # doctest: +SKIP
['ml.trn1.2xlarge']
"""

from lean_silicon.templates.model import (
    Acknowledgment,
    App,
    Count,
    Declaration,
    EvidenceRecord,
    Resource,
    Selection,
    SiliconUse,
    Skipped,
    Template,
    Unreadable,
)
from lean_silicon.templates.reading import read_app, read_template
from lean_silicon.templates.resolver import Resolved, Resolver
from lean_silicon.templates.uses import silicon_uses
from lean_silicon.templates.view import TemplateView, once_a_view

__all__ = [
    "Acknowledgment",
    "App",
    "Count",
    "Declaration",
    "EvidenceRecord",
    "Resolved",
    "Resolver",
    "Resource",
    "Selection",
    "SiliconUse",
    "Skipped",
    "Template",
    "TemplateView",
    "Unreadable",
    "once_a_view",
    "read_app",
    "read_template",
    "silicon_uses",
]

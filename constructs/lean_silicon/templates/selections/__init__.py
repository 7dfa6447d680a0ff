"""Flexible selections: from what a template asks for to the types of the catalogue that it admits.

Only this package reads the catalogue on behalf of templates, and only when a selection cannot be listed from the template
alone.
"""

from lean_silicon.templates.selections.attributes import admitted_by_attributes
from lean_silicon.templates.selections.families import admitted_by_family
from lean_silicon.templates.selections.node_labels import (
    ACCELERATOR_RESOURCES,
    NodeRequirement,
    admitted_by_labels,
    decides_instance_type,
)
from lean_silicon.templates.selections.silicon import admitted_by_devices

__all__ = [
    "ACCELERATOR_RESOURCES",
    "NodeRequirement",
    "admitted_by_attributes",
    "admitted_by_devices",
    "admitted_by_family",
    "admitted_by_labels",
    "decides_instance_type",
]

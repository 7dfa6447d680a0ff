"""How a verdict is told: text for people, JSON for programs."""

from lean_silicon.reports.json_report import json_report
from lean_silicon.reports.text_report import text_report

FORMATS = ("text", "json")

__all__ = ["FORMATS", "json_report", "text_report"]

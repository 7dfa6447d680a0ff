"""CloudWatch dashboards looked at before they are deployed: read from a synthesized app, checked, and drawn with made-up data."""

from lean_silicon.preview.bodies import Dashboard, Widget, dashboards
from lean_silicon.preview.checking import problems
from lean_silicon.preview.page import render

__all__ = ["Dashboard", "Widget", "dashboards", "problems", "render"]

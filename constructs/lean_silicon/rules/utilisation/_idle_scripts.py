"""What the scripts of lifecycle configurations do about an idle machine, as far as their text says."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import Any

from lean_silicon.rules.mentions import mentions
from lean_silicon.rules.texts import texts
from lean_silicon.templates import Resource, TemplateView

_NOTEBOOK_SCRIPTS = "AWS::SageMaker::NotebookInstanceLifecycleConfig"
_STUDIO_SCRIPTS = "AWS::SageMaker::StudioLifecycleConfig"
_STOPS = re.compile(
    r"auto[-_ ]?(stop|shut)|idle|shut[-_ ]?down|power[-_ ]?off|stop[-_ ]?notebook|\bhalt\b", re.IGNORECASE
)
_FETCHES = re.compile(r"\b(curl|wget|git|aws|pip3?|conda|python3?|source|https?|s3)\b|\$\{?\w", re.IGNORECASE)
"""A script that runs another one may do anything."""


def notebook_script_stops(notebook: Resource, view: TemplateView) -> bool | None:
    """Whether a notebook's scripts stop it when it is idle; `None` where they are elsewhere or run what is not seen here."""
    scripts = _scripts_of(notebook, _NOTEBOOK_SCRIPTS, view)
    return None if scripts is None else _stops(scripts)


def studio_scripts_may_stop(resource: Resource, app: str, view: TemplateView) -> bool:
    """Whether Studio apps have lifecycle configurations that stop them, or may."""
    places = (
        f"{app}.LifecycleConfigArns",
        f"{app}.DefaultResourceSpec.LifecycleConfigArn",
        f"{app}.BuiltInLifecycleConfigArn",
    )
    if all(view.is_set(resource, place) is False for place in places):
        return False
    scripts = _scripts_of(resource, _STUDIO_SCRIPTS, view)
    return scripts is None or _stops(scripts) is not False


def _scripts_of(resource: Resource, kind: str, view: TemplateView) -> list[Resource] | None:
    """The configurations of the template that a resource refers to, `None` where there are none."""
    return list(mentions(resource, view, kind)) or None


def _stops(scripts: list[Resource]) -> bool | None:
    seen = [text for script in scripts for text in _readable(script.properties)]
    if any(_STOPS.search(text) for text in seen):
        return True
    return None if any(_FETCHES.search(text) for text in seen) else False


def _readable(properties: Any) -> Iterator[str]:
    """Every text of a configuration, and what it says where it is written in base 64."""
    for text in texts(properties):
        yield text
        try:
            yield base64.b64decode(text, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            continue

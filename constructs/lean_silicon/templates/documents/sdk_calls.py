"""SDK calls inside the CDK's ``AwsCustomResource``.

Its ``Create`` and ``Update`` are JSON texts such as ``{"service": "SageMaker", "action": "createTrainingJob", "parameters": {}}``.
"""

from __future__ import annotations

from collections.abc import Iterator

from lean_silicon.templates.documents.parts import Request
from lean_silicon.templates.locations import ABSENT, At


def requests(call: At) -> Iterator[Request]:
    """The request of a call; none where the object is none, as in custom resources of other making."""
    if not isinstance(call.value, dict):
        return
    service, action = call.value.get("service"), call.value.get("action")
    if isinstance(service, str) and isinstance(action, str):
        parameters = call.value.get("parameters")
        value = ABSENT if parameters is None else parameters
        yield Request(service, action, call._replace(value=value, path=f"{call.path}.parameters"))

"""Resources made by a call of their service's API, through boto3."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any

import jmespath
from botocore import xform_name
from botocore.model import OperationModel
from moto.core.responses import BaseResponse

from emulator.aws import client
from emulator.provisioning import Made, Wanted
from emulator.registry_schemas import RegistrySchema, schema_of
from emulator.resources.api_requests import as_request, is_name
from emulator.resources.api_table import CALLS, ApiCalls
from emulator.sample_attributes import sample_attribute, sample_identifier
from emulator.stacks import ACCOUNT, Resource, Stack

THROUGH_API = "Made through its API."
RECORDED = "Validated against the registry schema and the API model, and recorded: no service behind it here."
CHANGE_RECORDED = "The change was validated against the registry schema and recorded: its API was not called."


class ServiceApi:
    """Types of the table of calls."""

    def handles(self, type_name: str) -> bool:
        return type_name in CALLS

    def create(self, wanted: Wanted) -> Made:
        calls, region = CALLS[wanted.type], wanted.stack.region
        schema = schema_of(wanted.type, region)
        name = explicit_name(schema, wanted) or wanted.new_name()
        request = _request(calls, calls.create, wanted.properties, region, name)
        if not (calls.called and is_implemented(calls.service, calls.create)):
            return _recorded(schema, wanted, name)
        response = getattr(client(calls.service, region), calls.create)(**request)
        given = _given_name(operation_of(calls.service, calls.create, region), request) or name
        seen = {
            "properties": wanted.properties,
            "request": request,
            "response": response,
            "name": given,
            "region": region,
            "account": ACCOUNT,
        }
        attributes = _attributes(schema, response)
        attributes.update({key: jmespath.search(path, seen) for key, path in calls.attributes.items()})
        identifier = (
            jmespath.search(calls.identifier, seen)
            if calls.identifier
            else _identifier(schema, wanted, attributes, given)
        )
        return Made(identifier, THROUGH_API, attributes)

    def update(self, resource: Resource, wanted: Wanted) -> Made:
        calls, region = CALLS[wanted.type], wanted.stack.region
        how = CHANGE_RECORDED
        if calls.update and is_implemented(calls.service, calls.update):
            properties = {**wanted.properties, **request_for(resource, calls.identified_by)}
            request = _request(calls, calls.update, properties, region, resource.physical_id, only_known=True)
            getattr(client(calls.service, region), calls.update)(**request)
            how = "Changed through its API."
        return Made(resource.physical_id, how, resource.attributes)

    def delete(self, resource: Resource, stack: Stack) -> None:
        calls = CALLS[resource.type]
        if calls.delete is None or resource.how == RECORDED:
            return
        method, parameters = calls.delete
        getattr(client(calls.service, stack.region), method)(**request_for(resource, parameters))


def request_for(resource: Resource, parameters: dict[str, str]) -> dict[str, Any]:
    """The request whose `parameters` are jmespath over what stands."""
    seen = {
        "physical_id": resource.physical_id,
        "parts": resource.physical_id.split(":"),
        "names": resource.physical_id.split("/"),
        "function": str(resource.properties.get("FunctionName", "")).split(":function:")[-1],
        "properties": resource.properties,
        "attributes": resource.attributes,
    }
    return {name: value for name, path in parameters.items() if (value := jmespath.search(path, seen)) is not None}


@cache
def is_implemented(service: str, method: str) -> bool:
    """Whether moto has `method` of `service`."""
    module = {"lambda": "awslambda"}.get(service, service.replace("-", ""))
    try:
        responses = importlib.import_module(f"moto.{module}.responses")
    except ImportError:
        return False
    classes = [each for each in vars(responses).values() if isinstance(each, type) and issubclass(each, BaseResponse)]
    return any(hasattr(each, method) for each in classes)


def operation_of(service: str, method: str, region: str) -> OperationModel:
    model = client(service, region).meta.service_model
    return model.operation_model(next(name for name in model.operation_names if xform_name(name) == method))


def _request(
    calls: ApiCalls, method: str, properties: dict[str, Any], region: str, name: str, only_known: bool = False
) -> dict[str, Any]:
    kept = {calls.renamed.get(key, key): value for key, value in properties.items() if key not in calls.dropped}
    operation = operation_of(calls.service, method, region)
    adapted = calls.adapt(kept) if calls.adapt else kept
    if only_known and operation.input_shape is not None:
        known = {member.lower() for member in operation.input_shape.members}
        adapted = {key: value for key, value in adapted.items() if key.lower() in known}
    return as_request(operation, adapted, name)


def explicit_name(schema: RegistrySchema, wanted: Wanted) -> str | None:
    """The name that the template gives, if the type is identified by one and by nothing else."""
    if [len(path) for path in schema.primary_identifier] != [1]:
        return None
    value = wanted.properties.get(schema.primary_identifier[0][0])
    return value if isinstance(value, str) else None


def _given_name(operation: OperationModel, request: dict[str, Any]) -> str | None:
    """The name by which the API knows what was made: the first that it requires."""
    required = operation.input_shape.required_members if operation.input_shape is not None else []
    return next((str(request[each]) for each in required if is_name(each)), None)


def _attributes(schema: RegistrySchema, response: dict[str, Any]) -> dict[str, Any]:
    """The read-only properties that the response names, at its top or in the one thing that it describes."""
    seen = {key.lower(): value for key, value in response.items() if key != "ResponseMetadata"}
    if len(seen) == 1 and isinstance(inner := next(iter(seen.values())), dict):
        seen = {key.lower(): value for key, value in inner.items()}
    wanted = {path[0] for path in (*schema.read_only, *schema.primary_identifier) if len(path) == 1}
    return {name: seen[name.lower()] for name in wanted if isinstance(seen.get(name.lower()), (str, int, float))}


def _identifier(schema: RegistrySchema, wanted: Wanted, attributes: dict[str, Any], name: str) -> str:
    parts = []
    for path in schema.primary_identifier:
        value = attributes.get(path[0]) or wanted.properties.get(path[0])
        parts.append(str(value or _sample(wanted, path[0], name)))
    return "|".join(parts)


def _sample(wanted: Wanted, attribute: str, name: str) -> str:
    if attribute.endswith(("Name", "GroupName")):
        return name
    short = sample_identifier(wanted.type, wanted.logical_id, name)
    return sample_attribute(wanted.type, attribute, short, wanted.stack.region)


def _recorded(schema: RegistrySchema, wanted: Wanted, name: str) -> Made:
    return Made(_identifier(schema, wanted, {}, name), RECORDED)

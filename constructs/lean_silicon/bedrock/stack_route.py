"""How a stack's region reaches a model."""

from __future__ import annotations

from aws_cdk import Stack, Token

from lean_silicon.bedrock.models import BedrockModel
from lean_silicon.bedrock.routes import Route, routes_anywhere
from lean_silicon.exceptions import InvalidValueError


def route_in(stack: Stack, model: BedrockModel) -> Route:
    """The way of a request from the stack's region.

    Where neither the table of regions nor a price tells of the model there, it is taken to be in the region itself; the deployment will
    tell.

    Raises
    ------
    InvalidValueError
        If the model is known not to be offered there, or the region is not known at synth and the way differs by region.
    """
    if Token.is_unresolved(stack.region):
        return _route_anywhere(model, stack.region)
    model.require_served_in(stack.region)
    return model.route(stack.region) or Route(model.model_id, model.profile, (stack.region,))


def _route_anywhere(model: BedrockModel, region: str) -> Route:
    route = routes_anywhere(model.model_id, model.profile, region)
    if route is None:
        raise InvalidValueError(
            f"how {model} is reached differs by region, and the stack's is not known at synth; give the stack "
            "env=Environment(region=...), or write the inference profile with the model, such as 'us."
            + model.model_id
            + "'"
        )
    return route

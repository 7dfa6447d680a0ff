"""A part of a name that is new each time a stack is made."""

from __future__ import annotations

from aws_cdk import Aws, Fn


def once_per_stack() -> str:
    """Eight characters that differ each time a stack is made: what stays when a stack is deleted must not be in the way of the next one."""
    return Fn.select(0, Fn.split("-", Fn.select(2, Fn.split("/", Aws.STACK_ID))))

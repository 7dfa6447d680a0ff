"""Stacks come up in the order of their dependencies, go down in the reverse one, and go back when something fails."""

from __future__ import annotations

from typing import Any

import pytest
from emulator.deployment import Deployment, delete_stack
from emulator.faults import ResourceFailedError
from emulator.provisioning import Made, Provisioner, Wanted
from emulator.stacks import Resource, Stack, StackStore

QUEUE, TOPIC = "AWS::SQS::Queue", "AWS::SNS::Topic"


class Memory:
    """Keeps resources by name; refuses to make or delete what it is told to refuse."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Any]] = {}
        self.refused: set[str] = set()
        self.deleted: list[str] = []

    def handles(self, type_name: str) -> bool:
        return True

    def create(self, wanted: Wanted) -> Made:
        if wanted.logical_id in self.refused:
            raise ResourceFailedError("the service refuses")
        name = str(wanted.properties.get("QueueName") or wanted.new_name())
        self.held[name] = wanted.properties
        return Made(name, "kept in memory", {"Arn": f"arn:{name}"})

    def update(self, resource: Resource, wanted: Wanted) -> Made:
        if wanted.logical_id in self.refused:
            raise ResourceFailedError("the service refuses")
        self.held[resource.physical_id] = wanted.properties
        return Made(resource.physical_id, "kept in memory", resource.attributes)

    def delete(self, resource: Resource, stack: Stack) -> None:
        if resource.logical_id in self.refused:
            raise ResourceFailedError("the service refuses")
        self.deleted.append(resource.logical_id)
        del self.held[resource.physical_id]


@pytest.fixture
def memory() -> Memory:
    return Memory()


@pytest.fixture
def store() -> StackStore:
    return StackStore()


@pytest.fixture
def stack(store: StackStore) -> Stack:
    made = Stack("Sample", "us-east-2")
    store.add(made)
    return made


def deploy(stack: Stack, store: StackStore, memory: Memory, template: dict[str, Any], update: bool = False) -> None:
    deployment = Deployment(stack, store, Provisioner([memory]), template, {})
    if update:
        deployment.update()
    else:
        deployment.create()


def chain(**queue: Any) -> dict[str, Any]:
    """A queue, and a topic that is named after it."""
    topic = {"Type": TOPIC, "Properties": {"DisplayName": {"Fn::GetAtt": ["Queue", "Arn"]}}}
    return {"Resources": {"Topic": topic, "Queue": {"Type": QUEUE, "Properties": queue}}}


def statuses(stack: Stack) -> list[tuple[str, str]]:
    return [(each.logical_id, each.status) for each in stack.events]


def test_what_is_needed_comes_first_and_goes_last(stack: Stack, store: StackStore, memory: Memory) -> None:
    deploy(stack, store, memory, chain())
    assert stack.status == "CREATE_COMPLETE"
    assert list(stack.resources) == ["Queue", "Topic"]
    delete_stack(stack, store, Provisioner([memory]))
    assert stack.status == "DELETE_COMPLETE"
    assert memory.deleted == ["Topic", "Queue"]


def test_a_failing_resource_takes_the_stack_back(stack: Stack, store: StackStore, memory: Memory) -> None:
    memory.refused = {"Topic"}
    deploy(stack, store, memory, chain())
    assert stack.status == "ROLLBACK_COMPLETE"
    assert memory.held == {}
    assert ("Topic", "CREATE_FAILED") in statuses(stack)


def test_a_failing_update_restores_what_stood(stack: Stack, store: StackStore, memory: Memory) -> None:
    deploy(stack, store, memory, chain(QueueName="jobs", DelaySeconds=1))
    memory.refused = {"Other"}
    changed = chain(QueueName="jobs", DelaySeconds=2)
    changed["Resources"]["Other"] = {"Type": TOPIC, "DependsOn": "Queue"}
    deploy(stack, store, memory, changed, update=True)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert memory.held["jobs"] == {"QueueName": "jobs", "DelaySeconds": 1}
    assert set(stack.resources) == {"Queue", "Topic"}


def test_a_replacement_is_followed_by_those_that_need_it(stack: Stack, store: StackStore, memory: Memory) -> None:
    deploy(stack, store, memory, chain(QueueName="jobs"))
    deploy(stack, store, memory, chain(QueueName="tasks"), update=True)
    assert stack.status == "UPDATE_COMPLETE"
    assert "jobs" not in memory.held
    assert stack.resources["Topic"].properties == {"DisplayName": "arn:tasks"}
    assert stack.resources["Queue"].physical_id == "tasks"


def test_a_named_resource_that_must_be_replaced_has_to_be_renamed(
    stack: Stack, store: StackStore, memory: Memory
) -> None:
    deploy(stack, store, memory, chain(QueueName="jobs", FifoQueue=False))
    deploy(stack, store, memory, chain(QueueName="jobs", FifoQueue=True), update=True)
    assert stack.status == "UPDATE_ROLLBACK_COMPLETE"
    assert any("custom-named resource requires replacing. Rename jobs" in each.reason for each in stack.events)
    assert stack.resources["Queue"].properties == {"QueueName": "jobs", "FifoQueue": False}


def test_what_is_retained_outlives_the_stack(stack: Stack, store: StackStore, memory: Memory) -> None:
    template = chain(QueueName="jobs")
    template["Resources"]["Queue"]["DeletionPolicy"] = "Retain"
    deploy(stack, store, memory, template)
    delete_stack(stack, store, Provisioner([memory]))
    assert stack.status == "DELETE_COMPLETE"
    assert list(memory.held) == ["jobs"]
    assert ("Queue", "DELETE_SKIPPED") in statuses(stack)


def test_what_cannot_be_deleted_keeps_what_it_needs(stack: Stack, store: StackStore, memory: Memory) -> None:
    deploy(stack, store, memory, chain())
    memory.refused = {"Topic"}
    delete_stack(stack, store, Provisioner([memory]))
    assert stack.status == "DELETE_FAILED"
    assert set(stack.resources) == {"Queue", "Topic"}


def test_an_attribute_that_the_type_does_not_have_fails(stack: Stack, store: StackStore, memory: Memory) -> None:
    template = chain()
    template["Resources"]["Topic"]["Properties"]["DisplayName"] = {"Fn::GetAtt": ["Queue", "Colour"]}
    deploy(stack, store, memory, template)
    assert stack.status == "ROLLBACK_COMPLETE"
    assert any("does not support attribute type Colour" in each.reason for each in stack.events)

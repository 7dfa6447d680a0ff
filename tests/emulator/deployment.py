"""Creates, updates, rolls back and deletes a stack, in the order of its dependencies, telling every step."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from emulator.faults import ResourceFailedError
from emulator.provisioning import Made, Provisioner, Wanted
from emulator.scope import StackScope
from emulator.stacks import Resource, Stack, StackStore, now
from emulator.templates import dependencies, deployment_order

KEPT = ("Retain", "Snapshot")


class FailedError(Exception):
    """A resource failed, so the whole deployment does; `logical_id` names it."""

    def __init__(self, logical_id: str, reason: str) -> None:
        super().__init__(reason)
        self.logical_id, self.reason = logical_id, reason


class Deployment:
    """One change of one stack to a template."""

    def __init__(
        self,
        stack: Stack,
        store: StackStore,
        provisioner: Provisioner,
        template: dict[str, Any],
        parameters: dict[str, str],
    ) -> None:
        self.stack, self.store, self.provisioner = stack, store, provisioner
        self.template = template
        self.before = dict(stack.resources)
        self.done: list[tuple[str, Resource | None]] = []
        self.replaced: list[Resource] = []
        self.scope = StackScope(stack, store, template, parameters)

    def create(self, rollback: bool = True) -> None:
        """Make every resource; on a failure delete what was made and end in ``ROLLBACK_COMPLETE``."""
        self.stack.tell("CREATE_IN_PROGRESS", "User Initiated")
        try:
            self._deploy()
        except FailedError as failure:
            if not rollback:
                self.stack.tell("CREATE_FAILED", f"The following resource(s) failed to create: [{failure.logical_id}].")
                return
            self.stack.tell(
                "ROLLBACK_IN_PROGRESS", f"The following resource(s) failed to create: [{failure.logical_id}]."
            )
            left = self._undo()
            told = f"The following resource(s) failed to delete: [{', '.join(left)}]." if left else ""
            self.stack.tell("ROLLBACK_FAILED" if left else "ROLLBACK_COMPLETE", told)
            return
        self.stack.tell("CREATE_COMPLETE")

    def update(self) -> None:
        """Bring every resource to the new template; on a failure return to the old one."""
        self.stack.tell("UPDATE_IN_PROGRESS", "User Initiated")
        try:
            self._deploy()
        except FailedError as failure:
            verb = "create" if failure.logical_id not in self.before else "update"
            reason = f"The following resource(s) failed to {verb}: [{failure.logical_id}]."
            self.stack.tell("UPDATE_ROLLBACK_IN_PROGRESS", reason)
            self._undo()
            self.stack.tell("UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS")
            self.stack.tell("UPDATE_ROLLBACK_COMPLETE")
            return
        self.stack.tell("UPDATE_COMPLETE_CLEANUP_IN_PROGRESS")
        self._clean_up()
        self.stack.updated = now()
        self.stack.tell("UPDATE_COMPLETE")

    def _deploy(self) -> None:
        definitions = self.scope.definitions()
        needs = {name: dependencies(definition, definitions) for name, definition in definitions.items()}
        for logical_id in deployment_order(needs):
            definition = definitions[logical_id]
            with self._told_if_it_fails(logical_id, definition["Type"]):
                self._bring(logical_id, definition, needs[logical_id])
        with self._told_if_it_fails(self.stack.name, "AWS::CloudFormation::Stack"):
            outputs = self.scope.outputs()
            self._hold_exports(outputs)
        self.stack.outputs, self.stack.imports = outputs, set(self.scope.imports)
        self.removed = [each for name, each in self.before.items() if name not in definitions]

    def _bring(self, logical_id: str, definition: dict[str, Any], needs: set[str]) -> None:
        properties = self.scope.resolve(definition.get("Properties") or {})
        wanted = Wanted(self.stack, logical_id, definition["Type"], properties)
        old = self.stack.resources.get(logical_id)
        if old is None:
            self._make(wanted, definition, needs, None)
        elif old.type == wanted.type and old.properties == properties:
            old.definition, old.needs = definition, needs
        elif replacing := self.provisioner.replaced_by(old, wanted):
            self.provisioner.validate(wanted)
            reason = f"Requested update requires the creation of a new physical resource ({', '.join(replacing)}); hence creating one."
            self._tell(logical_id, old.type, old.physical_id, "UPDATE_IN_PROGRESS", reason)
            self._make(wanted, definition, needs, old)
        else:
            self._change(old, wanted, definition, needs)

    def _make(self, wanted: Wanted, definition: dict[str, Any], needs: set[str], old: Resource | None) -> None:
        verb = "CREATE" if old is None else "UPDATE"
        if old is None:
            self._tell(wanted.logical_id, wanted.type, "", "CREATE_IN_PROGRESS")
        made = self.provisioner.create(wanted)
        self._tell(
            wanted.logical_id, wanted.type, made.physical_id, f"{verb}_IN_PROGRESS", "Resource creation Initiated"
        )
        self.stack.resources[wanted.logical_id] = _standing(wanted, definition, needs, made, f"{verb}_COMPLETE")
        self.done.append((wanted.logical_id, old))
        if old is not None:
            if old.physical_id == made.physical_id and old.type == wanted.type:
                raise ResourceFailedError(
                    f"CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename {made.physical_id} "
                    "and update the stack again."
                )
            self.replaced.append(old)
        self._tell(wanted.logical_id, wanted.type, made.physical_id, f"{verb}_COMPLETE", made.how)

    def _change(self, old: Resource, wanted: Wanted, definition: dict[str, Any], needs: set[str]) -> None:
        self._tell(wanted.logical_id, old.type, old.physical_id, "UPDATE_IN_PROGRESS")
        made = self.provisioner.update(old, wanted)
        self.stack.resources[wanted.logical_id] = _standing(wanted, definition, needs, made, "UPDATE_COMPLETE")
        self.done.append((wanted.logical_id, old))
        if (
            made.physical_id != old.physical_id
        ):  # a custom resource that answered with another id: the old one is deleted
            self.replaced.append(old)
        self._tell(wanted.logical_id, old.type, made.physical_id, "UPDATE_COMPLETE", made.how)

    def _undo(self) -> list[str]:
        """Back to what stood before, last change first; the names of what could not be deleted."""
        left = []
        for logical_id, old in reversed(self.done):
            present = self.stack.resources[logical_id]
            if old is None:
                if delete_resource(self.stack, self.provisioner, present, rollback=True):
                    del self.stack.resources[logical_id]
                else:
                    left.append(logical_id)
                continue
            if old in self.replaced:
                self.stack.resources[logical_id] = old
                delete_resource(self.stack, self.provisioner, present, rollback=True)
            else:
                self._tell(logical_id, old.type, old.physical_id, "UPDATE_IN_PROGRESS")
                made = self.provisioner.update(present, Wanted(self.stack, logical_id, old.type, old.properties))
                self.stack.resources[logical_id] = _standing(
                    Wanted(self.stack, logical_id, old.type, old.properties),
                    old.definition,
                    old.needs,
                    made,
                    "UPDATE_COMPLETE",
                )
            self._tell(logical_id, old.type, old.physical_id, "UPDATE_COMPLETE")
        return left

    def _clean_up(self) -> None:
        for old in [*reversed(self.replaced), *in_deletion_order(self.removed)]:
            gone = old.logical_id in self.before and old not in self.replaced
            policy = "DeletionPolicy" if gone else "UpdateReplacePolicy"
            delete_resource(self.stack, self.provisioner, old, policy=policy)
            if gone:
                self.stack.resources.pop(old.logical_id, None)

    def _hold_exports(self, outputs: dict[str, dict[str, str]]) -> None:
        """Raise when an export that another stack imports would be dropped or changed, or is another stack's already."""
        kept = {each["ExportName"]: each["OutputValue"] for each in outputs.values() if "ExportName" in each}
        for name, (value, owner) in self.store.exports(self.stack.region).items():
            if owner is not self.stack:
                if name in kept:
                    raise ResourceFailedError(f"Export with name {name} is already exported by stack {owner.name}.")
                continue
            users = self.store.importers(self.stack.region, name)
            if users and kept.get(name) != value:
                verb = "updated" if name in kept else "deleted"
                raise ResourceFailedError(f"Export {name} cannot be {verb} as it is in use by {' and '.join(users)}")

    @contextlib.contextmanager
    def _told_if_it_fails(self, logical_id: str, type_name: str) -> Iterator[None]:
        try:
            yield
        except ResourceFailedError as fault:
            old = self.before.get(logical_id)
            status = "UPDATE_FAILED" if old else "CREATE_FAILED"
            self._tell(logical_id, type_name, old.physical_id if old else "", status, str(fault))
            raise FailedError(logical_id, str(fault)) from fault

    def _tell(self, logical_id: str, type_name: str, physical_id: str, status: str, reason: str = "") -> None:
        self.stack.tell_of(logical_id, type_name, physical_id, status, reason)


def delete_stack(stack: Stack, store: StackStore, provisioner: Provisioner) -> None:
    """Delete `stack`, each resource before what it needs; ends in ``DELETE_FAILED`` if something cannot be deleted."""
    stack.tell("DELETE_IN_PROGRESS", "User Initiated")
    exported = [each["ExportName"] for each in stack.outputs.values() if "ExportName" in each]
    for name in exported:
        if users := store.importers(stack.region, name):
            stack.tell("DELETE_FAILED", f"Export {name} cannot be deleted as it is in use by {' and '.join(users)}")
            return
    failed: list[str] = []
    for resource in in_deletion_order(list(stack.resources.values())):
        if any(resource.logical_id in stack.resources[name].needs for name in failed):
            failed.append(resource.logical_id)  # what needs it is still there
        elif delete_resource(stack, provisioner, resource):
            del stack.resources[resource.logical_id]
        else:
            failed.append(resource.logical_id)
    if failed:
        stack.tell("DELETE_FAILED", f"The following resource(s) failed to delete: [{', '.join(failed)}].")
        return
    stack.imports.clear()
    stack.tell("DELETE_COMPLETE")


def in_deletion_order(resources: list[Resource]) -> list[Resource]:
    """Each of `resources` before those that it needs."""
    named = {each.logical_id: each for each in resources}
    order = deployment_order({each.logical_id: each.needs & set(named) for each in resources})
    return [named[name] for name in reversed(order)]


def delete_resource(
    stack: Stack, provisioner: Provisioner, resource: Resource, policy: str = "DeletionPolicy", rollback: bool = False
) -> bool:
    """Delete `resource`, or keep it as its `policy` says; False, and told, if the service refuses."""
    kept = resource.definition.get(policy)
    if kept in KEPT or (kept == "RetainExceptOnCreate" and not rollback):
        stack.tell_of(resource.logical_id, resource.type, resource.physical_id, "DELETE_SKIPPED", f"{policy}: {kept}")
        return True
    stack.tell_of(resource.logical_id, resource.type, resource.physical_id, "DELETE_IN_PROGRESS")
    try:
        provisioner.delete(resource, stack)
    except ResourceFailedError as fault:
        stack.tell_of(resource.logical_id, resource.type, resource.physical_id, "DELETE_FAILED", str(fault))
        return False
    stack.tell_of(resource.logical_id, resource.type, resource.physical_id, "DELETE_COMPLETE")
    return True


def _standing(wanted: Wanted, definition: dict[str, Any], needs: set[str], made: Made, status: str) -> Resource:
    return Resource(
        logical_id=wanted.logical_id,
        type=wanted.type,
        definition=definition,
        properties=wanted.properties,
        physical_id=made.physical_id,
        attributes=made.attributes,
        how=made.how,
        needs=needs,
        model=made.model,
        status=status,
    )

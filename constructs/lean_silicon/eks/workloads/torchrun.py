"""`TorchrunTrainingJob`: one training run over several machines with Trainium or GPUs."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from aws_cdk import Duration, Names, Stack
from constructs import Construct

from lean_silicon.catalog import InstanceType
from lean_silicon.eks.cluster_base import AcceleratedClusterBase
from lean_silicon.eks.karpenter.applied import declare, title
from lean_silicon.eks.node_group import AcceleratedNodeGroup
from lean_silicon.eks.workloads.nodes import (
    Nodes,
    check_cluster,
    check_room,
    machines_of,
    placement,
    starter_of,
    workload_of,
)
from lean_silicon.eks.workloads.training_manifests import Training, TrainingOptions, headless_service, job
from lean_silicon.eks.workloads.vllm_manifests import check_name
from lean_silicon.evidence import EvaluationRecord
from lean_silicon.exceptions import InvalidValueError
from lean_silicon.sizing import FitVerdict, Workload, fit

_HASH_LETTERS = 8


class TorchrunTrainingJob(Construct):
    """A job whose pods train one model together with torchrun, each with a whole machine: its accelerators, its EFAs, its huge pages.

    What a job is made of cannot change, so its name ends with a hash of it: a new deployment with other settings starts a new job and
    removes the old one.

    Parameters
    ----------
    scope, construct_id
        As everywhere in the CDK.
    cluster
        Where it runs. The device plug-ins of the accelerators and of EFA must be there.
    nodes
        The pool or managed node group whose machines it runs on.
    image
        With the training code.
    command
        What torchrun runs: a script and its arguments.
    time_limit
        After which it is ended, whatever it does.
    workers
        Machines. Default: one.
    workload
        What is trained. Default: what the nodes are for.
    instance_type
        One of the types of the nodes. Default: the cheapest that holds the run and, for several workers, has EFA.
    options
        What few need to change.
    name
        What the job's name begins with. Default: made from the construct's path.

    Raises
    ------
    InvalidValueError
        If the nodes have no machine for the run or fewer than workers, or several workers would train without EFA.

    Examples
    --------
    .. code-block:: python

        TorchrunTrainingJob(
            stack, "Train", cluster=cluster, nodes=pool, workers=4, time_limit=Duration.hours(12),
            image="111122223333.dkr.ecr.us-east-2.amazonaws.com/train:3", command=["train.py", "--config", "/fsx/config.yaml"],
        )
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        cluster: AcceleratedClusterBase,
        nodes: Nodes,
        image: str,
        command: Sequence[str],
        time_limit: Duration,
        workers: int = 1,
        workload: Workload | None = None,
        instance_type: str | None = None,
        options: TrainingOptions | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        if workers < 1:
            raise InvalidValueError(f"workers is {workers}; it must be 1 or more")
        if not command:
            raise InvalidValueError("command is empty; name the script that torchrun runs, for instance ['train.py']")
        check_cluster(cluster, nodes)
        declared = workload_of(nodes, workload)
        self.machine: InstanceType = choose_machine(declared, machines_of(nodes), workers, instance_type)
        efas = _fabric(nodes, self.machine, workers)
        if self.machine.accelerators is not None:
            check_room(nodes, [self.machine], self.machine.accelerators.count, workers, "workers")
        base = name or Names.unique_resource_name(self, max_length=40, separator="-").lower().strip("-")
        check_name(base)
        resource = nodes.accelerator_resource
        if resource is None:
            raise InvalidValueError(
                "the nodes have no accelerators; use a pool or group of Trainium, or of GPUs with a reason"
            )
        training = Training(
            name=base,
            image=image,
            command=tuple(command),
            machine=self.machine,
            workers=workers,
            resource=resource,
            efas=efas,
            # Karpenter knows no huge pages and would never start a machine for a pod that asks for them (its page on node overlays)
            huge_pages=bool(efas) and isinstance(nodes, AcceleratedNodeGroup),
            placement=placement(nodes, [self.machine]),
            seconds=int(time_limit.to_seconds()),
            options=options or TrainingOptions(),
        )
        named = replace(training, name=f"{base}-{_hash(Stack.of(self), training)}")
        self.name = named.name
        self.processes = named.processes * workers
        self.manifest = cluster.add_manifest(f"{title(base)}Job", headless_service(named), job(named))
        self.manifest.node.add_dependency(starter_of(nodes))
        self._declaration = declare(self.manifest, declared)

    def add_evidence(self, *records: EvaluationRecord | Mapping[str, Any]) -> None:
        """Declare what was evaluated before: the rules ask it of fine-tuning and pre-training."""
        self._declaration.add_evidence(*records)

    def acknowledge(self, rule: str, reason: str) -> None:
        """Accept what a rule of this library says of it; the reason stays in every report."""
        self._declaration.acknowledge(rule, reason)


def choose_machine(
    workload: Workload, machines: Sequence[InstanceType], workers: int, named: str | None
) -> InstanceType:
    """The machine of each worker: the named one, or the first that holds the run together with the others.

    Raises
    ------
    InvalidValueError
        If there is none.
    """
    names = ", ".join(each.name for each in machines)
    if named is not None and named not in [each.name for each in machines]:
        raise InvalidValueError(
            f"instance_type is {named}, and the nodes are {names}; choose one of them, or leave it out"
        )
    refused: list[str] = []
    for kind in machines:
        if named is not None and kind.name != named:
            continue
        if workers > 1 and not kind.efa_interfaces:
            refused.append(f"{kind.name} has no EFA, over which {workers} workers would exchange gradients")
            continue
        judged = fit(workload, kind, instances=workers)
        if judged.verdict is FitVerdict.DOES_NOT_FIT:
            refused.append(f"{kind.name}: {judged.why}")
            continue
        return kind
    raise InvalidValueError(
        f"no machine of these nodes ({names}) does for {workers} workers: {'; '.join(refused)}. Give more workers, or nodes of a larger "
        "type"
    )


def _fabric(nodes: Nodes, machine: InstanceType, workers: int) -> int:
    """EFAs that each worker asks for."""
    if workers == 1:
        return 0
    attached = nodes.efa_interfaces if isinstance(nodes, AcceleratedNodeGroup) else machine.efa_interfaces
    if not attached:
        raise InvalidValueError(
            f"{workers} workers train together, and the node group attaches no EFA; give it NodeGroupOptions(efa=True)"
        )
    return attached


def _hash(stack: Stack, training: Training) -> str:
    """Of everything that a job is made of, which cannot change once it is there."""
    document = json.dumps(stack.resolve([headless_service(training), job(training)]), sort_keys=True, default=str)
    return hashlib.sha256(document.encode()).hexdigest()[:_HASH_LETTERS]

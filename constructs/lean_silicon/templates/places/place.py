"""The nouns of the table: what a place is, what may stand at it, and how many machines it means.

Property paths are written as CloudFormation writes them: ``ProductionVariants[].InstanceType`` means the instance type of
every item; ``*`` stands for every key of an object; ``[0]`` for the first item. A path that begins with ``/`` starts from
the properties of the resource, any other from the item of its place.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from lean_silicon.catalog import Component
from lean_silicon.sizing import Task


class Type(NamedTuple):
    """The name of an instance type; the empty path means the item itself.

    `no_types` are words that are allowed there and name no machine (``db.serverless``).
    """

    path: str = ""
    no_types: tuple[str, ...] = ()


class Families(NamedTuple):
    """The name of a type, of a family (``c5``) or of a bundle of families that AWS keeps up to date (``optimal``)."""

    path: str = ""


class AnyOf(NamedTuple):
    """A list of which AWS takes any item: a flexible selection.

    `path` leads to the list; `asks` say what its items are. Where an item carries `weight`, sizes are counted in weights
    and the number of machines is unknown.
    """

    path: str
    asks: tuple[Ask, ...]
    weight: str | None = None


class Attributes(NamedTuple):
    """Attribute-based selection: an object such as ``InstanceRequirements``.

    `price_protected` is `True` where EC2 leaves out types that cost more than a threshold even if none is written.
    """

    path: str
    price_protected: bool = True


class Reference(NamedTuple):
    """Another resource of the template that names the type: a launch template, a launch configuration.

    `by` are the keys under `path` that identify it; none where `path` itself does. Where that resource names no type,
    or stands in no template that was read, the type is unknown, unless something may `follow`.
    """

    path: str
    to: str
    by: tuple[str, ...] = ()
    follow: bool = False


class Architecture(NamedTuple):
    """A place that names a processor architecture and no type.

    `template_path` is where a template may set it for all resources of the type (the ``Globals`` of AWS SAM).
    """

    path: str
    template_path: str | None = None


class Accelerators(NamedTuple):
    """A number of accelerator devices, of whatever type."""

    path: str


class Serverless(NamedTuple):
    """An object whose presence asks for capacity without naming a machine."""

    path: str


class DefaultType(NamedTuple):
    """The type that AWS takes where none is named."""

    instance_type: str
    origin: str


class DefaultArchitecture(NamedTuple):
    """The architecture that AWS takes where none is named."""

    architecture: str
    origin: str


class Unsaid(NamedTuple):
    """Machines will start, but nothing in the template says which: the sentence says why."""

    sentence: str


Ask = (
    Type
    | Families
    | AnyOf
    | Attributes
    | Reference
    | Architecture
    | Accelerators
    | Serverless
    | DefaultType
    | DefaultArchitecture
    | Unsaid
)


class Figure(NamedTuple):
    """A number in a template, as far as it says how many machines there are.

    `absent` is what AWS takes where the property is missing: a number, another figure, or `None` for unknown.
    `words` are values that stand for numbers; `plus` is added; `only_zero` says that nothing but 0 tells of machines
    (a number of vCPUs, say).
    """

    path: str
    absent: int | Figure | None = None
    plus: int = 0
    words: tuple[tuple[str, int], ...] = ()
    only_zero: bool = False


Figures = str | int | Figure | tuple[Figure, ...] | None
"""A path, a constant, a figure, or several figures to be multiplied."""


class Counts(NamedTuple):
    """Where the least, the asked-for and the greatest number of machines stand."""

    minimum: Figures = None
    desired: Figures = None
    maximum: Figures = None


class Spot(NamedTuple):
    """Where it stands that capacity may be interrupted: by value, by a number below or above a bound, or by being there at all.

    `absent` is what AWS does where the property is missing.
    """

    path: str
    values: tuple[str, ...] = ()
    below: int | None = None
    above: int | None = None
    absent: bool | None = False


class When(NamedTuple):
    """A place counts only where the text (or any item of the list) at `path` is `like` a pattern, or `unlike` it.

    Patterns ignore case and know ``*``; an object is like ``*`` only. `absent` says whether it counts where the property
    is missing.
    """

    path: str
    like: str = "*"
    unlike: str | None = None
    absent: bool = True


class Format(str, Enum):
    """What is written inside a property that holds a whole document."""

    STATE_MACHINE = "Amazon States Language"
    PIPELINE = "SageMaker pipeline definition"
    MANIFEST = "Kubernetes manifests"
    VALUES = "Helm values"
    CALL = "AWS SDK call"


class Place(NamedTuple):
    """Where a resource asks for silicon.

    Parameters
    ----------
    of
        A resource type, or an API action written ``service:action``.
    asks
        What may stand there; the first that is present under the same conditions counts.
    component
        The service component that runs it.
    documentation
        The page of the AWS documentation that the row follows.
    item
        Path to the object that holds one use; empty for the properties themselves.
    purpose
        What the silicon is for by the nature of the resource.
    name
        Where the item's own name stands, under which metadata may declare its workload.
    counts, spot
        How many machines, and whether they may be interrupted: where that stands, or always so; `None` is unknown.
    counted
        Sizes are numbers of machines only where this holds.
    when
        What must hold for the place to count.
    note
        What a reader of the table should know besides.
    """

    of: str
    asks: tuple[Ask, ...]
    component: Component
    documentation: str
    item: str = ""
    purpose: Task | None = None
    name: str | None = None
    counts: Counts = Counts()
    spot: Spot | bool | None = None
    counted: When | None = None
    when: tuple[When, ...] = ()
    note: str = ""


class DocumentPlace(NamedTuple):
    """A property that holds a whole document in which silicon is asked for.

    Parameters
    ----------
    of
        A resource type, or an API action written ``service:action``.
    paths
        The properties that hold it. One that says the same as the one before is read once.
    elsewhere
        Properties that say that the document lies outside of the template.
    component
        The component to which a document is ascribed that cannot be read.
    substitutions
        The property with values for ``${names}`` inside the document.
    when
        What must hold for the document to count.
    note
        What a reader of the table should know besides.
    """

    of: str
    paths: tuple[str, ...]
    format: Format
    component: Component
    documentation: str
    elsewhere: tuple[str, ...] = ()
    substitutions: str | None = None
    when: tuple[When, ...] = ()
    note: str = ""


Entry = Place | DocumentPlace

"""From the fuzzer's bytes to values of the shape that templates have."""

from __future__ import annotations

from typing import Any, Protocol

WORDS = (
    "", "*", ".", "..", "${P}", "${!x}", "${", "${M.N}", "&{I}", "a,b", "0", "-1", "9" * 40, "1e400", "NaN", "\x1b[31m", "\x9b31m",
    "\u202e", "\ud800", "::error::x", "\n::stop-commands::x", "##[group]", "##vso[task.setvariable]", "[a](https://evil.example)",
    "![a](//evil.example)", "<script>alert(1)</script>", "<!--", "]]>", "&#106;", "@everyone", "https://evil.example", "www.evil.example",
    "|", "`", "../../../../etc/passwd", "/etc/passwd", "C:\\x", "\0", "ml.p4d.24xlarge", "p5.48xlarge", "ml.g5.xlarge", "g5.xlarge",
    "m5.large", "cache.m5.large", "optimal", "spot", "cuda", "inference", "training", "arm64", "AWS::Region", "AWS::NoValue", "P", "C",
    "M", "R", "prod", "arn:aws:states:::sagemaker:createTrainingJob.sync", "{}", "[", '{"a":' * 50, "m1*" * 50, "METRICS()",
)  # fmt: skip
"""Texts that mean something to the reader, to a rule, or to what shows a report."""

KEYS = (
    "Ref", "Fn::If", "Fn::Sub", "Fn::Join", "Fn::GetAtt", "Fn::Select", "Fn::Split", "Fn::FindInMap", "Fn::ForEach::I", "Fn::Length",
    "Fn::ToJsonString", "Fn::Base64", "Fn::GetAZs", "Fn::Cidr", "Fn::ImportValue", "Fn::Transform", "Fn::Equals", "Fn::And", "Fn::Or",
    "Fn::Not", "Condition", "Type", "Properties", "Metadata", "LeanSilicon", "Workload", "Task", "Parameters", "Acknowledge", "Id",
    "Reason", "Expires", "InstanceType", "aws:cdk:path", "aws:asset:path", "TemplateURL", "DefaultValue",
)  # fmt: skip
"""Keys that mean something to the reader."""


class Source(Protocol):
    """What is used of ``atheris.FuzzedDataProvider``."""

    def ConsumeIntInRange(self, least: int, most: int) -> int:  # noqa: N802 - the provider's name
        """A number in a range, both ends included."""

    def ConsumeUnicode(self, count: int) -> str:  # noqa: N802
        """Up to that many characters, surrogates among them."""

    def ConsumeFloat(self) -> float:  # noqa: N802
        """Any float."""


def chosen(source: Source, options: Any) -> Any:
    """One of several."""
    return options[source.ConsumeIntInRange(0, len(options) - 1)]


def word(source: Source) -> str:
    """A text that means something, any text, or one of each."""
    kind = source.ConsumeIntInRange(0, 3)
    if kind == 0:
        return source.ConsumeUnicode(12)
    return chosen(source, WORDS) + (source.ConsumeUnicode(4) + chosen(source, WORDS) if kind == 1 else "")


def value(source: Source, depth: int = 0) -> Any:
    """A scalar, a function, a list or a mapping."""
    kind = source.ConsumeIntInRange(0, 9 if depth < 6 else 4)
    if kind == 0:
        return chosen(source, (None, True, False, 0, -1, 1, 10**20, 2**63, 0.5, -0.0, 1e300))
    if kind == 1:
        return source.ConsumeIntInRange(-(2**40), 2**40)
    if kind == 2:
        number = source.ConsumeFloat()
        return number if number - number == 0 else 0.0
    if kind <= 4:
        return word(source)
    size = source.ConsumeIntInRange(0, 4)
    if kind <= 6:
        return [value(source, depth + 1) for _ in range(size)]
    if kind == 7:
        return {chosen(source, KEYS): value(source, depth + 1)}
    return {
        (chosen(source, KEYS) if source.ConsumeIntInRange(0, 1) else word(source)): value(source, depth + 1)
        for _ in range(size)
    }


def damaged(source: Source, tree: Any) -> Any:
    """The tree with one to three of its places overwritten, or given a further key. The tree itself is changed."""
    for _ in range(source.ConsumeIntInRange(1, 3)):
        holder, key = _place(source, tree)
        if holder is None:
            return tree
        if isinstance(holder, dict) and source.ConsumeIntInRange(0, 4) == 0:
            key = word(source)
        holder[key] = value(source)
    return tree


def _place(source: Source, tree: Any) -> tuple[Any, Any]:
    holder: Any = None
    key: Any = None
    here = tree
    for _ in range(source.ConsumeIntInRange(1, 12)):
        keys = list(here) if isinstance(here, dict) else range(len(here)) if isinstance(here, list) else ()
        if not keys:
            break
        holder, key = here, chosen(source, keys)
        here = here[key]
    return holder, key

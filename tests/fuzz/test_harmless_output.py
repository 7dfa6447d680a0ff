"""The judge of reports refuses what it is there to refuse, and takes what is plain."""

from __future__ import annotations

import pytest
from harmless_output import require_harmless

from lean_silicon.harmless_text import json_text, markdown, printable, without_commands


@pytest.mark.parametrize(
    ("style", "text"),
    [
        ("text", "a\x1b[31m"),
        ("text", "a\u202eb"),
        ("text", "why\n   ::error::x"),
        ("text", "see ##[group]x"),
        ("text", "see ##vso[a]b"),
        ("json", '["\x9b31m"]'),
        ("json", '["##[group]"]'),
        ("github", "::error file=a,title=b::c\n::add-mask::d"),
        ("github", "::warning file=a:b,title=c::d"),
        ("markdown", "[a](https://x)"),
        ("markdown", "![a](https://x)"),
        ("markdown", "<b>a</b>"),
        ("markdown", "a @team"),
        ("markdown", "see #12"),
        ("markdown", "https://evil.example"),
        ("markdown", "www.evil.example"),
        ("markdown", "`a`"),
        ("html", "<script>a</script>"),
        ("html", '<p onclick="a">b</p>'),
        ("html", '<p style="background:url(a)">b</p>'),
        ("html", '<a href="a">b</a>'),
    ],
)
def test_what_acts_is_refused(style: str, text: str) -> None:
    with pytest.raises(AssertionError):
        require_harmless(style, text)


@pytest.mark.parametrize(
    "text", ["::a", "##[a]", "##vso[a]", "a\n\n  ::b", "\x1b[2J", "[a](b) @c #1 https://d www.e <f> `g` | h", "\ud800"]
)
def test_what_passes_through_our_own_hands_is_taken(text: str) -> None:
    require_harmless("text", without_commands(printable(text)))
    require_harmless("json", json_text([text]))
    require_harmless("markdown", f"- {markdown(text)}")


def test_words_stay_as_they_are() -> None:
    plain = "ml.p4d.24xlarge (8 × A100, 320 GiB) — größer: AWS::SageMaker::Endpoint, 5 % a month"
    assert without_commands(printable(plain)) == plain

"""What is set up on the nodes, checked before it gets there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from lean_silicon.exceptions import InvalidValueError
from lean_silicon.hyperpod import AccountingDatabase, ClusterUser, Download, IdleAlarm, Operations, Software


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: ClusterUser("Alice", 2001), "the user's name is 'Alice'"),
        (lambda: ClusterUser("alice", 1000), "uid 1000; it must be 2000 to 60000"),
        (lambda: ClusterUser("alice", 2001, ("-----BEGIN OPENSSH PRIVATE KEY-----",)), "no public SSH key"),
        (lambda: Software(users=(ClusterUser("a", 2001), ClusterUser("a", 2002))), "two users share a name"),
        (lambda: Software(users=(ClusterUser("a", 2001), ClusterUser("b", 2001))), "two users share a uid"),
        (lambda: Software(metrics_period_seconds=5), "metrics_period_seconds is 5"),
        (lambda: Software(hook="not/there.sh"), "the hook 'not/there.sh' is no file"),
        (lambda: Download("http://example.org/enroot.deb", "0" * 64), "s3:// or https://"),
        (lambda: Download("https://example.org/enroot.deb", "abc"), "64 hexadecimal digits"),
        (lambda: Operations(tiered_checkpoint_percent=0), "tiered_checkpoint_percent is 0"),
        (lambda: IdleAlarm(below_percent=0), "below_percent is 0"),
        (lambda: IdleAlarm(hours=25), "hours is 25"),
        (lambda: AccountingDatabase.serverless(minimum_units=0), "the database has 0 to 2 capacity units"),
    ],
)
def test_what_cannot_work_on_a_node_is_refused_with_the_value(make: Callable[[], object], said: str) -> None:
    with pytest.raises(InvalidValueError, match=said):
        make()


def test_a_download_keeps_its_file_name(tmp_path: Path) -> None:
    assert Download("s3://bucket/a/enroot_3.5.0-1_amd64.deb", "0" * 64).file_name == "enroot_3.5.0-1_amd64.deb"
